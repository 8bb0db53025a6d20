"""A task that is still open: looked at under the lock of what it is about, or refused with who ended it and when."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import sql
from cases.journal.services import require_new
from cases.ledger.models import Report
from cases.register.locking import Refused, lock
from workflows import reporttasks, running
from workflows.models import Assignment, AssignmentState, UnitMatter
from workflows.steps import STEPS


class AlreadyDone(Refused):
    """Somebody was faster. The message says who and when."""


class ReasonMissing(Refused):
    pass


def locked(assignment: Assignment, *, submission: UUID | None = None, paused_too: bool = False) -> Assignment:
    """The task as it stands now, its case locked. Raises AlreadyDone when it is no longer open, with who ended it and when."""
    if assignment.report is not None:
        return _locked_with_report(assignment, assignment.report, submission)
    if assignment.matter is not None:
        return _locked_with_matter(assignment, assignment.matter, submission)
    rule = STEPS[assignment.step]
    case = lock(
        assignment.case,
        submission=submission,
        paused_too=paused_too or rule.never_waits,
        closed_too=rule.outside,  # a closed case is looked at again, too
    )
    row: Assignment = Assignment.objects.select_related("task__process__caseprocess", "done_by").get(pk=assignment.pk)
    if row.state != AssignmentState.OPEN:
        raise AlreadyDone(closed_by(row))
    row.case = case
    running.hand_on(row.task, case)
    return row


def _locked_with_report(assignment: Assignment, report: Report, submission: UUID | None) -> Assignment:
    report = reporttasks.lock(report, submission=submission)
    row: Assignment = Assignment.objects.select_related("organisation", "done_by").get(pk=assignment.pk)
    if row.state != AssignmentState.OPEN:
        raise AlreadyDone(closed_by(row))
    row.report = report
    return row


def _locked_with_matter(assignment: Assignment, matter: UnitMatter, submission: UUID | None) -> Assignment:
    require_new(submission)
    matter = UnitMatter.objects.select_for_update(no_key=True).get(pk=matter.pk)
    row: Assignment = Assignment.objects.select_related("organisation", "done_by").get(pk=assignment.pk)
    if row.state != AssignmentState.OPEN:
        raise AlreadyDone(closed_by(row))
    row.matter = matter
    return row


def require_open(assignment: Assignment) -> None:
    """Ask only under the lock of the case. Raises AlreadyDone as `locked` does."""
    if not sql.ask("SELECT 1 FROM workflows_assignment WHERE id = %s AND state = %s", assignment.pk, str(AssignmentState.OPEN)):
        raise AlreadyDone(closed_by(Assignment.objects.select_related("done_by").get(pk=assignment.pk)))


def closed_by(assignment: Assignment) -> str:
    """Who ended a task and when, as a sentence."""
    when = timezone.localtime(assignment.done_at).strftime("%Y-%m-%d %H:%M") if assignment.done_at else ""
    if assignment.state == AssignmentState.DONE and assignment.done_by:
        return _("%(name)s already completed this task on %(when)s. Nothing of yours was saved; see the case for what was recorded.") % {
            "name": assignment.done_by.name,
            "when": when,
        }
    return _("This task is no longer open (since %(when)s). See the case for how it went on.") % {"when": when}


def demand(note: str) -> None:
    """Raises ReasonMissing for a note without words."""
    if not note.strip():
        raise ReasonMissing(_("Give a reason; it goes into the record and to those concerned."))
