"""非本人记录: a visit stands under somebody's name, entered by somebody else. They see it among their own, and may say that it was not so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, may, require
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import lock
from cases.visits.models import HomeVisit
from cases.visits.receiving import Arrival, Denial

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User


class CannotDeny(Refused):
    """There is nothing to deny, or it was denied before."""


def entered_for(user: User) -> QuerySet[Arrival]:
    """How the visits came that others entered under this person's name."""
    return Arrival.objects.filter(visit__visitor=user, entered_by__isnull=False).exclude(entered_by=F("visit__visitor"))


@transaction.atomic
def deny(visit: HomeVisit, *, reason: str, by: User, now: datetime, submission: UUID | None = None) -> Denial:
    """It was not so: said once, by the person under whose name somebody else entered the visit. The record stays; whoever is in charge looks into it.

    Raises NotAllowed, AlreadyRecorded, CannotDeny.
    """
    case = lock(visit.case, submission=submission, paused_too=True, closed_too=True)
    arrival = entered_for(by).filter(visit=visit).first()
    if arrival is None:
        raise NotAllowed(_("Only the person under whose name somebody else entered a visit may deny it."))
    if Denial.objects.filter(visit=visit).exists():
        raise CannotDeny(_("You said so already; whoever is in charge has been told."))
    if not reason.strip():
        raise CannotDeny(_("Please say what was not so."))
    denial = Denial.objects.create(visit=visit, reason=reason.strip(), said_by=by, said_at=now)
    record(
        Verb.VISIT_DENIED,
        case=case,
        actor=by,
        at=now,
        submission=submission,
        visit=str(visit.pk),
        visitor=by.pk,
        entered_by=arrival.entered_by_id,
        line=visit.own_line,
    )
    return denial


def may_settle(user: User, denial: Denial) -> bool:
    """Whoever supervises the case, and neither denied nor entered the visit."""
    concerned = {denial.said_by_id, denial.visit.arrival.entered_by_id}
    return denial.settled_at is None and user.pk not in concerned and may(user, Capability.SUPERVISE, denial.visit.case)


@transaction.atomic
def settle(denial: Denial, *, settlement: str, by: User, now: datetime, submission: UUID | None = None) -> Denial:
    """Say what was found; the second who says so changes nothing. Raises NotAllowed, AlreadyRecorded, CannotDeny."""
    case = lock(denial.visit.case, submission=submission, paused_too=True, closed_too=True)
    require(by, Capability.SUPERVISE, case)
    denial = Denial.objects.select_for_update(of=("self",), no_key=True).select_related("visit__arrival", "visit__case").get(pk=denial.pk)
    if by.pk in {denial.said_by_id, denial.visit.arrival.entered_by_id}:
        raise NotAllowed(_("Somebody who neither denied nor entered the visit looks into it."))
    if denial.settled_at:
        return denial
    if not settlement.strip():
        raise CannotDeny(_("Please say what was found."))
    denial.settled_by, denial.settled_at, denial.settlement = by, now, settlement.strip()
    denial.save(update_fields=["settled_by", "settled_at", "settlement"])
    record(
        Verb.DENIAL_SETTLED,
        case=case,
        actor=by,
        at=now,
        submission=submission,
        visit=str(denial.visit_id),
        visitor=denial.said_by_id,
        entered_by=denial.visit.arrival.entered_by_id,
    )
    return denial
