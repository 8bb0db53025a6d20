"""The agenda of the county's joint conference: put there, given a day, decided (notice 2023-6, section 1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.conferences.models import PENDING, AgendaItem, ItemState
from cases.conferences.scope import KEEPERS
from cases.directory.capabilities import Capability, NotAllowed, require
from cases.directory.models import Appointment, OrganisationKind, Role
from cases.journal.clock import day
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.acting import acting_post
from cases.register.locking import lock

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

FURTHEST = 366  # days until a meeting


class BadItem(Refused):
    """An item that lacks something; `field` is the form's field that it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NobodyConvenes(Refused):
    """The county has neither an office of the conference nor a convener at work."""


class AlreadyOnAgenda(Refused):
    pass


def keepers(county_id: str) -> list[int]:
    """The people (pks) who keep the county's agenda today: the conference's office, else the convener."""
    held = Appointment.objects.present().filter(organisation__area_id=county_id, organisation__active=True, user__is_active=True)
    for kind, role in ((OrganisationKind.CONFERENCE_OFFICE, Role.CONFERENCE_OFFICE), (OrganisationKind.COUNTY_GOVERNMENT, Role.CONVENER)):
        if found := list(held.filter(organisation__kind=kind, role=role).order_by("pk").values_list("user_id", flat=True)):
            return found
    return []


@transaction.atomic
def put_on_agenda(case: Case, *, reason: str, assignment: int | None = None, by: User, now: datetime, submission: UUID | None = None) -> AgendaItem:
    """Lay a hard case before the joint conference of the county that counts the child; a suspended case may be laid before it, too.

    Raises NotAllowed, AlreadyRecorded, CaseClosed, AlreadyOnAgenda, NobodyConvenes, BadItem.
    """
    case = lock(case, submission=submission, paused_too=True)
    post = acting_post(by, Capability.SUPERVISE, case)
    if not reason.strip():
        raise BadItem(_("Give a reason; it goes into the record and to those concerned."), "note")
    if AgendaItem.objects.filter(case=case, state__in=PENDING).exists():
        raise AlreadyOnAgenda(_("This case is on the agenda of the joint conference already."))
    if not keepers(case.county_id):
        raise NobodyConvenes(_("Nobody keeps the agenda of the county's joint conference. Ask for its office to be appointed."))
    item = AgendaItem.objects.create(
        county_id=case.county_id,
        case=case,
        episode=case.episode,
        assignment=assignment,
        reason=reason.strip(),
        organisation=post.organisation,
        proposed_by=by,
        proposed_at=now,
    )
    record(
        Verb.AGENDA_ADDED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        remark=item.reason,
        item=item.pk,
        **({"assignment": assignment} if assignment else {}),
    )
    return item


@transaction.atomic
def schedule(item: AgendaItem, *, meeting_on: date, by: User, now: datetime, submission: UUID | None = None) -> AgendaItem:
    """Put an item before the meeting of a day, or move it to another. Raises NotAllowed, AlreadyRecorded, BadItem."""
    case, item = _pending(item, submission, by)
    today = day(now)
    if not today <= meeting_on <= today + timedelta(days=FURTHEST):
        raise BadItem(_("Choose a day from today on, within a year."), "meeting_on")
    item.state, item.meeting_on = ItemState.SCHEDULED, meeting_on
    item.save(update_fields=["state", "meeting_on"])
    record(Verb.AGENDA_SCHEDULED, case=case, actor=by, at=now, submission=submission, item=item.pk, on=meeting_on.isoformat())
    return item


@transaction.atomic
def decide_item(
    item: AgendaItem, *, decision: str, held_on: date, taken_up: bool = True, by: User, now: datetime, submission: UUID | None = None
) -> AgendaItem:
    """What the conference decided on the day on which it met; or why it was not taken up. Raises NotAllowed, AlreadyRecorded, BadItem."""
    case, item = _pending(item, submission, by)
    if not decision.strip():
        raise BadItem(_("Please write what was decided, or why it was not taken up."), "decision")
    if held_on > day(now):
        raise BadItem(_("This day lies in the future."), "held_on")
    if held_on < day(item.proposed_at):
        raise BadItem(_("On this day the case was not on the agenda yet."), "held_on")
    item.state = ItemState.DECIDED if taken_up else ItemState.DROPPED
    item.meeting_on = held_on if taken_up else item.meeting_on
    item.decision, item.decided_by, item.decided_at = decision.strip(), by, now
    item.save(update_fields=["state", "meeting_on", "decision", "decided_by", "decided_at"])
    verb = Verb.AGENDA_DECIDED if taken_up else Verb.AGENDA_DROPPED
    record(verb, case=case, actor=by, at=now, submission=submission, remark=item.decision, item=item.pk, on=held_on.isoformat())
    return item


def drop_with_case(case: Case, *, by: User, why: str, now: datetime) -> None:
    """A case that was opened by mistake leaves the agenda. In the caller's transaction, under the case lock."""
    AgendaItem.objects.filter(case=case, state__in=PENDING).update(state=ItemState.DROPPED, decision=why, decided_by=by, decided_at=now)


def keeps(user: User, county_id: str) -> bool:
    """Whether the user keeps the agenda of this county."""
    return any(post.role in KEEPERS and county_id.startswith(post.organisation.area_id) for post in user.posts())


def _pending(item: AgendaItem, submission: UUID | None, by: User) -> tuple[Case, AgendaItem]:
    case = lock(item.case, submission=submission, paused_too=True, closed_too=True)
    found = AgendaItem.objects.get(pk=item.pk)
    require(by, Capability.KEEP_AGENDA, case)
    if not keeps(by, found.county_id):
        raise NotAllowed(_("Your post does not allow this."))
    if found.state not in PENDING:
        raise BadItem(_("This item was decided already."))
    return case, found
