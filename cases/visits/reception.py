"""Taking in a record that was not typed into the page on the spot: what is believed about its time, and who answered for the child then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, covers
from cases.journal.clock import day
from cases.register.acting import acting_post
from cases.visits.receiving import CLOCK_OFF, Arrival, LateVisit, Why

if TYPE_CHECKING:
    from cases.directory.models import Appointment, User
    from cases.register.models import Case
    from cases.visits.models import HomeVisit


@dataclass(frozen=True)
class Position:
    """Where the visitor's phone was (degrees, metres), or the code of NoPosition that says why it is not known."""

    latitude: float | None = None
    longitude: float | None = None
    accuracy: int | None = None
    why_not: str = ""


@dataclass(frozen=True)
class Reception:
    """How a record came to us. `given` says that the visitor's phone had the case on its list when the visit was made."""

    source: str  # receiving.Source
    received_at: datetime
    said_at: datetime
    saved_at: datetime | None = None  # by the phone's clock
    clock_ms: int | None = None  # server minus phone
    device: UUID | None = None
    position: Position = Position()
    entered_by: User | None = None
    given: bool = False
    vouched_by: User | None = None  # whoever is in charge takes over a record of somebody who did not answer for the child

    @property
    def clock_off(self) -> bool:
        return clock_off(self.saved_at, self.clock_ms, self.received_at)


def clock_off(saved_at: datetime | None, clock_ms: int | None, received_at: datetime) -> bool:
    """Whether the phone's clock differs by more than ten minutes: as measured at its last contact, or because it saved in our future."""
    measured = clock_ms is not None and abs(timedelta(milliseconds=clock_ms)) > CLOCK_OFF
    return measured or bool(saved_at and saved_at - received_at > CLOCK_OFF)


def believed(said_at: datetime, *, saved_at: datetime | None, clock_ms: int | None, received_at: datetime) -> datetime:
    """When the visit was made. What was said holds, unless it lies in the future: then the phone's clock was ahead, and by how much is taken off."""
    if said_at <= received_at + CLOCK_OFF:
        return said_at
    ahead = timedelta(0)
    if clock_ms is not None and clock_ms < 0:
        ahead = timedelta(milliseconds=-clock_ms)
    elif saved_at and saved_at > received_at:
        ahead = saved_at - received_at
    return min(said_at - ahead, received_at)


def counted(believed_at: datetime, reception: Reception) -> datetime:
    """The moment that counts against a deadline: nobody gains a day by a clock that is slow."""
    if reception.clock_off and reception.clock_ms is not None and reception.clock_ms > 0:
        return min(believed_at + timedelta(milliseconds=reception.clock_ms), reception.received_at)
    return believed_at


class Standing(NamedTuple):
    """With which post a record is taken, and why it lies before the supervisor; empty if nothing has changed since."""

    post: Appointment
    why: str


def standing_of(reception: Reception, case: Case, by: User, at: datetime) -> Standing:
    """As `standing`; what somebody in charge vouches for is taken with that person's post, and lies before nobody again."""
    if reception.vouched_by:
        return Standing(acting_post(reception.vouched_by, Capability.SUPERVISE, case), "")
    return standing(case, by, at, given=reception.given)


def standing(case: Case, by: User, at: datetime, *, given: bool) -> Standing:
    """Ask under the case lock. Raises NotAllowed for somebody who did not answer for the child when the visit was made, either."""
    try:
        post, why = acting_post(by, Capability.LOG_VISIT, case), ""
    except NotAllowed:
        post, why = _post_then(case, by, at, given=given)
    if case.closed_at:
        return Standing(post, Why.CLOSED)
    return Standing(post, why or (Why.PAUSED if case.paused_at else ""))


def _post_then(case: Case, by: User, at: datetime, *, given: bool) -> tuple[Appointment, str]:
    """The post of that day that covers the case, or that its holder proves to have had it by a task or by the phone's list."""
    on = day(at)
    held = by.appointments.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on).select_related("organisation").order_by("since", "pk")
    able = [post for post in held if Capability.LOG_VISIT in CAPABILITIES[post.role]]
    for post in able:
        if covers(post, case):
            return post, Why.HANDS
    present = {post.pk for post in by.posts()}
    if able and (given or _had_a_task(case, by, able, at)):
        return able[0], Why.MOVED if able[0].pk in present else Why.HANDS
    raise NotAllowed(str(Why.NOT_ALLOWED.label))


def _had_a_task(case: Case, by: User, posts: list[Appointment], at: datetime) -> bool:
    tasks: Any = apps.get_model("cases", "Case")._meta.get_field("assignments").related_model
    mine = Q(holder=by) | Q(done_by=by)
    for post in posts:
        mine |= Q(holder=None, organisation_id=post.organisation_id, role=post.role)
    since_then = Q(done_at__isnull=True) | Q(done_at__gte=at)
    return bool(tasks._base_manager.filter(mine, since_then, case=case, created_at__lte=at).exists())


def note_arrival(visit: HomeVisit, reception: Reception) -> Arrival:
    """Keep how the record came: by what, when, by what clock, and where it was made, to five decimals of a degree (about a metre)."""
    position = reception.position
    return Arrival.objects.create(
        visit=visit,
        source=reception.source,
        device=reception.device,
        received_at=reception.received_at,
        said_at=reception.said_at,
        saved_at=reception.saved_at,
        clock_ms=reception.clock_ms,
        clock_off=reception.clock_off,
        latitude=None if position.latitude is None else round(position.latitude, 5),
        longitude=None if position.longitude is None else round(position.longitude, 5),
        accuracy=position.accuracy,
        no_position=position.why_not,
        entered_by=reception.entered_by,
    )


def lay_before_supervisor(visit: HomeVisit, why: str, reception: Reception) -> LateVisit:
    """A row for whoever is in charge now: the record came when things had changed; `why` is a code of `Why`."""
    return LateVisit.objects.create(
        record=visit.pk,
        case=visit.case,
        visit=visit,
        visitor=visit.visitor,
        why=why,
        occurred_at=visit.occurred_at,
        received_at=reception.received_at,
    )
