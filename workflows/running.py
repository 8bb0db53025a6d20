"""Starting, moving and leaving flows, always under the case lock that the caller holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS
from viewflow.workflow.token import Token

from cases import sql
from workflows.models import Assignment, AssignmentState, CaseProcess, Kind
from workflows.nodes import OPEN

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import User
    from cases.register.models import Case


def flow_of(kind: str) -> Any:
    """The flow class of a kind of process."""
    from workflows.flows import between, dropout, enforcement, ledger, matters, periodic, review, schoolroll, supervision

    return {
        Kind.DROPOUT: dropout.DropoutFlow,
        Kind.ENFORCEMENT: enforcement.EnforcementFlow,
        Kind.RETURN: review.ReturnFlow,
        Kind.DEDUCTION: review.DeductionFlow,
        Kind.DEFERRAL: review.DeferralFlow,
        Kind.PROTECTION: supervision.ProtectionFlow,
        Kind.EXTRA: supervision.ExtraFlow,
        Kind.REPORT: ledger.ReportFlow,
        Kind.SCHOOL_MONTH: periodic.SchoolMonthFlow,
        Kind.QUARTER: periodic.QuarterFlow,
        Kind.TERM: periodic.TermFlow,
        Kind.SCHOOL_YEAR: periodic.SchoolYearFlow,
        Kind.ORDER: supervision.OrderFlow,
        Kind.TRANSFER: between.TransferFlow,
        Kind.INQUIRY: between.InquiryFlow,
        Kind.SPOT_CHECK: between.SpotCheckFlow,
        Kind.SCHOOL_ROLL: schoolroll.SchoolRollFlow,
        Kind.DIFFERENCES: matters.DifferencesFlow,
        Kind.FINDING: matters.FindingFlow,
    }[Kind(kind)]


def start(kind: Kind, case: Case, *, round: int, moment: datetime, at: str = "start") -> CaseProcess:
    """Start a flow at one of its start nodes. The constraint `nothing_starts_twice` refuses a second start for the same thing."""
    process: CaseProcess = getattr(flow_of(kind), at).run(case=case, kind=kind, round=round, moment=moment)
    return process


OPEN_TASKS = """
FROM workflows_assignment
JOIN viewflow_task ON viewflow_task.id = workflows_assignment.task_id
JOIN viewflow_process ON viewflow_process.id = viewflow_task.process_id
JOIN workflows_caseprocess ON workflows_caseprocess.process_ptr_id = viewflow_process.id
WHERE workflows_assignment.case_id = %s AND workflows_assignment.state = %s
ORDER BY workflows_assignment.id
"""


def open_assignments(case: Case) -> list[Assignment]:
    """Every open task of the case with its token and process, ready to be finished; one query. Ask only after the lock."""
    found = sql.read((Assignment, Task, CaseProcess), OPEN_TASKS, case.pk, str(AssignmentState.OPEN))
    for assignment, token, process in found:
        assignment.case, assignment.task, token.process, process.case = case, token, process, case
    return [assignment for assignment, _token, _process in found]


def finish(assignment: Assignment, *, by: User | None, moment: datetime) -> CaseProcess:
    """End a task because of a fact; the flow moves on in the same transaction."""
    task = assignment.task
    process: CaseProcess = task.process
    process.moment = moment
    task.flow_task.activation_class(task).finish(assignment, by=by, moment=moment)
    return process


def leave(
    case: Case,
    kinds: Iterable[str],
    *,
    moment: datetime,
    as_: str = AssignmentState.WITHDRAWN,
    but: int | None = None,
    round: int | None = None,
) -> int:
    """Leave every running flow of these kinds; their open tasks end as `as_`. Returns how many tasks that were.

    `but` keeps one process (its pk), usually the one whose fact made the others needless; `round` leaves the run about that one thing alone.
    """
    count = 0
    running = (
        CaseProcess.objects.filter(case=case, kind__in=list(kinds))
        .exclude(status__in=(PROCESS.DONE, PROCESS.CANCELED))
        .exclude(pk=but)
        .order_by("pk")
    )
    if round is not None:
        running = running.filter(round=round)
    for process in running:
        process.case, process.moment, process.leaving = case, moment, as_
        count += _cancel_open(process)
        process.status, process.finished = PROCESS.CANCELED, moment
        process.save(update_fields=["status", "finished"])
    return count


def send_back(assignment: Assignment, step: str, *, moment: datetime) -> None:
    """Cancel what is open in the process of this task and create an earlier step anew; what was done stays on record."""
    process: CaseProcess = assignment.task.process
    process.moment, process.leaving = moment, AssignmentState.CANCELLED
    node = flow_of(process.kind).instance.node(step)
    _cancel_open(process)
    origin = assignment.task.flow_task.activation_class(assignment.task)
    activation = node._create(origin, Token("start"))
    activation._activate_next({activation})


def earlier_steps(assignment: Assignment) -> list[str]:
    """The steps of this task's process that were done before it and that can be done again, the latest first."""
    done = (
        Assignment.objects.filter(task__process_id=assignment.task.process_id, state=AssignmentState.DONE)
        .exclude(step=assignment.step)
        .order_by("-done_at")
        .values_list("step", flat=True)
    )
    return [
        step for step in dict.fromkeys(done) if step in REPEATABLE or (step == "conclude_verification" and assignment.case.entered_ledger_on is None)
    ]


# Neither a step beside others, which would never get past its join alone, nor one whose fact cannot be taken back:
# the entry on the ledger, a clearance (refuse it instead), a watch.
REPEATABLE = frozenset({"write_plan", "joint_persuasion", "written_report", "talk_on_record", "issue_order", "refer"})


def _cancel_open(process: CaseProcess) -> int:
    count = 0
    for task in Task.objects.filter(process=process, status__in=OPEN).order_by("pk"):
        task.process = process
        task.flow_task.activation_class(task).cancel()
        count += task.flow_task_type == "HUMAN"
    return count


def hand_on(task: Task, case: Case) -> None:
    """Give the locked case to the process, so that nothing reads it again."""
    process = task.process.caseprocess
    process.case = case
    task.process = process
