"""A record of somebody who did not answer for the child: only a copy was kept. Whoever is in charge takes it over, or does not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, require
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import lock
from cases.visits.forms import VisitForm
from cases.visits.receiving import Decision, LateVisit, Source
from cases.visits.reception import Reception
from cases.visits.services import log_visit

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from cases.visits.models import HomeVisit

REFUSED_PHOTOS_DAYS = "refused_photos_days", 30  # the setting, and what holds without it: natural days


class CannotDecide(Refused):
    """The record is attached already, or was decided before, or cannot go on record as it is."""


@transaction.atomic
def take_over(late: LateVisit, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> HomeVisit:
    """The visit was made: it goes on record under the visitor's name with its photos, and `by` answers for it.

    Raises NotAllowed, AlreadyRecorded, CannotDecide.
    """
    case = lock(late.case, submission=submission, paused_too=True, closed_too=True)
    late = _undecided(late, case, by)
    reception = Reception(source=Source.PHONE, received_at=late.received_at, said_at=late.occurred_at, vouched_by=by)
    said = _said(late, case, now)
    visit = log_visit(case, **said | {"stored": list(late.photos.order_by("uploaded_at", "pk")), "reception": reception}, by=late.visitor, now=now)
    late.visit = visit
    _decide(late, Decision.TAKEN, note, by, now)
    _record(Verb.VISIT_TAKEN_OVER, late, case, by, now, submission)
    return visit


@transaction.atomic
def refuse(late: LateVisit, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> LateVisit:
    """The record is not taken over; the words stay with the reason, the photos go after the days of the setting.

    Raises NotAllowed, AlreadyRecorded, CannotDecide.
    """
    case = lock(late.case, submission=submission, paused_too=True, closed_too=True)
    late = _undecided(late, case, by)
    if not note.strip():
        raise CannotDecide(_("Please say why the record is not taken over."))
    _decide(late, Decision.REFUSED, note, by, now)
    _record(Verb.VISIT_REFUSED, late, case, by, now, submission)
    return late


def _undecided(late: LateVisit, case: Case, by: User) -> LateVisit:
    require(by, Capability.SUPERVISE, case)
    if late.visitor_id == by.pk:
        raise NotAllowed(_("Somebody else looks at a record of your own."))
    late = LateVisit.objects.select_for_update(of=("self",), no_key=True).select_related("visitor").get(pk=late.pk)
    if late.visit_id:
        raise CannotDecide(_("This record is attached to the case already."))
    if late.decision:
        raise CannotDecide(_("This record was decided already."))
    return late


def _decide(late: LateVisit, decision: Decision, note: str, by: User, now: datetime) -> None:
    late.decision, late.note, late.seen_by, late.seen_at = decision, note.strip(), by, now
    late.save(update_fields=["decision", "note", "seen_by", "seen_at", "visit"])


def _record(verb: Verb, late: LateVisit, case: Case, by: User, now: datetime, submission: UUID | None) -> None:
    visit = {"visit": str(late.visit_id)} if late.visit_id else {}
    data: dict[str, Any] = {"late": late.pk, "record": str(late.record), "visitor": late.visitor_id, **visit}
    record(verb, case=case, actor=by, at=now, submission=submission, **data)


def _said(late: LateVisit, case: Case, now: datetime) -> dict[str, Any]:
    """What the form of the page makes of the copy's words. Raises CannotDecide."""
    local = localtime(late.occurred_at)
    data: MultiValueDict[str, Any] = MultiValueDict({"visit_id": [str(late.record)]})
    data["occurred_at_0"], data["occurred_at_1"] = local.strftime("%Y-%m-%d"), local.strftime("%H:%M:%S")
    for name, value in late.said.items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif not isinstance(value, bool) or value:
            data[name] = value
    form = VisitForm(data, None, case=case, user=late.visitor)
    form.now = now
    if not form.is_valid():
        words = next(iter(form.errors.values()))[0]
        raise CannotDecide(_("This record cannot go on record as it is: %(why)s") % {"why": words})
    return form.cleaned_data | {"occurred_at": late.occurred_at, "photos": []}
