"""A case goes over to another unit. Between counties by a handshake: offered, then accepted or refused by the other side; until then it stays
where it is. Inside a county its education bureau moves the child alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, covers, require
from cases.directory.models import Area, Level, Organisation, OrganisationKind, SchoolClass
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.evidence import Evidence, demand, keep
from cases.register.locking import Refused, lock
from cases.register.models import Case, Clearance, ClearanceState, Involvement, Student
from cases.register.responsible import COUNTY, TOWNSHIP, responsible
from cases.register.standing import log_move
from cases.transfers.models import Transfer, TransferReason, TransferState
from cases.transfers.scope import BUREAU

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.journal.models import Entry

# What shows that the child belongs there now; of each inner list one.
PROOF: dict[str, list[list[str]]] = {
    TransferReason.SCHOOL_CHANGED: [["roll_screenshot", "enrolment_certificate"]],
    TransferReason.FAMILY_MOVED: [["enrolment_certificate", "police_certificate", "visit_photo", "other_proof"]],
    TransferReason.REGISTER_MOVED: [["register_transfer"]],
    TransferReason.OTHER: [["other_proof"]],
}


class AlreadyOffered(Refused):
    """An offer of this case waits for its answer."""


class AlreadyAnswered(Refused):
    """The other side was faster, or the giver took the offer back."""


class WrongPlace(Refused):
    """The place, school or class does not belong together, or not to the receiving county."""


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
    _check_reason(reason, note)
    _check_places(county, to_place, to_school, None)
    if to_school is None and reason == TransferReason.SCHOOL_CHANGED:
        raise WrongPlace(_("Please name the school to which the child changed."))
    demand(PROOF[reason], evidence)
    transfer = _new(case, county, to_place, to_school, reason=reason, note=note, by=by, now=now)
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
    student, case = _lock_both(transfer, submission)
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
    _check_places(transfer.to_county_id, transfer.to_place, transfer.to_school, school_class)
    _decide(transfer, TransferState.ACCEPTED, note, by, now)
    _move(case, student, transfer, by=by, now=now, submission=submission)
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
    _check_reason(reason, note)
    _check_places(case.county_id, to_place, to_school, to_class)
    if (to_place.code, to_school, to_class) == (case.place_id, student.school, student.school_class):
        raise WrongPlace(_("That is where the child is already."))
    transfer = _new(case, case.county_id, to_place, to_school, reason=reason, note=note, by=by, now=now)
    transfer.to_class = to_class
    transfer.state, transfer.decided_by, transfer.decided_at = TransferState.ACCEPTED, by, now
    transfer.save()
    transfer.evidence.add(*keep(case, evidence, by=by))
    _move(case, student, transfer, by=by, now=now, submission=submission)
    return transfer


def lapse(case: Case, *, now: datetime) -> int:
    """The case was closed: an offer that nobody answered lapses. The caller holds the lock and has recorded why. Returns how many."""
    return Transfer.objects.filter(case=case, state=TransferState.OFFERED).update(state=TransferState.LAPSED, decided_at=now)


def require_receiver(transfer: Transfer, by: User) -> None:
    """Raises NotAllowed unless one of the person's posts is at the receiving county's education bureau."""
    if not is_receiver(transfer, by):
        raise NotAllowed(_("The receiving county's education bureau answers this offer."))


def is_receiver(transfer: Transfer, by: User) -> bool:
    return any(post.role in BUREAU and post.organisation_id == transfer.to_education_id for post in by.posts())


def _move(case: Case, student: Student, transfer: Transfer, *, by: User, now: datetime, submission: UUID | None) -> Entry:
    """The child first, because the case's columns follow from it; then the fact, and with it the ledger."""
    student.school, student.school_class, student.lives_at = transfer.to_school, transfer.to_class, transfer.to_place
    if transfer.reason == TransferReason.REGISTER_MOVED or transfer.to_school is None:
        student.registered_at = transfer.to_place  # without a school the household register's county counts the child
    student.save(update_fields=["school", "school_class", "lives_at", "registered_at"])
    places = responsible(student)
    if places["county_id"] != transfer.to_county_id:
        raise WrongPlace(_("The school does not lie in the receiving county."))
    for column, value in places.items():
        setattr(case, column, value)
    case.save(update_fields=list(places))
    _end_parts(case, transfer, now)
    entry = record(
        Verb.TRANSFER_ACCEPTED,
        case=case,
        actor=by,
        at=now,
        submission=submission,
        remark=transfer.answer or transfer.note,
        transfer=transfer.pk,
        from_county=transfer.from_county_id,
        to_county=transfer.to_county_id,
        within=transfer.from_county_id == transfer.to_county_id,
    )
    transfer.entry = entry
    transfer.save(update_fields=["entry"])
    log_move(case, entry, on=day(now))
    return entry


def _end_parts(case: Case, transfer: Transfer, now: datetime) -> None:
    """Departments of the giving county have no part any more; one that still has to answer a report of danger keeps its task, and so its sight."""
    if transfer.from_county_id != transfer.to_county_id:
        old = Organisation.objects.filter(area__code__startswith=transfer.from_county_id).values("pk")
        Involvement.objects.filter(case=case, until=None, organisation__in=old).update(until=now)


def _lock_both(transfer: Transfer, submission: UUID | None) -> tuple[Student, Case]:
    """The child, then its case: in this order everywhere."""
    student = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school").get(pk=transfer.case.student_id)
    return student, lock(transfer.case, submission=submission)


def _new(case: Case, county: str, to_place: Area, to_school: Organisation | None, *, reason: str, note: str, by: User, now: datetime) -> Transfer:
    offices = {
        office.kind: office
        for office in Organisation.objects.filter(
            kind__in=(OrganisationKind.TOWNSHIP, OrganisationKind.COUNTY_EDUCATION), area_id__in=(to_place.code[:TOWNSHIP], county), active=True
        ).order_by("-pk")
    }
    if len(offices) < 2:
        raise WrongPlace(_("No office of the receiving county or township is entered yet. Ask the administrators above it to enter it."))
    return Transfer(
        case=case,
        episode=case.episode,
        reason=reason,
        note=note,
        from_county_id=case.county_id,
        from_place_id=case.place_id,
        from_school_id=case.school_id,
        from_township_id=case.township_id,
        from_education_id=case.education_id,
        to_county_id=county,
        to_place=to_place,
        to_school=to_school,
        to_township=offices[OrganisationKind.TOWNSHIP],
        to_education=offices[OrganisationKind.COUNTY_EDUCATION],
        offered_by=by,
        offered_at=now,
    )


def _decide(transfer: Transfer, state: TransferState, note: str, by: User, now: datetime) -> None:
    transfer.state, transfer.answer, transfer.decided_by, transfer.decided_at = state, note, by, now
    transfer.save()


def _check_reason(reason: str, note: str) -> None:
    if reason not in TransferReason.values:
        raise Refused(_("Please choose the reason."))
    if reason == TransferReason.OTHER and not note.strip():
        raise Refused(_("Please explain the reason in words."))


def _check_places(county: str, place: Area, school: Organisation | None, school_class: SchoolClass | None) -> None:
    if place.level not in {Level.TOWNSHIP, Level.VILLAGE} or place.code[:COUNTY] != county:
        raise WrongPlace(_("Please choose a township or village of the receiving county."))
    if school and (school.kind != OrganisationKind.SCHOOL or not school.active or school.area_id[:COUNTY] != county):
        raise WrongPlace(_("Please choose a school of the receiving county."))
    if school_class and (school is None or school_class.school_id != school.pk):
        raise WrongPlace(_("The class belongs to another school."))


def _require_open(transfer: Transfer) -> None:
    if transfer.state != TransferState.OFFERED:
        raise AlreadyAnswered(_("This offer is no longer open: %(state)s.") % {"state": transfer.get_state_display()})


def _require_nothing_proposed(case: Case) -> None:
    if Clearance.objects.filter(case=case, state=ClearanceState.PROPOSED).exists():
        raise Refused(_("A proposal to clear this case waits for its decision. It has to be decided or withdrawn before the case can move."))
