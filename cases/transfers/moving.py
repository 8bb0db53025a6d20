"""The move itself, between counties or inside one: where to, and the child, its case and its departments with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from cases.directory.models import Area, Level, Organisation, OrganisationKind, SchoolClass
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused, lock
from cases.register.models import Case, Involvement, Student
from cases.register.responsible import COUNTY, TOWNSHIP, responsible
from cases.register.standing import log_move
from cases.transfers.models import Transfer, TransferReason

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


class WrongPlace(Refused):
    """The place, school or class does not belong together, or not to the receiving county."""


def move(case: Case, student: Student, transfer: Transfer, *, by: User, now: datetime, submission: UUID | None) -> Entry:
    """The child first, because the case's columns follow from it; then the fact, and with it the ledger. Raises WrongPlace."""
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


def lock_both(transfer: Transfer, submission: UUID | None) -> tuple[Student, Case]:
    """The child, then its case: in this order everywhere."""
    student = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school").get(pk=transfer.case.student_id)
    return student, lock(transfer.case, submission=submission)


def prepare(case: Case, county: str, to_place: Area, to_school: Organisation | None, *, reason: str, note: str, by: User, now: datetime) -> Transfer:
    """The row of an offer or a move, not yet saved; its offices are those of the new place. Raises WrongPlace where one is missing."""
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


def check_reason(reason: str, note: str) -> None:
    """Raises Refused for an unknown reason, and for another one without words."""
    if reason not in TransferReason.values:
        raise Refused(_("Please choose the reason."))
    if reason == TransferReason.OTHER and not note.strip():
        raise Refused(_("Please explain the reason in words."))


def check_places(county: str, place: Area, school: Organisation | None, school_class: SchoolClass | None) -> None:
    """Raises WrongPlace unless place, school and class belong to the county and to each other."""
    if place.level not in {Level.TOWNSHIP, Level.VILLAGE} or place.code[:COUNTY] != county:
        raise WrongPlace(_("Please choose a township or village of the receiving county."))
    if school and (school.kind != OrganisationKind.SCHOOL or not school.active or school.area_id[:COUNTY] != county):
        raise WrongPlace(_("Please choose a school of the receiving county."))
    if school_class and (school is None or school_class.school_id != school.pk):
        raise WrongPlace(_("The class belongs to another school."))
