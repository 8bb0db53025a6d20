"""What the engine does when a fact about a report was recorded, and by when its steps must be done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from viewflow.workflow.models import Task

from cases.journal.verbs import Verb
from cases.ledger.models import Report, ReportKind
from workflows import reportstarts, running, tasks, telling
from workflows.assignment import Assigned
from workflows.calendars import counting, shift
from workflows.models import Assignment, AssignmentState, Kind, ReportProcess
from workflows.planning import CLOSING_TIME
from workflows.policies import calendar_of, policy_of
from workflows.steprules import Due
from workflows.steps import STEPS

if TYPE_CHECKING:
    from cases.journal.models import Entry

VERBS = frozenset(
    {
        Verb.REPORT_DRAWN_UP,
        Verb.REPORT_COMPILED,
        Verb.REPORT_SIGNED,
        Verb.REPORT_SENT_BACK,
        Verb.REPORT_CHECKED,
        Verb.REPORT_ACCEPTED,
        Verb.REPORT_FILED,
    }
)
# What must be done by the day of the report: a monthly ledger is with the province then, a periodic report sent or signed.
ROADS = {
    ReportKind.LEDGER: ("compile_report", "sign_report", "check_report"),
    ReportKind.SCHOOL: ("send_school_report",),
    ReportKind.QUARTER: ("compile_review", "sign_review"),
    ReportKind.TERM: ("compile_survey", "sign_survey"),
    ReportKind.YEAR: ("compile_assessment", "sign_assessment"),
}
DONE_BEFORE = {"compiling": 0, "signing": 1}  # steps of the road; else all but the last
A_MOMENT = timedelta(hours=1)  # a step that begins so shortly before the offices close gets the next working day


def react(entry: Entry) -> None:
    """End the open task that the fact ends; the flow moves on. Inside the writing transaction, under the lock of the report."""
    if entry.verb == Verb.REPORT_REMINDED:
        _urge(entry)
    if entry.verb == Verb.REPORTS_DRAWN_UP:
        reportstarts.start_all(Report.of_every_kind.filter(pk__in=entry.data["reports"], process=None), moment=entry.occurred_at)
    if entry.verb not in VERBS:
        return
    report = Report.of_every_kind.get(pk=entry.data["report"])
    if entry.verb == Verb.REPORT_DRAWN_UP:
        if not ReportProcess.objects.filter(report=report).exists():
            running.flow_of(Kind.REPORT).start.run(report=report, moment=entry.occurred_at)
        return
    waiting = Assignment.objects.select_related("task").filter(report=report, state=AssignmentState.OPEN)
    for assignment in [row for row in waiting if entry.verb in STEPS[row.step].ends_on]:
        task: Task = assignment.task
        task.process = ReportProcess.objects.get(pk=task.process_id)
        task.process.report = assignment.report = report
        running.finish(assignment, by=entry.actor, moment=entry.occurred_at)


def _urge(entry: Entry) -> None:
    """The reminder of a superior reaches whoever has the report now."""
    for assignment in Assignment.objects.select_related("report").filter(report=entry.data["report"], state=AssignmentState.OPEN):
        people = telling.people_of(assignment)
        assigned = Assigned(assignment.organisation_id, assignment.role, assignment.holder_id, people)
        tasks.tell(assignment, assigned, message="report_task_reminder", key=f"reminded:{entry.pk}", moment=entry.occurred_at)


def last_day_of(process: ReportProcess) -> Due:
    """The day of the report less the allowances of the steps that follow; if that is past, one working day. The day of the report never moves."""
    report, today = process.report, timezone.localdate(process.moment)
    road = ROADS[ReportKind(report.kind)]
    at = DONE_BEFORE.get(report.state, len(road) - 1)
    calendar = calendar_of(report.unit_id)
    day = report.due_on
    for later in reversed(road[at + 1 :]):
        if later != "check_report" or report.prefecture_id:
            allowance = policy_of(later, report.unit_id, today).allowance
            day = shift(day - timedelta(days=1), 1 - allowance.amount, counting(allowance.unit, calendar))
    closes = timezone.localtime(process.moment).replace(hour=0, minute=0, second=0, microsecond=0) + CLOSING_TIME
    late = day < today or (day == today and process.moment > closes - A_MOMENT)
    return Due(on=day, at_least=1 if late else 0)
