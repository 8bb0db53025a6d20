"""Boards: how much lies where, and how fast it is answered. Set-based, and never beyond the cases and reports that the user's posts cover.

Each board is two statements: what is open, by group, and what was answered in the last 90 days, by the same group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, DurationField, ExpressionWrapper, F, Q, When
from django.db.models.functions import Coalesce

from cases.directory.models import Area, Level, Organisation, OrganisationKind, User
from workflows.models import Assignment, AssignmentState
from workflows.rows import threefold
from workflows.scope import ALL

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from workflows.rows.days import Borders
    from workflows.scope import Threefold

MONTH, QUARTER = timedelta(days=30), timedelta(days=90)
ENOUGH = 5  # answered tasks below which nobody gets a rank: one child more or less would turn it
PROVINCE_DIGITS, PREFECTURE_DIGITS = 2, 4
WAITING = "count(*), count(*) FILTER (WHERE late), count(*) FILTER (WHERE week)"
ANSWERED = """count(*), count(*) FILTER (WHERE in_time), count(*) FILTER (WHERE lately), count(*) FILTER (WHERE lately AND in_time),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY took)"""
Key = Callable[[str], Any]  # what a board's rows are, of one of the three sets: from the way to its county


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

    def tasks(self, user: User, chosen: Q, *, whose: str) -> Threefold:
        """Those there that the user's posts cover; `whose` names the column of the person whom a task counts for."""
        if self.unit is not None:
            chosen &= Q(organisation=self.unit) | Q(organisation__superior=self.unit, organisation__kind=OrganisationKind.VILLAGE)
        if self.person is not None:
            chosen &= Q((whose, self.person))
        return Assignment.objects.supervised_by(user, chosen, area=self.area if self.drilled else "")


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
    key = _unit_key(within)
    rows = _collected(_open(user, within), key, _answered(user, within, borders.now), key, borders)
    if within.level == "unit":
        units = Organisation.objects.filter(pk__in=list(rows)).select_related("area")
        _named(rows, ((unit.pk, unit.name, unit.get_kind_display(), unit.phone) for unit in units))
    else:
        _named(rows, ((code, name, "", "") for code, name in Area.objects.filter(pk__in=list(rows)).values_list("pk", "name")))
    return _sorted(rows)


def rows_by_person(user: User, within: Within, borders: Borders) -> list[Row]:
    """Whoever holds or answered tasks there, the one with most overdue tasks first. Three queries."""
    waiting = _open(user, within, Q(holder__isnull=False))
    rows = _collected(waiting, lambda _county: F("holder_id"), _answered(user, within, borders.now), lambda _county: F("done_by_id"), borders)
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


def tasks(user: User, within: Within, borders: Borders, when: str) -> QuerySet[Any]:
    """The tasks behind a number, as (pk, day), what is due first at the top: all that are open, the overdue ones, or those due this week."""
    return threefold.ordered(_open(user, within, {"late": _overdue(borders), "week": _this_week(borders)}.get(when, Q())), "due_at")


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


def _open(user: User, within: Within, chosen: Q = ALL) -> Threefold:
    return within.tasks(user, Q(chosen, state=AssignmentState.OPEN), whose="holder")


def _answered(user: User, within: Within, now: datetime) -> Threefold:
    answered = Q(state=AssignmentState.DONE, done_by__isnull=False, done_at__gte=now - QUARTER)
    return within.tasks(user, answered, whose="done_by")


def _unit_key(within: Within) -> Key:
    def of_an_area(county: str) -> Any:
        if within.level == Level.COUNTY:
            return F(f"{county}_id")
        # a county right below the province is a row of its own, and so is whoever reports for more than a county
        own = Q((f"{county}__parent", within.area)) | Q((county, within.area))
        return Case(When(own, then=F(f"{county}_id")), default=F(f"{county}__parent_id"))

    # a village's tasks are its township's
    village = When(organisation__kind=OrganisationKind.VILLAGE, then=Coalesce("organisation__superior_id", "organisation_id"))
    of_a_unit = Case(village, default=F("organisation_id"))
    return (lambda _county: of_a_unit) if within.level == "unit" else of_an_area


def _overdue(borders: Borders) -> Q:
    return Q(due_at__lt=borders.now, case__paused_at=None)


def _this_week(borders: Borders) -> Q:
    return Q(due_at__gte=borders.now, due_at__lt=borders.monday)


def _collected(waiting: Threefold, waiting_key: Key, answered: Threefold, answered_key: Key, borders: Borders) -> dict[Any, Row]:
    """Two queries."""
    rows: dict[Any, Row] = {}
    late, week, lately = _whether(_overdue(borders)), _whether(_this_week(borders)), _whether(Q(done_at__gte=borders.now - MONTH))
    # what was told late counts by the day on which it was done
    in_time = _whether(Q(due_at__isnull=True) | Q(due_at__gte=Coalesce("deadline__met_as_of", "done_at")))
    took = ExpressionWrapper(F("done_at") - F("created_at"), output_field=DurationField())
    for key, *found in threefold.grouped(waiting, lambda county: {"key": waiting_key(county), "late": late, "week": week}, WAITING):
        row = rows.setdefault(key, Row(key))
        row.open, row.overdue, row.week = found
    columns = {"lately": lately, "in_time": in_time, "took": took}
    for key, *found, median in threefold.grouped(answered, lambda county: {"key": answered_key(county)} | columns, ANSWERED):
        row = rows.setdefault(key, Row(key))
        row.answered_90, row.in_time_90, row.answered_30, row.in_time_30 = found
        row.median = round(median.total_seconds() / 86400, 1)
    return rows


def _whether(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _named(rows: dict[Any, Row], names: Iterable[tuple[Any, str, str | None, str]]) -> None:
    for key, name, note, phone in names:
        rows[key].name, rows[key].note, rows[key].phone = name, note or "", phone


def _sorted(rows: dict[Any, Row]) -> list[Row]:
    return sorted(rows.values(), key=lambda row: (-row.overdue, -row.open, row.name))
