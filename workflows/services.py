"""What people do to tasks: claim, remind, reassign, extend, send back, suspend, cancel, add one more, answer it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import sql
from cases.conferences.services import drop_with_case
from cases.directory.answering import ANSWERS_FOR, stands_below
from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, covers, may, require
from cases.directory.models import Appointment, Organisation, Role, User
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.ledger import reporting
from cases.ledger.models import Act, Report
from cases.register.involvement import involve
from cases.register.locking import Refused, lock
from cases.register.models import Case, Standing
from cases.register.plans import reopen_plan
from cases.register.standing import log_standing, stand
from cases.supervision.services import end_with_case
from notifications.messages import worded
from workflows import deadlines, outside, reporttasks, running, telling
from workflows.models import Assignment, AssignmentState, Decision, Escalation, EscalationState, ExtraTask, Kind, UnitMatter
from workflows.reporttasks import said_of
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


def may_do(assignment: Assignment, user: User) -> bool:
    """Its holder, anybody at its post when nobody holds it, and a supervisor of the case."""
    if assignment.holder_id == user.pk:
        return True
    at_post = any(post.organisation_id == assignment.organisation_id and post.role == assignment.role for post in user.posts())
    if assignment.holder_id is None and at_post:
        return True
    if assignment.report_id:
        return False  # nobody above does it in its stead: a report is answered for by its own office
    if (rule := STEPS.get(assignment.step)) and rule.own:
        return rule.outside and outside.at_the_unit(assignment, user)
    return may(user, Capability.SUPERVISE, assignment.case)


def stands_above(assignment: Assignment, user: User) -> bool:
    """Whether the user supervises the case from a post above the task's: a head the own unit and what is below it, the county and whoever is
    above it everybody. A principal moves neither the county's tasks nor the township's. What was given to another unit is that unit's."""
    case = assignment.case
    if assignment.report_id:
        return reporttasks.stands_above(assignment, user)
    if STEPS[assignment.step].outside:
        return outside.stands_above(assignment, user)
    if assignment.kind == Kind.ORDER:
        return _stands_above_the_order(assignment, user)
    for post in user.posts():
        if Capability.SUPERVISE not in CAPABILITIES[post.role] or not covers(post, case):
            continue
        heads_unit = post.role in {Role.PRINCIPAL, Role.TOWNSHIP_HEAD}
        below = post.role == Role.TOWNSHIP_HEAD and assignment.organisation_id == case.village_id
        if not heads_unit or below or assignment.organisation_id == post.organisation_id:
            return True
    return False


def _stands_above_the_order(assignment: Assignment, user: User) -> bool:
    """An order goes downwards only, and so does whoever moves its tasks: from above the unit at which the task lies, or from that very post and
    its head. The bureau whose head has to answer neither gives the head more time nor takes the issuer's decision away."""
    unit = assignment.organisation
    if unit is None:
        return False
    for post in user.posts():
        if Capability.SUPERVISE not in CAPABILITIES[post.role] or not covers(post, assignment.case):
            continue
        if stands_below(unit, post) or (post.organisation_id == unit.pk and post.role in {assignment.role, ANSWERS_FOR.get(unit.kind)}):
            return True
    return False


def may_supervise(assignment: Assignment, user: User) -> bool:
    """Whether the user looks after this task: from above the case, or, where it fell to another unit, from above that unit."""
    if assignment.report_id:
        return reporttasks.may_urge(assignment, user)
    if STEPS[assignment.step].outside and outside.stands_above(assignment, user):
        return True
    if assignment.matter_id:  # whoever it was laid before may urge, too
        return Escalation.objects.queue_of(user).filter(assignment=assignment).exists()
    return may(user, Capability.SUPERVISE, assignment.case)


def require_supervision(assignment: Assignment, user: User) -> None:
    """Raises NotAllowed unless `may_supervise`."""
    if not may_supervise(assignment, user):
        raise NotAllowed(_("Your post does not allow this."))


def require_above(assignment: Assignment, user: User) -> None:
    """Raises NotAllowed unless `stands_above`."""
    if not (assignment.report_id or STEPS[assignment.step].outside):
        require(user, Capability.SUPERVISE, assignment.case)
    if not stands_above(assignment, user):
        raise NotAllowed(_("This task lies at a post that is not below yours."))


def is_own(assignment: Assignment, user: User) -> bool:
    """Whether the user holds the task, or it lies open at one of the user's posts."""
    if assignment.holder_id is not None:
        return assignment.holder_id == user.pk
    return any(post.organisation_id == assignment.organisation_id and post.role == assignment.role for post in user.posts())


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
        plan = deadlines.plan(row.step, now=now, county_id=row.about.county_id)
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


@transaction.atomic
def pause_case(case: Case, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Stop all clocks of a case: a child in hospital, a case handed to another county. Nothing can be done to it until it is resumed."""
    case = lock(case, submission=submission)
    require(by, Capability.SUPERVISE, case)
    _require_danger_answered(case)
    demand(note)
    case.paused_at = now
    case.save(update_fields=["paused_at"])
    deadlines.pause(case.pk, now=now)
    record(Verb.CASE_PAUSED, case=case, actor=by, at=now, submission=submission, remark=note)


@transaction.atomic
def resume_case(case: Case, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> None:
    """Let the clocks run on with what was left of them."""
    case = lock(case, submission=submission, paused_too=True)
    require(by, Capability.SUPERVISE, case)
    if case.paused_at is None:
        raise Refused(_("The case is not suspended."))
    case.paused_at = None
    case.save(update_fields=["paused_at"])
    deadlines.resume(case.pk, now=now)
    record(Verb.CASE_RESUMED, case=case, actor=by, at=now, submission=submission, remark=note)


@transaction.atomic
def cancel_case(case: Case, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Close what was opened by mistake. Refused once the child is on the ledger: then only a deduction takes it off."""
    case = lock(case, submission=submission, paused_too=True)
    require(by, Capability.SUPERVISE, case)
    _require_danger_answered(case)
    demand(note)
    if case.entered_ledger_on is not None:
        raise Refused(_("The child is on the ledger. Propose a deduction with its evidence instead."))
    stand(case, Standing.CANCELLED, on=timezone.localdate(now))
    end_with_case(case, now=now)
    drop_with_case(case, by=by, why=note, now=now)
    case.closed_at, case.paused_at = now, None
    case.save()
    entry = record(Verb.CASE_CANCELLED, case=case, actor=by, at=now, submission=submission, remark=note)
    log_standing(case, entry, on=timezone.localdate(now))


@transaction.atomic
def add_extra_task(
    case: Case,
    *,
    title: str,
    instructions: str,
    organisation: Organisation,
    role: str,
    working_days: int,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> ExtraTask:
    """Ask one more thing of some post, beside the main road; the organisation gets a part in the case and so sees it."""
    case = lock(case, submission=submission)
    require(by, Capability.SUPERVISE, case)
    extra = ExtraTask.objects.create(
        case=case, title=title, instructions=instructions, organisation=organisation, role=role, working_days=working_days, asked_by=by
    )
    involve(case, organisation)
    record(Verb.EXTRA_ADDED, case=case, actor=by, at=now, submission=submission, extra=extra.pk, to_organisation=organisation.pk)
    return extra


@transaction.atomic
def answer_extra(extra: ExtraTask, *, answer: str, by: User, now: datetime, submission: UUID | None = None) -> ExtraTask:
    """Answer an extra task. Only the post that was asked, or a supervisor."""
    case = lock(extra.case, submission=submission)
    extra = ExtraTask.objects.select_for_update().get(pk=extra.pk)
    if extra.answered_at:
        raise AlreadyDone(_("This task was already answered."))
    asked = any(post.organisation_id == extra.organisation_id and post.role == extra.role for post in by.posts())
    holds = case.assignments.filter(step="extra_task", seed=extra.pk, holder=by).exists()
    if not (asked or holds):
        require(by, Capability.SUPERVISE, case)
    extra.answer, extra.answered_by, extra.answered_at = answer, by, now
    extra.save(update_fields=["answer", "answered_by", "answered_at"])
    record(Verb.EXTRA_ANSWERED, case=case, actor=by, at=now, submission=submission, extra=extra.pk)
    return extra


@transaction.atomic
def note_escalation(escalation: Escalation, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Take an escalation off the queue with a word on what was done."""
    task = escalation.assignment
    if task.report is not None:
        reporttasks.lock(task.report, submission=submission)
    elif task.matter_id:
        require_new(submission)
    else:
        task.case = lock(escalation.case, submission=submission, paused_too=True, closed_too=True)
    require_supervision(task, by)
    demand(note)
    mine = Escalation.objects.queue_of(by).filter(pk=escalation.pk)
    if not mine.update(state=EscalationState.HANDLED, handled_by=by, handled_at=now, decision=Decision.NOTED):
        raise NotAllowed(_("This does not lie before your post, or was handled already."))
    said = said_of(task) | {"escalation": escalation.pk, "decision": Decision.NOTED}
    record(Verb.ESCALATION_HANDLED, **said, actor=by, at=now, submission=submission, remark=note)


def handle(assignment: Assignment, by: User, now: datetime, decision: Decision, *, keep: bool = False) -> None:
    """Mark what lay before this supervisor because of the task. A reminder keeps it before them until the task is done."""
    mine = Escalation.objects.queue_of(by).filter(assignment=assignment)
    if keep:
        mine.update(decision=decision, handled_by=by, handled_at=now)
    else:
        mine.update(state=EscalationState.HANDLED, decision=decision, handled_by=by, handled_at=now)


def _require_danger_answered(case: Case) -> None:
    """Neither a suspension nor a cancelled case may silence a mandatory report (law on the protection of minors, article 11)."""
    if Assignment.objects.filter(case=case, step="confirm_receipt", state=AssignmentState.OPEN).exists():
        raise Refused(_("A report of danger to this child waits for its receipt. Confirm that first."))


def demand(note: str) -> None:
    if not note.strip():
        raise ReasonMissing(_("Give a reason; it goes into the record and to those concerned."))


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""
