"""What people do to tasks: claim, remind, reassign, extend, take over, send back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment, User
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger import reporting
from cases.ledger.models import Act
from cases.register.involvement import involve
from cases.register.locking import Refused
from cases.register.plans import reopen_plan
from notifications.messages import worded
from workflows import deadlines, planning, reporttasks, running, telling
from workflows.handling import handle
from workflows.models import Assignment, AssignmentState, Decision
from workflows.opentasks import AlreadyDone, demand, locked
from workflows.reporttasks import said_of
from workflows.rights import is_own, require_above, require_supervision
from workflows.steps import STEPS


@transaction.atomic
def claim(assignment: Assignment, *, by: User, now: datetime, submission: UUID | None = None) -> Assignment:
    """Take a task that lies open at one's post. Raises AlreadyDone, NotAllowed."""
    row = locked(assignment, submission=submission)
    if row.holder_id == by.pk:
        return row
    if row.holder_id is not None:
        raise AlreadyDone(_("%(name)s already took this task.") % {"name": row.holder.name if row.holder else ""})
    if not any(post.organisation_id == row.organisation_id and post.role == row.role for post in by.posts()):
        raise NotAllowed(_("This task lies at another post."))
    row.holder = by
    row.save(update_fields=["holder"])
    record(Verb.TASK_CLAIMED, **said_of(row), actor=by, at=now, submission=submission, assignment=row.pk)
    return row


@transaction.atomic
def remind(assignment: Assignment, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Urge whoever holds the task (催办)."""
    row = locked(assignment, submission=submission, paused_too=True)
    require_supervision(row, by)
    if row.report is not None:
        reporting.urge(row.report, note=note, by=by, now=now, submission=submission)  # its reaction tells whoever has it
    else:
        entry = record(Verb.TASK_REMINDED, **said_of(row), actor=by, at=now, submission=submission, remark=note, assignment=row.pk)
        people, key, message = telling.people_of(row), f"reminded:{entry.pk}", worded("task_reminder", beside=row.beside)
        telling.send(row.about, message, people, key=key, link=f"/tasks/{row.pk}/", step=row.step, due=_day(row.due_at))
    handle(row, by, now, Decision.REMINDED, keep=True)


@transaction.atomic
def reassign(
    assignment: Assignment, *, to: Appointment, note: str, by: User, now: datetime, submission: UUID | None = None, restart: bool = True
) -> Assignment:
    """Give the task to another person's post; unless `restart` is False its clock starts anew. Raises ReasonMissing.

    A report's task keeps its day, which is counted back from one that never moves, and its office.
    """
    row = locked(assignment, submission=submission)
    require_above(row, by)
    if row.report_id:
        restart = False
        reporttasks.require_able(row, to)
    if restart and is_own(row, by):
        raise NotAllowed(_("Nobody gives their own task a new deadline. Hand it on with the present one, or ask your superior."))
    demand(note)
    handle(row, by, now, Decision.REASSIGNED)  # before a new clock withdraws what the old one raised
    row.organisation, row.role, row.holder = to.organisation, to.role, to.user
    if restart:
        plan = planning.plan(row.step, now=now, county_id=row.about.county_id)
        row.due_at = plan.due_at
        deadlines.replan(row, plan, now=now)
    row.save(update_fields=["organisation", "role", "holder", "due_at"])
    if not (row.report_id or STEPS[row.step].outside):
        own = {row.case.school_id, row.case.village_id, row.case.township_id, row.case.education_id}
        if to.organisation_id not in own:
            involve(row.case, to.organisation)
    record(
        Verb.TASK_REASSIGNED,
        **said_of(row),
        actor=by,
        at=now,
        submission=submission,
        remark=note,
        assignment=row.pk,
        to_organisation=to.organisation_id,
        user=to.user_id,
    )
    if row.report is not None:
        reporting.note_act(row.report, Act.REASSIGNED, note=note, by=by, now=now)
    telling.send(
        row.about,
        worded("task_reassigned", beside=row.beside),
        (to.user_id,),
        key=f"reassigned:{row.pk}:{now.isoformat()}",
        link=f"/tasks/{row.pk}/",
        step=row.step,
        due=_day(row.due_at),
    )
    return row


@transaction.atomic
def extend(assignment: Assignment, *, until: date, note: str, by: User, now: datetime, submission: UUID | None = None) -> Assignment:
    """Move a task's last day to `until`, 17:30. Only forward, and never past 60 days from now."""
    row = locked(assignment, submission=submission)
    require_above(row, by)
    if is_own(row, by):
        raise NotAllowed(_("Nobody gives their own task a new deadline. Hand it on with the present one, or ask your superior."))
    demand(note)
    if row.report_id:
        reporttasks.require_superior(row, by)
        reporttasks.require_room(row, until)
    due_at = timezone.make_aware(datetime.combine(until, time(17, 30)))
    if due_at <= now or (row.due_at and due_at <= row.due_at):
        raise Refused(_("An extension must end after today and after the present deadline."))
    if due_at > now + timedelta(days=60):
        raise Refused(_("An extension may not exceed 60 days."))
    handle(row, by, now, Decision.EXTENDED)  # before a new clock withdraws what the old one raised
    row.due_at = due_at
    row.save(update_fields=["due_at"])
    deadlines.extend(row, due_at=due_at, now=now)
    record(Verb.TASK_EXTENDED, **said_of(row), actor=by, at=now, submission=submission, remark=note, assignment=row.pk, due_at=due_at.isoformat())
    if row.report is not None:
        reporting.note_act(row.report, Act.EXTENDED, note=note, by=by, now=now)
    telling.send(
        row.about,
        worded("task_extended", beside=row.beside),
        telling.people_of(row),
        key=f"extended:{row.pk}:{now.isoformat()}",
        link=f"/tasks/{row.pk}/",
        step=row.step,
        due=_day(due_at),
    )
    return row


@transaction.atomic
def take_over(assignment: Assignment, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> Assignment:
    """A supervisor does the task personally."""
    row = locked(assignment, submission=submission)
    require_above(row, by)
    if row.report_id:
        raise NotAllowed(_("Nobody compiles, signs or checks a report in place of the office that answers for it."))
    if row.matter_id:
        raise NotAllowed(_("The unit that it concerns answers for this itself."))
    row.holder = by
    row.save(update_fields=["holder"])
    record(
        Verb.TASK_REASSIGNED,
        case=row.case,
        actor=by,
        at=now,
        submission=submission,
        remark=note,
        assignment=row.pk,
        to_organisation=row.organisation_id,
        user=by.pk,
    )
    handle(row, by, now, Decision.TAKEN_OVER)
    return row


@transaction.atomic
def send_back(assignment: Assignment, *, step: str, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Put the case back to an earlier step of the same flow; the record stays. Raises Refused for a step that was not done before."""
    row = locked(assignment, submission=submission)
    if row.report_id:
        raise Refused(_("A report is sent back on its own page."))
    if row.matter_id:
        raise Refused(_("There is no earlier step to which this could be sent back."))
    require_above(row, by)
    demand(note)
    if step not in running.earlier_steps(row):
        raise Refused(_("The case cannot be sent back to that step."))
    if step == "write_plan":
        reopen_plan(row.case)
    running.send_back(row, step, moment=now)
    entry = record(Verb.TASK_SENT_BACK, case=row.case, actor=by, at=now, submission=submission, remark=note, step=step, assignment=row.pk)
    for opened in Assignment.objects.filter(case=row.case, state=AssignmentState.OPEN, step=step):
        opened.case = row.case
        telling.send(
            row.case,
            "task_sent_back",
            telling.people_of(opened),
            key=f"sentback:{entry.pk}",
            link=f"/tasks/{opened.pk}/",
            step=step,
            due=_day(opened.due_at),
        )


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""
