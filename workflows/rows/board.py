"""Boards: how much lies where, and how fast it is answered. Set-based, and never beyond the cases and reports that the user's posts cover.

Each board is two statements: what is open, by group, and what was answered in the last 90 days, by the same group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Case, Count, DurationField, ExpressionWrapper, F, Q, When
from django.db.models.functions import Coalesce

from cases.directory.models import Area, Level, Organisation, OrganisationKind, User
from cases.directory.scoping import under
from workflows.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from workflows.rows.days import Borders

MONTH, QUARTER = timedelta(days=30), timedelta(days=90)
ENOUGH = 5  # answered tasks below which nobody gets a rank: one child more or less would turn it
PROVINCE_DIGITS, PREFECTURE_DIGITS = 2, 4


class Median(Aggregate):
    """The middle of the values: PostgreSQL's percentile_cont(0.5)."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Within:
    """What part of the own jurisdiction somebody looks at: an area, one unit, one person."""

    area: str
    drilled: bool = False  # below the own area: narrows what is seen
    unit: int | None = None
    person: int | None = None

    @property
    def level(self) -> str:
        """What the rows of a board are."""
        if len(self.area) <= PROVINCE_DIGITS:
            return Level.PREFECTURE
        return Level.COUNTY if len(self.area) <= PREFECTURE_DIGITS else "unit"

    def condition(self) -> Q:
        chosen = Q()
        if self.drilled:
            chosen &= under("case__county_id", self.area) | under("report__unit_id", self.area) | under("matter__county_id", self.area)
        if self.unit is not None:
            chosen &= Q(organisation=self.unit) | Q(organisation__superior=self.unit, organisation__kind=OrganisationKind.VILLAGE)
        if self.person is not None:
            chosen &= Q(holder=self.person)
        return chosen


@dataclass
class Row:
    """A unit or a person: what is open there, and how it was answered in the last 30 and 90 days."""

    key: Any
    name: str = ""
    note: str = ""
    phone: str = ""
    open: int = 0
    overdue: int = 0
    week: int = 0
    answered_30: int = 0
    in_time_30: int = 0
    answered_90: int = 0
    in_time_90: int = 0
    median: float | None = None  # natural days from the task's begin to its answer, over 90 days

    @property
    def rate_30(self) -> int | None:
        return self.rate(30)

    @property
    def rate_90(self) -> int | None:
        return self.rate(90)

    def rate(self, days: int) -> int | None:
        """Percent answered in time; None for fewer than ENOUGH."""
        answered, in_time = (self.answered_30, self.in_time_30) if days == 30 else (self.answered_90, self.in_time_90)
        return round(in_time * 100 / answered) if answered >= ENOUGH else None


def rows_by_unit(user: User, within: Within, borders: Borders) -> list[Row]:
    """Prefectures, counties or units, the one with most overdue tasks first. Three queries."""
    rows = _collected(_open(user, within), _answered(user, within, borders.now), _unit_key(within), borders)
    if within.level == "unit":
        units = Organisation.objects.filter(pk__in=list(rows)).select_related("area")
        _named(rows, ((unit.pk, unit.name, unit.get_kind_display(), unit.phone) for unit in units))
    else:
        _named(rows, ((code, name, "", "") for code, name in Area.objects.filter(pk__in=list(rows)).values_list("pk", "name")))
    return _sorted(rows)


def rows_by_person(user: User, within: Within, borders: Borders) -> list[Row]:
    """Whoever holds or answered tasks there, the one with most overdue tasks first. Three queries."""
    rows = _collected(
        _open(user, within).filter(holder__isnull=False),
        _answered(user, within, borders.now),
        {"open": F("holder_id"), "answered": F("done_by_id")},
        borders,
    )
    people = User.objects.filter(pk__in=list(rows)).values_list("pk", "name", "appointments__organisation__name", "phone")
    _named(rows, people.order_by("pk", "-appointments__until", "appointments__since"))
    return _sorted(rows)


def totals(rows: Iterable[Row]) -> Row:
    """All rows together; there is no median of medians."""
    total = Row(key=None)
    for row in rows:
        for name in ("open", "overdue", "week", "answered_30", "in_time_30", "answered_90", "in_time_90"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return total


def tasks(user: User, within: Within, borders: Borders, when: str) -> QuerySet[Assignment]:
    """The tasks behind a number: all that are open, the overdue ones, or those due this week."""
    rows = _open(user, within)
    if when == "late":
        rows = rows.filter(_overdue(borders))
    elif when == "week":
        rows = rows.filter(_this_week(borders))
    return rows


def ranked(rows: Iterable[Row], days: int) -> tuple[list[tuple[int, Row]], list[Row]]:
    """Best first, equal ones with the same rank; and those who answered too few to be ranked."""
    able = [row for row in rows if row.rate(days) is not None]
    able.sort(key=lambda row: (-(row.rate(days) or 0), row.median if row.median is not None else 0.0, row.name))
    found: list[tuple[int, Row]] = []
    for place, row in enumerate(able, start=1):
        same = found and found[-1][1].rate(days) == row.rate(days)
        found.append((found[-1][0] if same else place, row))
    few = [row for row in rows if row.rate(days) is None and (row.answered_30 if days == 30 else row.answered_90)]
    return found, sorted(few, key=lambda row: row.name)


def _open(user: User, within: Within) -> QuerySet[Assignment]:
    rows: QuerySet[Assignment] = Assignment.objects.supervised_by(user).filter(within.condition(), state=AssignmentState.OPEN)
    return rows.order_by()


def _answered(user: User, within: Within, now: datetime) -> QuerySet[Assignment]:
    rows: QuerySet[Assignment] = Assignment.objects.supervised_by(user)
    answered = Within(within.area, within.drilled, within.unit).condition()
    if within.person is not None:
        answered &= Q(done_by=within.person)
    return rows.filter(answered, state=AssignmentState.DONE, done_by__isnull=False, done_at__gte=now - QUARTER).order_by()


def _unit_key(within: Within) -> dict[str, Any]:
    if within.level == Level.PREFECTURE:
        # a county right below the province is a row of its own, and so is whoever reports for more than a county
        own = (
            Q(case__county__parent=within.area)
            | Q(report__unit__parent=within.area)
            | Q(report__unit=within.area)
            | Q(matter__county__parent=within.area)
        )
        key: Any = Case(
            When(own, then=Coalesce("case__county_id", "report__unit_id", "matter__county_id")),
            default=Coalesce("case__county__parent_id", "report__unit__parent_id", "matter__county__parent_id"),
        )
    elif within.level == Level.COUNTY:
        key = Coalesce("case__county_id", "report__unit_id", "matter__county_id")
    else:  # a village's tasks are its township's
        village = When(organisation__kind=OrganisationKind.VILLAGE, then=Coalesce("organisation__superior_id", "organisation_id"))
        key = Case(village, default=F("organisation_id"))
    return {"open": key, "answered": key}


def _overdue(borders: Borders) -> Q:
    return Q(due_at__lt=borders.now, case__paused_at=None)


def _this_week(borders: Borders) -> Q:
    return Q(due_at__gte=borders.now, due_at__lt=borders.monday)


def _collected(waiting: QuerySet[Assignment], answered: QuerySet[Assignment], key: dict[str, Any], borders: Borders) -> dict[Any, Row]:
    rows: dict[Any, Row] = {}
    groups: Any = (
        waiting.annotate(key=key["open"])
        .values("key")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=_overdue(borders)), week=Count("pk", filter=_this_week(borders)))
    )
    for group in groups:
        row = rows.setdefault(group["key"], Row(group["key"]))
        row.open, row.overdue, row.week = group["open"], group["overdue"], group["week"]
    lately = Q(done_at__gte=borders.now - MONTH)
    # what was told late counts by the day on which it was done
    in_time = Q(due_at__isnull=True) | Q(due_at__gte=Coalesce("deadline__met_as_of", "done_at"))
    groups = (
        answered.annotate(key=key["answered"])
        .values("key")
        .annotate(
            answered_90=Count("pk"),
            in_time_90=Count("pk", filter=in_time),
            answered_30=Count("pk", filter=lately),
            in_time_30=Count("pk", filter=lately & in_time),
            median=Median(ExpressionWrapper(F("done_at") - F("created_at"), output_field=DurationField())),
        )
    )
    for group in groups:
        row = rows.setdefault(group["key"], Row(group["key"]))
        for name in ("answered_90", "in_time_90", "answered_30", "in_time_30"):
            setattr(row, name, group[name])
        row.median = round(group["median"].total_seconds() / 86400, 1) if group["median"] is not None else None
    rows.pop(None, None)
    return rows


def _named(rows: dict[Any, Row], names: Iterable[tuple[Any, str, str | None, str]]) -> None:
    for key, name, note, phone in names:
        rows[key].name, rows[key].note, rows[key].phone = name, note or "", phone


def _sorted(rows: dict[Any, Row]) -> list[Row]:
    return sorted(rows.values(), key=lambda row: (-row.overdue, -row.open, row.name))
