"""What a supervisor does beyond the task itself: raise it to the next rung, lay it before the joint conference, order its unit to answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.conferences import services as conferences
from cases.directory.capabilities import Capability, NotAllowed, require
from cases.journal.models import Entry
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused
from cases.supervision import services as supervision
from notifications.messages import worded
from notifications.services import Message, notify_many
from workflows import due, effects, ladders
from workflows.due import Passing
from workflows.extratasks import add_extra_task
from workflows.handling import handle, note_escalation
from workflows.ladders import Addressee, Held
from workflows.models import Assignment, Deadline, DeadlineState, Decision, Escalation
from workflows.opentasks import demand, locked
from workflows.reporttasks import said_of
from workflows.rights import require_above

if TYPE_CHECKING:
    from cases.conferences.models import AgendaItem
    from cases.directory.models import Organisation, User
    from cases.register.models import Case
    from cases.supervision.models import SupervisionOrder

TOP = gettext_lazy("Nobody stands above you on the ladder of this task. Put the case on the joint conference's agenda, or issue an order.")
HOLDER = "holder"  # a rung that goes no higher than whoever holds the task


class NothingAbove(Refused):
    """There is no rung left, or nobody stands at it."""


@transaction.atomic
def raise_to_superior(assignment: Assignment, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> int:
    """Pass the next rung of the task's ladder now instead of on its day (提级): the people above get it at once, with the reason.

    1. The deadline is locked after the case, as everywhere. 2. The next rung that reaches somebody else than `by` is found; rungs below it
    collapse into it, so that each is passed once and never again by the sweep. 3. Fire, escalations, its entry and the next rung are written as the
    sweep writes them; then the entry of whoever raised, and the messages.
    A person raises a task once in a generation of its clock. Returns the rung. Raises AlreadyDone, ReasonMissing, NotAllowed, NothingAbove.
    """
    row = locked(assignment, submission=submission)
    if not row.report_id:
        require(by, Capability.SUPERVISE, row.case)
    if not Escalation.objects.queue_of(by).filter(assignment=row).exists():
        require_above(row, by)
    demand(note)
    deadline = Deadline.objects.select_for_update(no_key=True).get(assignment=row)
    _require_first_time(row, deadline, by)
    passing = _next_above(deadline, by, now)
    fires = effects.write_fires([passing], now)
    fire = fires.get(deadline.pk)
    if fire is None:
        raise NothingAbove(_("This rung was passed a moment ago. Look again before you raise it further."))
    handle(row, by, now, Decision.RAISED)
    effects.lay_before_posts([(fire, passing)], now)
    effects.journal([(fire, passing)], now)
    effects.advance([passing.row], {deadline.pk: passing})
    rung: int = passing.acting["rung"]
    record(
        Verb.TASK_RAISED,
        **said_of(row),
        actor=by,
        at=now,
        submission=submission,
        remark=note.strip(),
        assignment=row.pk,
        deadline=deadline.pk,
        generation=deadline.generation,
        rung=rung,
    )
    notify_many([_message(passing, person, rung) for person in passing.people])
    return rung


@transaction.atomic
def note_what_lies_before(assignment: Assignment, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Take everything that lies before `by` because of a task off the queue, with a word. Raises Refused where nothing does."""
    before = list(Escalation.objects.queue_of(by).filter(assignment=assignment).select_related("assignment", "case").order_by("pk"))
    if not before:
        raise Refused(_("Nothing about this task lies before you."))
    for number, escalation in enumerate(before):
        note_escalation(escalation, note=note, by=by, now=now, submission=None if number else submission)


def _require_first_time(row: Assignment, deadline: Deadline, by: User) -> None:
    before = Entry.objects.filter(case=row.case, verb=Verb.TASK_RAISED, actor=by, data__deadline=deadline.pk)
    if before.filter(data__generation=deadline.generation).exists():
        raise Refused(_("You raised this task already; it lies above you now. Call the people there if it is urgent."))


def _next_above(deadline: Deadline, by: User, now: datetime) -> Passing:
    """The lowest rung ahead that reaches somebody else, with those below it. Raises NothingAbove."""
    [row] = due.read([deadline.pk])
    if row.organisation_id is None or row.next_rung is None or deadline.state != DeadlineState.ARMED:
        raise NothingAbove(TOP)
    task = Held(ladders.Post(row.organisation_id, row.role), row.holder_id, row.school_class_id, row.county_id)
    ahead: list[dict[str, Any]] = [rung for rung in row.rungs if rung["rung"] >= row.next_rung]
    directory = ladders.directory([task], timezone.localdate(now))
    mine = {(post.organisation_id, post.role) for post in by.posts()}
    already = set(Escalation.objects.filter(assignment_id=row.assignment_id, state="open").values_list("organisation_id", "role"))
    for index, rung in enumerate(ahead):
        if rung["to"] == HOLDER:
            continue
        found = [one for one in directory.addressees(rung["to"], task) if tuple(one.post) not in mine]
        if any(tuple(one.post) not in already and set(one.people) - {by.pk} for one in found):
            return _passing(row, ahead[: index + 1], ahead[index + 1 :], found)
    raise NothingAbove(TOP)


def _passing(row: due.Due, missed: list[dict[str, Any]], rest: list[dict[str, Any]], found: list[Addressee]) -> Passing:
    rung = missed[-1]["rung"]
    return Passing(row, missed, rest[0] if rest else None, [(rung, one) for one in found], (), nobody=False)


def _message(passing: Passing, person: int, rung: int) -> Message:
    row = passing.row
    return Message(
        recipient_id=person,
        message=worded("raised", beside=row.beside),
        params={"case": row.number, "step": row.step, "due": row.due_at},
        link=f"/tasks/{row.assignment_id}/",
        key=f"fire:{row.pk}:{row.generation}:{rung}:{person}",  # as the sweep would have said it
        urgent=True,
        receipt=True,
    )


@transaction.atomic
def put_on_agenda(assignment: Assignment, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> AgendaItem:
    """Lay the case of a task before the joint conference of its county, because of that task."""
    row = locked(assignment, submission=submission, paused_too=True)
    if row.beside:
        raise Refused(_("The joint conference deals with cases. Put the case itself on its agenda."))
    item = conferences.put_on_agenda(row.case, reason=note, assignment=row.pk, by=by, now=now, submission=submission)
    handle(row, by, now, Decision.AGENDA)
    return item


@transaction.atomic
def put_case_on_agenda(case: Case, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> AgendaItem:
    """Lay a case before the joint conference of its county."""
    return conferences.put_on_agenda(case, reason=note, by=by, now=now, submission=submission)


@transaction.atomic
def issue_order(
    case: Case,
    *,
    addressee: Organisation,
    demand: str,
    answer_by: date,
    legal_basis: str,
    escalation: int | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> SupervisionOrder:
    """Order a unit to answer; the escalation that it answers leaves the issuer's queue."""
    found = Escalation.objects.visible_to(by).filter(pk=escalation, case=case).select_related("assignment").first() if escalation else None
    order = supervision.issue_order(
        case,
        addressee=addressee,
        demand=demand,
        answer_by=answer_by,
        legal_basis=legal_basis,
        escalation=found.pk if found else None,
        by=by,
        now=now,
        submission=submission,
    )
    if found:
        handle(found.assignment, by, now, Decision.ORDERED)
    return order


@transaction.atomic
def decide_item(
    item: AgendaItem,
    *,
    decision: str,
    held_on: date,
    taken_up: bool,
    task: dict[str, Any] | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> AgendaItem:
    """Record what the conference decided and, if it gave somebody something to do, give it as an extra task in the same breath.

    `task`: title, organisation, role, working_days. Raises what `decide_item` of the conference and `add_extra_task` raise.
    """
    done = conferences.decide_item(item, decision=decision, held_on=held_on, taken_up=taken_up, by=by, now=now, submission=submission)
    if task:
        if not taken_up:
            raise NotAllowed(_("What was not taken up gives nobody a task."))
        extra = add_extra_task(done.case, instructions=done.decision, by=by, now=now, **task)
        done.extra = extra.pk
        done.save(update_fields=["extra"])
    return done
