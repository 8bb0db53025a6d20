"""A case goes over to another unit. Between counties by a handshake: offered, then accepted or refused by the other side; until then it stays
where it is. Inside a county its education bureau moves the child alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, covers, require
from cases.directory.models import Area, Organisation, SchoolClass
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.evidence import Evidence, demand, keep
from cases.register.locking import Refused, lock
from cases.register.models import Case, Clearance, ClearanceState, Student
from cases.register.responsible import COUNTY
from cases.transfers.models import Transfer, TransferReason, TransferState
from cases.transfers.moving import PROOF, WrongPlace, check_places, check_reason, lock_both, move, prepare
from cases.transfers.scope import BUREAU

if TYPE_CHECKING:
    from cases.directory.models import User


class AlreadyOffered(Refused):
    """An offer of this case waits for its answer."""


class AlreadyAnswered(Refused):
    """The other side was faster, or the giver took the offer back."""


@transaction.atomic
def offer(
    case: Case,
    *,
    reason: str,
    to_place: Area,
    to_school: Organisation | None = None,
    note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Transfer:
    """Offer the case to the county in which `to_place` (a township or village) lies, with proof. Nothing moves before that county accepts.

    Raises AlreadyOffered, WrongPlace, EvidenceMissing, Refused (a proposal waits for its decision), NotAllowed.
    """
    case, evidence = lock(case, submission=submission), list(evidence)
    require(by, Capability.TRANSFER, case)
    county = to_place.code[:COUNTY]
    if county == case.county_id:
        raise WrongPlace(_("Inside your own county the education bureau moves the child itself: choose “Change school or place”."))
    if Transfer.objects.filter(case=case, state=TransferState.OFFERED).exists():
        raise AlreadyOffered(_("This case was offered already and waits for the answer."))
    _require_nothing_proposed(case)
    check_reason(reason, note)
    check_places(county, to_place, to_school, None)
    if to_school is None and reason == TransferReason.SCHOOL_CHANGED:
        raise WrongPlace(_("Please name the school to which the child changed."))
    demand(PROOF[reason], evidence)
    transfer = prepare(case, county, to_place, to_school, reason=reason, note=note, by=by, now=now)
    transfer.save()
    transfer.evidence.add(*keep(case, evidence, by=by))
    record(Verb.TRANSFER_OFFERED, case=case, actor=by, at=now, submission=submission, transfer=transfer.pk, to_county=county)
    return transfer


@transaction.atomic
def answer(
    transfer: Transfer,
    *,
    accept: bool,
    place: Area | None = None,
    school: Organisation | None = None,
    school_class: SchoolClass | None = None,
    note: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Transfer:
    """The receiving county accepts the child, or refuses with a reason. `place`, `school` and `school_class` say it more closely than the offer.

    With the acceptance the child is on the new county's ledger from that day on, and on no other.
    Raises AlreadyAnswered, WrongPlace, NotAllowed, Refused.
    """
    student, case = lock_both(transfer, submission)
    transfer = Transfer.objects.select_related("to_place", "to_school").get(pk=transfer.pk)
    require_receiver(transfer, by)
    _require_open(transfer)
    if transfer.offered_by_id == by.pk:
        raise NotAllowed(_("You made this offer; somebody else answers it."))
    if not accept:
        if not note.strip():
            raise Refused(_("Please say in words why you refuse."))
        _decide(transfer, TransferState.REFUSED, note, by, now)
        record(Verb.TRANSFER_REFUSED, case=case, actor=by, at=now, submission=submission, remark=note, transfer=transfer.pk)
        return transfer
    _require_nothing_proposed(case)
    transfer.to_place, transfer.to_school, transfer.to_class = place or transfer.to_place, school or transfer.to_school, school_class
    check_places(transfer.to_county_id, transfer.to_place, transfer.to_school, school_class)
    _decide(transfer, TransferState.ACCEPTED, note, by, now)
    move(case, student, transfer, by=by, now=now, submission=submission)
    return transfer


@transaction.atomic
def withdraw(transfer: Transfer, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Transfer:
    """The giver takes the offer back. Raises AlreadyAnswered, NotAllowed."""
    case = lock(transfer.case, submission=submission, paused_too=True)
    transfer = Transfer.objects.get(pk=transfer.pk)
    _require_open(transfer)  # first: whoever was too late wants to know that, and the case may be another county's now
    require(by, Capability.TRANSFER, case)
    _decide(transfer, TransferState.WITHDRAWN, note, by, now)
    record(Verb.TRANSFER_WITHDRAWN, case=case, actor=by, at=now, submission=submission, remark=note, transfer=transfer.pk)
    return transfer


@transaction.atomic
def move_within(
    case: Case,
    *,
    reason: str,
    to_place: Area,
    to_school: Organisation | None = None,
    to_class: SchoolClass | None = None,
    note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Transfer:
    """Inside a county: the education bureau moves the child to another school, township or village of its own; both schools are told.

    Raises WrongPlace, AlreadyOffered, Refused, NotAllowed.
    """
    student = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school", "school_class").get(pk=case.student_id)
    case, evidence = lock(case, submission=submission), list(evidence)
    require(by, Capability.TRANSFER, case)
    if not any(post.role in BUREAU and covers(post, case) for post in by.posts()):
        raise NotAllowed(_("Only the county's education bureau moves a child to another school."))
    if Transfer.objects.filter(case=case, state=TransferState.OFFERED).exists():
        raise AlreadyOffered(_("This case was offered to another county and waits for the answer. Withdraw the offer first."))
    check_reason(reason, note)
    check_places(case.county_id, to_place, to_school, to_class)
    if (to_place.code, to_school, to_class) == (case.place_id, student.school, student.school_class):
        raise WrongPlace(_("That is where the child is already."))
    transfer = prepare(case, case.county_id, to_place, to_school, reason=reason, note=note, by=by, now=now)
    transfer.to_class = to_class
    transfer.state, transfer.decided_by, transfer.decided_at = TransferState.ACCEPTED, by, now
    transfer.save()
    transfer.evidence.add(*keep(case, evidence, by=by))
    move(case, student, transfer, by=by, now=now, submission=submission)
    return transfer


def lapse(case: Case, *, now: datetime) -> int:
    """The case was closed: an offer that nobody answered lapses. The caller holds the lock and has recorded why. Returns how many."""
    return Transfer.objects.filter(case=case, state=TransferState.OFFERED).update(state=TransferState.LAPSED, decided_at=now)


def require_receiver(transfer: Transfer, by: User) -> None:
    """Raises NotAllowed unless one of the person's posts is at the receiving county's education bureau."""
    if not is_receiver(transfer, by):
        raise NotAllowed(_("The receiving county's education bureau answers this offer."))


def is_receiver(transfer: Transfer, by: User) -> bool:
    """Whether one of the person's posts is at the receiving county's education bureau."""
    return any(post.role in BUREAU and post.organisation_id == transfer.to_education_id for post in by.posts())


def _decide(transfer: Transfer, state: TransferState, note: str, by: User, now: datetime) -> None:
    transfer.state, transfer.answer, transfer.decided_by, transfer.decided_at = state, note, by, now
    transfer.save()


def _require_open(transfer: Transfer) -> None:
    if transfer.state != TransferState.OFFERED:
        raise AlreadyAnswered(_("This offer is no longer open: %(state)s.") % {"state": transfer.get_state_display()})


def _require_nothing_proposed(case: Case) -> None:
    if Clearance.objects.filter(case=case, state=ClearanceState.PROPOSED).exists():
        raise Refused(_("A proposal to clear this case waits for its decision. It has to be decided or withdrawn before the case can move."))
