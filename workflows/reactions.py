"""The project's only listener: a fact was recorded, so the steps that it ends are finished and the flows that it calls for start."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS

from cases.conferences import services as conferences
from cases.directory.models import Appointment
from cases.journal.models import Entry
from cases.journal.signals import recorded
from cases.journal.verbs import Verb
from cases.register.models import Standing
from cases.register.opening import BACK_ON_LEDGER
from cases.transfers import services as transfers
from workflows import deadlines, matters, moving, reconciling, reporting, running, telling, telling_between, telling_visits
from workflows.handover import hand_over
from workflows.models import Assignment, AssignmentState, CaseProcess, Kind
from workflows.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.register.models import Case

WORK = (Kind.DROPOUT, Kind.ENFORCEMENT)
REVIEW = (Kind.RETURN, Kind.DEDUCTION, Kind.DEFERRAL)


def react(sender: type[Entry], *, entry: Entry, case: Case | None, **_: Any) -> None:
    """Inside the writing transaction, under the case lock that the service took.

    1. Finish the open steps that this fact ends. 2. Do what the fact calls for. 3. Tell people.
    """
    if case is None:
        _about_people(entry)
        reporting.react(entry)
        reconciling.react(entry)
        matters.react(entry)
        telling.tell_unit(entry)
        return
    if entry.verb in QUIET:
        return
    ended = ended_by(entry, case)
    finished = [running.finish(row, by=entry.actor, moment=entry.occurred_at) for row in ended]
    if entry.verb == Verb.VISIT_LOGGED:
        for row in ended or _done_late(entry, case):
            _credit(row, case, entry)
    if case.closed_at and entry.verb in CLOSING:
        _closed(case, entry)
    follow = FOLLOW.get(Verb(entry.verb))
    if follow:
        follow(case, entry)
    for process in finished:
        _go_on(process, case, entry)
    matters.react(entry)
    telling.tell(case, entry)
    telling_between.tell(case, entry)
    telling_visits.tell(case, entry)


def _about_people(entry: Entry) -> None:
    """Somebody left a post, or the house: the open tasks stay with the post."""
    if entry.verb == Verb.USER_CHANGED and entry.data.get("active") is False:
        hand_over(entry.data["user"], by=entry.actor, now=entry.occurred_at)
    elif entry.verb == Verb.APPOINTMENT_ENDED:
        post = Appointment.objects.get(pk=entry.data["appointment"])
        hand_over(post.user_id, by=entry.actor, now=entry.occurred_at, post=post)


def ended_by(entry: Entry, case: Case) -> list[Assignment]:
    """The open tasks of the case that this fact ends."""
    if entry.verb not in ENDING:
        return []
    data = entry.data
    return [row for row in running.open_assignments(case) if entry.verb in (rule := STEPS[row.step]).ends_on and rule.ends(data, row)]


def _done_late(entry: Entry, case: Case) -> list[Assignment]:
    """The tasks that this visit would have ended in time, had its record not come after somebody else's, who ended them late."""
    made_at = datetime.fromisoformat(entry.data["occurred_at"])
    late = Assignment.objects.filter(
        case=case, state=AssignmentState.DONE, step__in=VISITS, due_at__gte=made_at, done_at__gt=F("due_at"), deadline__met_as_of=None
    )
    return [row for row in late if STEPS[row.step].ends(entry.data, row)]


def _credit(row: Assignment, case: Case, entry: Entry) -> None:
    """A visit made in time whose record came late, from a phone that had no signal, was in time: whoever was told otherwise is told so."""
    made_at = datetime.fromisoformat(entry.data.get("counts_at", entry.data["occurred_at"]))  # nobody gains a day by a phone whose clock is slow
    people = deadlines.credit(row, as_of=made_at, now=entry.occurred_at)
    telling.send(case, "escalation_withdrawn", people, key=f"withdrawn:{row.pk}", link=f"/tasks/{row.pk}/", step=row.step)


def _go_on(process: CaseProcess, case: Case, entry: Entry) -> None:
    """Persuasion and aid are spent and the child is still out: the law follows."""
    if process.kind == Kind.DROPOUT and process.status == PROCESS.DONE and case.standing == Standing.STILL_OUT:
        running.start(Kind.ENFORCEMENT, case, round=entry.pk, moment=entry.occurred_at)


def _opened(case: Case, entry: Entry) -> None:
    running.start(Kind.DROPOUT, case, round=entry.pk, moment=entry.occurred_at)


def _reopened(case: Case, entry: Entry) -> None:
    """Where a case goes on depends on where the child stands: suspected anew, or on the ledger by a failed watch or an ended deferral."""
    running.leave(case, (*WORK, *REVIEW), moment=entry.occurred_at)
    if case.standing == Standing.SUSPECTED:
        at = "start"
    elif entry.data.get("why") in BACK_ON_LEDGER:
        at = "relapse"
    else:
        at = "persuade_again"
    running.start(Kind.DROPOUT, case, round=entry.pk, moment=entry.occurred_at, at=at)
    running.leave(case, (Kind.SCHOOL_ROLL,), moment=entry.occurred_at)
    if entry.data.get("why") in BACK_ON_LEDGER:
        running.start(Kind.SCHOOL_ROLL, case, round=entry.pk, moment=entry.occurred_at)


def _concluded(case: Case, entry: Entry) -> None:
    """Who enters the ledger is entered in the school-roll system's, too."""
    if entry.data.get("enters"):
        running.start(Kind.SCHOOL_ROLL, case, round=entry.pk, moment=entry.occurred_at)


def _back(case: Case, entry: Entry) -> None:
    """A child that is back needs no persuasion: the return is confirmed instead."""
    running.leave(case, (*WORK, *REVIEW), moment=entry.occurred_at)
    running.start(Kind.RETURN, case, round=entry.pk, moment=entry.occurred_at)


def _did_not_stay(case: Case, entry: Entry) -> None:
    at = "verify_again" if case.entered_ledger_on is None else "persuade_again"
    running.start(Kind.DROPOUT, case, round=entry.pk, moment=entry.occurred_at, at=at)


def _proposed(kind: Kind) -> Callable[[Case, Entry], None]:
    def start(case: Case, entry: Entry) -> None:
        running.start(kind, case, round=entry.data["clearance"], moment=entry.occurred_at)

    return start


def _cleared(case: Case, entry: Entry) -> None:
    """A child that left the ledger needs no other work than what its own way off it asks for."""
    outcome = entry.data["outcome"]
    own = CaseProcess.objects.filter(case=case, kind=OWN_FLOW[outcome]).order_by("-pk").values_list("pk", flat=True).first()
    running.leave(case, (*WORK, *REVIEW), moment=entry.occurred_at, but=own)


def _reported(case: Case, entry: Entry) -> None:
    running.start(Kind.PROTECTION, case, round=entry.data["report"], moment=entry.occurred_at)


def _extra(case: Case, entry: Entry) -> None:
    running.start(Kind.EXTRA, case, round=entry.data["extra"], moment=entry.occurred_at)


def _ordered(case: Case, entry: Entry) -> None:
    running.start(Kind.ORDER, case, round=entry.data["order"], moment=entry.occurred_at)


def _order_withdrawn(case: Case, entry: Entry) -> None:
    running.leave(case, (Kind.ORDER,), moment=entry.occurred_at, round=entry.data["order"])


def _cancelled(case: Case, entry: Entry) -> None:
    running.leave(case, Kind.values, moment=entry.occurred_at, as_=AssignmentState.CANCELLED)


def _begun(kind: Kind, key: str) -> Callable[[Case, Entry], None]:
    def start(case: Case, entry: Entry) -> None:
        running.start(kind, case, round=entry.data[key], moment=entry.occurred_at)

    return start


def _not_needed(kind: Kind, key: str) -> Callable[[Case, Entry], None]:
    def leave(case: Case, entry: Entry) -> None:
        running.leave(case, (kind,), moment=entry.occurred_at, round=entry.data[key])

    return leave


def _moved(case: Case, entry: Entry) -> None:
    """The tasks go where the child went, and the differences to the school-roll system."""
    reconciling.follow(case, entry)
    if not entry.data["within"] and entry.actor is not None:
        conferences.drop_with_case(case, by=entry.actor, why=_("The child went over to another county."), now=entry.occurred_at)
    people = moving.follow(case, entry, between_counties=not entry.data["within"])
    telling_between.moved_away(case, entry, people)


def _changed(case: Case, entry: Entry) -> None:
    """A correction of the child's class, school or village takes the tasks along, too."""
    if entry.data.get("moved"):
        reconciling.follow(case, entry)
        telling_between.moved_away(case, entry, moving.follow(case, entry, between_counties=False))


def _closed(case: Case, entry: Entry) -> None:
    """Nobody needs to answer an offer of a closed case, nor to enter it anywhere: a list that comes later shows what is amiss."""
    running.leave(case, (Kind.SCHOOL_ROLL,), moment=entry.occurred_at)
    if transfers.lapse(case, now=entry.occurred_at):
        running.leave(case, (Kind.TRANSFER,), moment=entry.occurred_at)


OWN_FLOW = {"returned": Kind.RETURN, "deducted": Kind.DEDUCTION, "deferred": Kind.DEFERRAL}

FOLLOW: dict[Verb, Callable[[Case, Entry], None]] = {
    Verb.CASE_OPENED: _opened,
    Verb.CASE_REOPENED: _reopened,
    Verb.VERIFICATION_CONCLUDED: _concluded,
    Verb.RETURN_REPORTED: _back,
    Verb.RETURN_FAILED: _did_not_stay,
    Verb.DEDUCTION_PROPOSED: _proposed(Kind.DEDUCTION),
    Verb.DEFERRAL_APPLIED: _proposed(Kind.DEFERRAL),
    Verb.CLEARANCE_APPROVED: _cleared,
    Verb.DANGER_REPORTED: _reported,
    Verb.EXTRA_ADDED: _extra,
    Verb.SUPERVISION_ISSUED: _ordered,
    Verb.SUPERVISION_WITHDRAWN: _order_withdrawn,
    Verb.TRANSFER_OFFERED: _begun(Kind.TRANSFER, "transfer"),
    Verb.TRANSFER_ACCEPTED: _moved,
    Verb.STUDENT_CHANGED: _changed,
    Verb.TRANSFER_WITHDRAWN: _not_needed(Kind.TRANSFER, "transfer"),
    Verb.INQUIRY_ASKED: _begun(Kind.INQUIRY, "inquiry"),
    Verb.INQUIRY_WITHDRAWN: _not_needed(Kind.INQUIRY, "inquiry"),
    Verb.SPOT_CHECK_DRAWN: _begun(Kind.SPOT_CHECK, "check"),
    Verb.CASE_CANCELLED: _cancelled,
}

CLOSING = frozenset(
    {Verb.CLEARANCE_APPROVED, Verb.CASE_CLOSED, Verb.CASE_CANCELLED, Verb.WATCH_RECORDED, Verb.VERIFICATION_CONCLUDED, Verb.LEAVE_ENDED}
)
VISITS = [step for step, rule in STEPS.items() if Verb.VISIT_LOGGED in rule.ends_on]
ENDING = frozenset(verb for rule in STEPS.values() for verb in rule.ends_on)
QUIET = frozenset({Verb.CASE_VIEWED, Verb.IDENTITY_SHOWN, Verb.FILE_OPENED, Verb.LIST_EXPORTED, Verb.DEADLINE_FIRED})


def connect() -> None:
    """Called once, when the app is ready."""
    recorded.connect(react, dispatch_uid="workflows.reactions")
