"""Many reports begin at once: ten thousand schools on one morning, in as many statements as one of them.

Leaves behind what viewflow's own start leaves, row for row; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from cases import sql
from notifications.messages import worded
from notifications.services import notify_many
from workflows import planning, running, tasks
from workflows.assignment import Assigned, resolve_many
from workflows.models import FLOW_OF_REPORT, Assignment, Deadline, DeadlineState, ReportProcess
from workflows.steprules import StepRule
from workflows.steps import STEPS

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.ledger.models import Report

TOGETHER = 1000  # rows of one INSERT


def start_all(waiting: QuerySet[Report], *, moment: datetime) -> int:
    """Start the flow of each report: its process, its first task with post and clock, a word to whoever must act. Returns how many."""
    reports = list(waiting.order_by("kind", "pk"))
    for kind in dict.fromkeys(report.kind for report in reports):
        _start([report for report in reports if report.kind == kind], running.flow_of(FLOW_OF_REPORT[kind]), moment)
    return len(reports)


def _start(reports: Sequence[Report], flow: Any, moment: datetime) -> None:
    first = flow.instance.node("start")._next
    rule, now = STEPS[first.name], timezone.now()
    processes = Process.objects.bulk_create([Process(flow_class=flow, status=PROCESS.NEW) for _report in reports], batch_size=TOGETHER)
    pks = [process.pk for process in processes]
    sql.tell(
        "INSERT INTO workflows_reportprocess (process_ptr_id, report_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
        pks,
        [report.pk for report in reports],
    )
    begun = Task.objects.bulk_create(
        [Task(process_id=pk, flow_task=flow.start, flow_task_type=flow.start.task_type, status=STATUS.DONE, started=now, finished=now) for pk in pks],
        batch_size=TOGETHER,
    )
    tokens = Task.objects.bulk_create([Task(process_id=pk, flow_task=first, flow_task_type=first.task_type) for pk in pks], batch_size=TOGETHER)
    sql.tell(
        "INSERT INTO viewflow_task_previous (from_task_id, to_task_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
        [token.pk for token in tokens],
        [task.pk for task in begun],
    )
    _assign(reports, tokens, first.name, rule, moment)


def _assign(reports: Sequence[Report], tokens: Sequence[Task], step: str, rule: StepRule, moment: datetime) -> None:
    """As `tasks.assign`, of the same step for each report."""
    plans: dict[tuple[str, str, Any], planning.Plan] = {}
    rows, clocks = [], []
    found = resolve_many(reports, rule, today=timezone.localdate(moment))
    for report, token, assigned in zip(reports, tokens, found, strict=True):
        key = (report.unit_id, report.state, report.due_on)
        if key not in plans:
            plans[key] = _plan(report, step, rule, moment)
        rows.append(
            Assignment(
                task=token,
                report=report,
                kind=FLOW_OF_REPORT[report.kind],
                step=step,
                line=rule.line,
                organisation_id=assigned.organisation_id,
                role=assigned.role,
                holder_id=assigned.holder_id,
                created_at=moment,
                due_at=plans[key].due_at,
            )
        )
        clocks.append(plans[key])
    Assignment.objects.bulk_create(rows, batch_size=TOGETHER)
    Deadline.objects.bulk_create(
        [
            Deadline(
                assignment=row,
                armed_at=moment,
                state=DeadlineState.ARMED if plan.next_at else DeadlineState.EXHAUSTED,
                **planning.columns_of(plan),
            )
            for row, plan in zip(rows, clocks, strict=True)
        ],
        batch_size=TOGETHER,
    )
    _tell(rows, found)


def _plan(report: Report, step: str, rule: StepRule, moment: datetime) -> planning.Plan:
    process = ReportProcess(report=report)
    process.moment = moment
    due = rule.due(process)
    return planning.plan(step, now=moment, county_id=report.county_id, from_day=due.from_day, on=due.on, at_least=due.at_least, legal=rule.legal)


def _tell(rows: Sequence[Assignment], found: Sequence[Assigned]) -> None:
    notify_many(
        [
            message
            for row, assigned in zip(rows, found, strict=True)
            for message in tasks.messages(row, assigned, message=worded("task_assigned", report=row.report_id), key=f"assigned:{row.task_id}")
        ]
    )
