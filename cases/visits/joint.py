"""A joint visit counts for the other line as soon as one of its people confirms it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.models import Line
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.acting import acting_post
from cases.register.locking import lock
from cases.visits.models import HomeVisit
from cases.visits.receiving import Arrival
from cases.visits.services import facts_of

if TYPE_CHECKING:
    from cases.directory.models import User


class CannotConfirm(Refused):
    """Nothing to confirm, or not for this person."""


@transaction.atomic
def confirm_visit(visit: HomeVisit, *, by: User, now: datetime, submission: UUID | None = None) -> HomeVisit:
    """The other line's one tap on a joint visit. The same person's second tap changes nothing.

    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, CannotConfirm.
    """
    case = lock(visit.case, submission=submission)
    visit = HomeVisit.objects.select_for_update(of=("self",)).select_related("organisation", "confirmed_by").get(pk=visit.pk)
    if visit.confirmed_by_id == by.pk:
        return visit
    line = line_to_confirm(visit)
    if by.pk == visit.visitor_id:
        raise CannotConfirm(_("The other line confirms a joint visit, not the one who recorded it."))
    if Arrival.objects.filter(visit=visit, entered_by=by).exists():
        raise NotAllowed(_("The other line confirms a joint visit, not the one who recorded it."))
    post = acting_post(by, Capability.LOG_VISIT, case, line=line)
    if post.organisation.line != line:
        raise NotAllowed(_("Somebody of the %(line)s confirms this visit.") % {"line": Line(line).label})
    visit.confirmed_by, visit.confirmed_at = by, now
    visit.save(update_fields=["confirmed_by", "confirmed_at"])
    record(Verb.VISIT_CONFIRMED, case=case, actor=by, organisation=post.organisation, at=now, submission=submission, **facts_of(visit), line=line)
    return visit


def line_to_confirm(visit: HomeVisit) -> str:
    """The line whose word is still wanted. Raises CannotConfirm when none is."""
    if not visit.is_joint:
        raise CannotConfirm(_("This was no joint visit."))
    if visit.confirmed_by_id:
        raise CannotConfirm(_("%(name)s confirmed this visit already.") % {"name": visit.confirmed_by})
    if HomeVisit.objects.filter(corrects=visit).exists():
        raise CannotConfirm(_("This record was corrected; please confirm the correction."))
    return next(line for line in visit.lines if line != visit.own_line)
