"""The board of a kind of report: who has sent, who is late; wide areas county by county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, BY_SCHOOL, CAPABILITIES, Capability
from cases.ledger.models import Report, ReportKind, ReportState
from cases.periodic.words import TONES, name_of, period_name, state_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User

COUNTY, PREFECTURE, PROVINCE = 6, 4, 2  # digits of an area's code
PERIODS = 24  # offered, the newest first


@dataclass(frozen=True)
class BoardRow:
    """One report in the list."""

    report: Report
    name: str
    period: str
    state: str
    tone: str
    is_late: bool


@dataclass(frozen=True)
class CountyRow:
    """The schools of one county in a month."""

    code: str
    name: str
    all: int
    arrived: int
    late: int

    @property
    def open(self) -> int:
        return self.all - self.arrived


def kinds_of(user: User) -> list[ReportKind]:
    """The kinds of report of which the user's posts can see any, the widest last."""
    kinds: set[ReportKind] = set()
    for post in user.posts():
        if Capability.SEE_LEDGER not in CAPABILITIES[post.role]:
            continue
        digits = len(post.organisation.area_id)
        if post.role in BY_SCHOOL:
            kinds.add(ReportKind.SCHOOL)
        elif post.role in BY_COUNTY | BY_COUNTY_OR_PLACE:
            kinds |= {ReportKind.SCHOOL, ReportKind.QUARTER} if digits <= COUNTY else set()
            kinds |= {ReportKind.TERM} if digits <= PREFECTURE else set()
            kinds |= {ReportKind.YEAR} if digits <= PROVINCE else set()
    return [kind for kind in ReportKind if kind in kinds]


def periods_of(reports: QuerySet[Report]) -> list[tuple[int, int]]:
    """The periods of these reports, the newest first."""
    rows = reports.order_by("-year", "-month").values_list("year", "month").distinct()
    return list(rows[:PERIODS])


def is_open_late(now: datetime) -> Q:
    """Not arrived, and the day is over."""
    return Q(closed_at=None, due_on__lt=timezone.localdate(now))


def came_late() -> Q:
    """Arrived after its day; wants the annotation `closed_on`."""
    return Q(closed_on__gt=F("due_on"))


def with_days(reports: QuerySet[Report]) -> QuerySet[Report]:
    return reports.annotate(closed_on=TruncDate("closed_at", tzinfo=timezone.get_current_timezone()))


def counts(reports: QuerySet[Report], now: datetime) -> dict[str, int]:
    """How many there are, have arrived, have not, are late (both ways), and wait for the head. One query."""
    return with_days(reports).aggregate(
        all=Count("pk"),
        arrived=Count("pk", filter=Q(state=ReportState.FILED)),
        open=Count("pk", filter=Q(closed_at=None)),
        late=Count("pk", filter=is_open_late(now) | came_late()),
        signing=Count("pk", filter=Q(state=ReportState.SIGNING)),
    )


def by_county(reports: QuerySet[Report], now: datetime) -> list[CountyRow]:
    """One line a county, who has most open first. One query."""
    groups: Any = with_days(reports).order_by().values("unit_id", "unit__name").annotate(
        all=Count("pk"), arrived=Count("pk", filter=Q(state=ReportState.FILED)), late=Count("pk", filter=is_open_late(now) | came_late())
    )  # fmt: skip
    rows = [CountyRow(group["unit_id"], group["unit__name"], group["all"], group["arrived"], group["late"]) for group in groups]
    return sorted(rows, key=lambda row: (-row.late, -row.open, row.code))


def row_of(report: Report, now: datetime) -> BoardRow:
    return BoardRow(
        report,
        name_of(report),
        period_name(report.kind, report.year, report.month),
        state_of(report),
        TONES[ReportState(report.state)],
        is_late(report, now),
    )


def is_late(report: Report, now: datetime) -> bool:
    """Arrived after its day, or its day is over and it has not."""
    return timezone.localdate(report.closed_at or now) > report.due_on
