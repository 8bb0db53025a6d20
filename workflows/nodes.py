"""The few nodes of our own: a step that a post must do, a split for as many as the plan names, the mixin of every flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property
from django.utils.timezone import now
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.models import Task
from viewflow.workflow.nodes.if_gate import IfActivation as ViewflowIfActivation
from viewflow.workflow.nodes.join import JoinActivation as ViewflowJoinActivation
from viewflow.workflow.nodes.split import SplitActivation
from viewflow.workflow.nodes.switch import SwitchActivation as ViewflowSwitchActivation
from viewflow.workflow.nodes.view import View, ViewActivation
from viewflow.workflow.signals import task_finished
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from cases import sql
from workflows import tasks
from workflows.locks import CaseLock, MatterLock, ReportLock
from workflows.models import CaseProcess, MatterProcess, ReportProcess
from workflows.steprules import StepRule
from workflows.steps import STEPS

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import User
    from cases.ledger.models import Report
    from cases.register.models import Case
    from workflows.models import Assignment, UnitMatter

OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


def _task(flow_task: Any, prev_activation: Activation, token: Any, **columns: Any) -> Task:
    """A new token behind the one before it."""
    task = Task(process=prev_activation.process, flow_task=flow_task, flow_task_type=flow_task.task_type, token=token, **columns)
    sql.insert(
        task,
        along="INSERT INTO viewflow_task_previous (from_task_id, to_task_id) SELECT id, %s FROM made",
        values=[prev_activation.task.pk],
    )
    return task


class StepActivation(ViewActivation):
    """A step's task always has an assignment and a clock, and none outlives it."""

    @classmethod
    def create(cls, flow_task: Step, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None) -> StepActivation:
        activation: StepActivation = cls(_task(flow_task, prev_activation, token))
        tasks.assign(activation.task, activation.process, flow_task.name, seed=seed)
        return activation

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED], target=STATUS.DONE)  # type: ignore[untyped-decorator]  # viewflow ships no types
    def finish(self, assignment: Assignment, *, by: User | None, moment: datetime) -> None:
        """Claim, start and execute at once, under the case lock that the caller holds."""
        task = self.task
        task.owner, task.started, task.finished = by, task.started or moment, now()
        tasks.done(assignment, task, by=by, moment=moment)
        task_finished.send(sender=self.flow_class, process=self.process, task=task)
        self.activate_next()

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED], target=STATUS.CANCELED)  # type: ignore[untyped-decorator]  # viewflow ships no types
    def cancel(self) -> None:
        super().cancel.original()
        tasks.dropped(self.task, self.process)


class Step(View):
    """A person's task, named like its rule in `workflows.steps`; a fact ends it, never a page."""

    activation_class = StepActivation

    def __init__(self) -> None:
        super().__init__(view=None)

    @cached_property
    def rule(self) -> StepRule:
        return STEPS[self.name]

    def _ready(self) -> None:
        super()._ready()
        self.task_title = self.rule.title


class SplitForActivation(SplitActivation):
    @Activation.status.super()  # type: ignore[untyped-decorator]  # viewflow ships no types
    def activate(self) -> None:
        self.seeds = list(self.flow_task._source(self))

    @Activation.status.super()  # type: ignore[untyped-decorator]  # viewflow ships no types
    def create_next(self) -> Iterator[Activation]:
        if not self.seeds:
            yield self.flow_task._otherwise._create(self, self.task.token)
            return
        source = Token.split_token_source(self.task.token, self.task.pk)
        for seed in self.seeds:
            yield self.flow_task._each._create(self, next(source), seed=seed)


class SplitFor(flow.Split):
    """One task for each thing that `source` names, side by side; the other road when it names none."""

    activation_class = SplitForActivation

    def __init__(self, source: Any) -> None:
        super().__init__()
        self._source = source
        self._each: Any = None
        self._otherwise: Any = None

    def Each(self, node: Any) -> SplitFor:  # noqa: N802 (viewflow names the edges of its nodes so)
        self._each = node
        result: SplitFor = self.Next(node)
        return result

    def Otherwise(self, node: Any) -> SplitFor:  # noqa: N802 (viewflow names the edges of its nodes so)
        self._otherwise = node
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        for name in ("_source", "_each", "_otherwise"):
            setattr(self, name, this.resolve(instance, getattr(self, name)))


class JoinActivation(ViewflowJoinActivation):
    @classmethod
    def create(cls, flow_task: Any, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None) -> JoinActivation:
        """Viewflow reads an open join and its process anew; what goes on from here needs the process that came with the fact."""
        activation: JoinActivation = super().create(flow_task, prev_activation, token)
        activation.process = activation.task.process = prev_activation.process
        return activation


class Join(flow.Join):
    """Waits for every branch of a split."""

    activation_class = JoinActivation


class _Gateway:
    """A gateway of our own kind is passed in the moment in which it is reached: one row, already done, and no savepoint around a condition."""

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None) -> Any:
        moment = now()
        task = _task(flow_task, prev_activation, token, status=STATUS.DONE, started=moment, finished=moment)
        activation: Any = cls(task)  # type: ignore[call-arg]  # the activation that this is mixed into takes the task
        activation.choose()
        return activation


class IfActivation(_Gateway, ViewflowIfActivation):
    def choose(self) -> None:
        self._condition_result = self.flow_task._condition(self)


class If(flow.If):
    activation_class = IfActivation


class SwitchActivation(_Gateway, ViewflowSwitchActivation):
    def choose(self) -> None:
        self.next_task = next(node for node, condition in self.flow_task._branches if condition is None or condition(self))


class Switch(flow.Switch):
    activation_class = SwitchActivation


class OfACase:
    """What every flow shares. A mixin without nodes, because a flow must not inherit from a flow."""

    process_class = CaseProcess
    lock_impl = CaseLock()

    def has_view_permission(self, user: Any, obj: CaseProcess | None = None) -> bool:
        """Viewflow's own pages are mounted nowhere; if one ever were, it would show only cases that the user may see."""
        from cases.register.models import Case

        return obj is not None and Case.objects.visible_to(user).filter(pk=obj.case_id).exists()

    def has_manage_permission(self, user: Any, obj: Any = None) -> bool:
        return False

    def open(self, activation: Activation, *, case: Case, kind: str, round: int, moment: datetime) -> CaseProcess:
        process: CaseProcess = activation.process
        process.case, process.episode, process.kind, process.round, process.moment = case, case.episode, kind, round, moment
        return process


class OfAReport:
    """As `OfACase`, for a county's monthly report."""

    process_class = ReportProcess
    lock_impl = ReportLock()

    def has_view_permission(self, user: Any, obj: ReportProcess | None = None) -> bool:
        """See `OfACase`."""
        from cases.ledger.models import Report

        return obj is not None and Report.of_every_kind.visible_to(user).filter(pk=obj.report_id).exists()

    def has_manage_permission(self, user: Any, obj: Any = None) -> bool:
        return False

    def open(self, activation: Activation, *, report: Report, moment: datetime) -> ReportProcess:
        process: ReportProcess = activation.process
        process.report, process.moment = report, moment
        return process


class OfAMatter:
    """As `OfACase`, for what a unit must answer for beside the cases."""

    process_class = MatterProcess
    lock_impl = MatterLock()

    def has_view_permission(self, user: Any, obj: MatterProcess | None = None) -> bool:
        """See `OfACase`."""
        from workflows.models import Assignment

        return obj is not None and Assignment.objects.of_matters(user).filter(matter=obj.matter_id).exists()

    def has_manage_permission(self, user: Any, obj: Any = None) -> bool:
        return False

    def open(self, activation: Activation, *, matter: UnitMatter, moment: datetime) -> MatterProcess:
        process: MatterProcess = activation.process
        process.matter, process.moment = matter, moment
        return process


def standing_is(*standings: str) -> Callable[[Activation], bool]:
    """A branch condition: where the child stands now."""
    return lambda activation: activation.process.case.standing in standings
