"""What those in charge do with records of visits: ask for a correction, take note of what arrived late, type in what came on paper."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, may, require
from cases.directory.models import Appointment, User
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import lock
from cases.visits.models import HomeVisit
from cases.visits.receiving import CorrectionRequest, LateVisit, Source
from cases.visits.reception import Reception
from cases.visits.services import log_visit

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.register.models import Case

LOGS_VISITS = sorted(str(role) for role, able in CAPABILITIES.items() if Capability.LOG_VISIT in able)


class CannotAsk(Refused):
    """A correction cannot be asked for."""


@transaction.atomic
def ask_correction(visit: HomeVisit, *, reason: str, by: User, now: datetime, submission: UUID | None = None) -> CorrectionRequest:
    """Ask the maker of a record to put it right; once for a record, and never of oneself.

    Raises NotAllowed, AlreadyRecorded, CannotAsk.
    """
    case = lock(visit.case, submission=submission, paused_too=True, closed_too=True)
    require(by, Capability.SUPERVISE, case)
    if visit.visitor_id == by.pk:
        raise CannotAsk(_("This record is your own: correct it yourself."))
    if HomeVisit.objects.filter(corrects=visit).exists():
        raise CannotAsk(_("This record was corrected already; please look at the newer one."))
    if CorrectionRequest.objects.filter(visit=visit).exists():
        raise CannotAsk(_("A correction of this record was asked for already."))
    if not reason.strip():
        raise CannotAsk(_("Please say what should be put right."))
    asked = CorrectionRequest.objects.create(visit=visit, reason=reason.strip(), asked_by=by, asked_at=now)
    record(Verb.CORRECTION_ASKED, case=case, actor=by, at=now, submission=submission, visit=str(visit.pk), visitor=visit.visitor_id)
    return asked


@transaction.atomic
def take_note(late: LateVisit, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> LateVisit:
    """Somebody in charge has seen the late record; the second who says so changes nothing. Raises NotAllowed, AlreadyRecorded."""
    case = lock(late.case, submission=submission, paused_too=True, closed_too=True)
    require(by, Capability.SUPERVISE, case)
    if late.visitor_id == by.pk:
        raise NotAllowed(_("Somebody else looks at a record of your own."))
    late = LateVisit.objects.select_for_update(of=("self",), no_key=True).get(pk=late.pk)
    if late.seen_at:
        return late
    late.seen_by, late.seen_at, late.note = by, now, note.strip()
    late.save(update_fields=["seen_by", "seen_at", "note"])
    record(Verb.VISIT_SEEN_LATE, case=case, actor=by, at=now, submission=submission, late=late.pk, record=str(late.record))
    return late


def may_type_in(user: User, case: Case) -> bool:
    """The office: whoever looks after the child's data types in what others wrote on paper."""
    return may(user, Capability.LOG_VISIT, case) and may(user, Capability.EDIT_STUDENT, case)


def visitors_of(case: Case) -> QuerySet[User]:
    """Who may have been at the door: the holders, present and past, of posts that log visits at the organisations of the case."""
    organisations = [one for one in (case.school_id, case.village_id, case.township_id, case.education_id) if one]
    wanted = Q(appointments__organisation_id__in=organisations, appointments__role__in=LOGS_VISITS)
    rows: QuerySet[User] = User.objects.get_queryset()
    return rows.filter(wanted).distinct().order_by("name", "pk")


def log_from_paper(
    case: Case, *, visitor: User, occurred_at: datetime, by: User, now: datetime, submission: UUID | None = None, **said: Any
) -> HomeVisit:
    """A visit that `visitor` wrote on the printed form, typed in by `by`, whose name stays on the record.

    Raises NotAllowed for whoever is not of the office and for a visitor who did not answer for the child then; and as log_visit.
    """
    if not may_type_in(by, case):
        raise NotAllowed(_("Your post does not allow this."))
    reception = Reception(source=Source.PAPER, received_at=now, said_at=occurred_at, entered_by=by)
    return log_visit(case, occurred_at=occurred_at, reception=reception, by=visitor, now=now, submission=submission, **said)


def posts_of(case: Case) -> dict[int, str]:
    """Of each of these people the organisation and the post by which they come to the door; the latest one."""
    organisations = [one for one in (case.school_id, case.village_id, case.township_id, case.education_id) if one]
    held = Appointment.objects.filter(organisation_id__in=organisations, role__in=LOGS_VISITS).select_related("organisation").order_by("since", "pk")
    return {post.user_id: f"{post.organisation.name} {post.get_role_display()}" for post in held}
