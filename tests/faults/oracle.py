"""Due moments against an oracle that is slow and shares nothing with what it judges: lists of days, ticks of minutes, wall clocks of Shanghai.

Two counties: one with school terms, a closed day and a school Saturday of its own, one where the province's terms hold, or the usual ones.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import chinese_calendar

from cases.register.models import Case
from tests.factories import Place, make_area
from tests.faults.size import Size
from tests.faults.table import Table
from tests.faults.verdict import Verdict
from workflows import deadlines, planning, policies
from workflows.calendars import Allowance
from workflows.models import Assignment, CalendarDay, Deadline, DeadlineState, SchoolTerm, Unit

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAY, AHEAD = timedelta(days=1), timedelta(hours=8)  # Shanghai has had no summer time since 1991
OWN, NONE = "420526", "420582"
FLOOD, SATURDAY = date(2016, 6, 28), date(2017, 3, 18)
CLOSING = time(17, 30)
LADDER = ((1, -2), (2, 0), (3, 3), (4, 7), (5, 15))  # of the standard ladder: rung, working days from the due moment
STEP = "school_persuasion"


@dataclass(frozen=True)
class Slow:
    """Which days count in a county, as plain sets."""

    work: Collection[date]
    school: Collection[date]

    def counts(self, unit: Unit, day: date) -> bool:
        return day in self.school if unit == Unit.SCHOOL_DAYS else day in self.work if unit == Unit.WORKING_DAYS else True

    def after(self, unit: Unit, day: date) -> Iterator[date]:
        while True:
            day += DAY
            if self.counts(unit, day):
                yield day

    def last(self, unit: Unit, start: date, amount: int) -> date:
        return next(islice(self.after(unit, start), amount - 1, None))

    def working_days_from(self, day: date, offset: int) -> date:
        step = DAY if offset > 0 else -DAY
        for _ in range(abs(offset)):
            day += step
            while day not in self.work:
                day += step
        return day

    def due(self, unit: Unit, amount: int, armed: datetime, pauses: Sequence[tuple[datetime, datetime]]) -> datetime:
        """By Shanghai's wall clock, as somebody would count it with a pencil."""
        if unit == Unit.HOURS:
            return _minute_by_minute(armed, amount * 60, pauses)
        day, left = armed.date(), amount
        nights = [(begin.date(), end.date()) for begin, end in pauses if begin.date() < end.date()]
        while True:
            if night := next((end for begin, end in nights if begin == day), None):
                day, left = night, left or 1  # what was left of the last day becomes the whole of the next
            elif left:
                day += DAY
                left -= self.counts(unit, day)
            else:
                break
        return datetime.combine(day, CLOSING)


def _minute_by_minute(now: datetime, left: int, pauses: Sequence[tuple[datetime, datetime]]) -> datetime:
    while left:
        if not any(begin <= now < end for begin, end in pauses):
            left -= 1
        now += timedelta(minutes=1)
    return now


def two_counties(place: Place) -> dict[str, Slow]:
    """Both as rows in the database, and again as sets that know nothing of it."""
    make_area(NONE, "枝江市", "county")
    own_terms = [(date(year, 9, 3), date(year + 1, 1, 15)) for year in range(2003, 2027)]
    own_terms += [(date(year, 2, 25), date(year, 7, 9)) for year in range(2004, 2028)]
    for start, end in own_terms:
        SchoolTerm.objects.create(county_id=OWN, name=f"{start:%Y}", starts_on=start, ends_on=end)
    CalendarDay.objects.create(county_id=OWN, kind="school", day=FLOOD, working=False, reason="洪水停课")
    CalendarDay.objects.create(county_id=OWN, kind="school", day=SATURDAY, working=True, reason="补课")
    policies.invalidate()

    every = [date(2003, 9, 1) + timedelta(days=n) for n in range((date(2028, 6, 1) - date(2003, 9, 1)).days)]
    work = {day for day in every if (chinese_calendar.is_workday(day) if FIRST <= day <= LAST else day.weekday() < 5)}
    entered = [(date(2025, 9, 1), date(2026, 1, 23)), (date(2026, 3, 2), date(2026, 7, 3)), (date(2026, 9, 1), date(2027, 1, 22)),
               (date(2027, 2, 22), date(2027, 7, 2))]  # fmt: skip
    usual = {day for day in work if (day.month, day.day) >= (9, 1) or (day.month, day.day) <= (1, 20) or (2, 20) <= (day.month, day.day) <= (6, 30)}
    usual = {day for day in usual if day < date(2025, 9, 1)} | {day for day in work if any(start <= day <= end for start, end in entered)}
    own = {day for day in work if any(start <= day <= end for start, end in own_terms)}
    return {OWN: Slow(work, own - {FLOOD} | {SATURDAY}), NONE: Slow(work, usual)}


def _moment(wall: datetime) -> datetime:
    return (wall - AHEAD).replace(tzinfo=UTC)


def calendar_against_the_oracle(place: Place, table: Table, size: Size) -> None:
    """Every start day from 2004 to 2026, two counties, four units: the due moment and every rung."""
    counties, chance, wrong, asked = two_counties(place), random.Random(2026), 0, 0
    for n in range(0, (LAST - FIRST).days + 1, size.step):
        begun = datetime.combine(FIRST + timedelta(days=n), time(chance.randrange(24), chance.randrange(60)))
        for county, slow in counties.items():
            for unit in Unit:
                amount = chance.randint(1, 40)
                made = planning.plan(STEP, now=_moment(begun), county_id=county, allowance=Allowance(amount, unit))
                due = slow.due(unit, amount, begun, ())
                asked += 1
                wrong += made.due_at != _moment(due) or _rungs(made.rungs) != _expected_rungs(slow, due)
    table.add(f"calendar against a slow oracle, 2004 to 2026, {asked:,} deadlines of 4 units", Verdict(asked, asked - wrong, wrong, 0, -1))
    assert wrong == 0


def _rungs(planned: Sequence[dict[str, object]]) -> list[tuple[object, datetime]]:
    return [(rung["rung"], datetime.fromisoformat(str(rung["at"]))) for rung in planned]


def _expected_rungs(slow: Slow, due: datetime) -> list[tuple[object, datetime]]:
    return [(rung, _moment(datetime.combine(slow.working_days_from(due.date(), offset), due.time()))) for rung, offset in LADDER]


def lived(county: str, allowance: Allowance, armed: datetime, gaps: Iterable[tuple[int, int]]) -> tuple[Deadline, list[tuple[datetime, datetime]]]:
    """A clock after suspensions; each of `gaps` is for how many minutes it ran and then for how many it stood. It ends when it is overdue."""
    made = planning.plan(STEP, now=_moment(armed), county_id=county, allowance=allowance)
    columns = planning.columns_of(made) | {"next_rung": made.rungs[0]["rung"]}
    row = Deadline(assignment=Assignment(), case=Case(county_id=county), armed_at=_moment(armed), **columns)  # nowhere but in memory
    pauses: list[tuple[datetime, datetime]] = []
    now = armed
    for ran, stood in gaps:
        now += timedelta(minutes=ran)
        if _moment(now) >= row.due_at:
            break
        back = now + timedelta(minutes=stood)
        pauses.append((now, back))
        row.state, row.paused_at, row.next_at = DeadlineState.PAUSED, _moment(now), None
        deadlines._resume(row, _moment(back))
        now = back
    return row, pauses


def agrees(slow: Slow, row: Deadline, armed: datetime, pauses: Sequence[tuple[datetime, datetime]]) -> bool:
    """With the oracle, and with itself when it is counted again."""
    again = planning.recounted(row, policies.calendar_of(row.case.county_id))
    return row.due_at == _moment(slow.due(Unit(row.unit), row.amount, armed, pauses)) and (again is None or again.due_at == row.due_at)


def pauses_against_the_oracle(place: Place, table: Table, size: Size) -> None:
    """Lives with up to four suspensions, of minutes or of months, one after another: the due moment is what the oracle ticks out."""
    counties, chance, wrong, paused = two_counties(place), random.Random(2004), 0, 0
    for _ in range(size.races):
        county, unit = chance.choice(list(counties)), chance.choice(list(Unit))
        allowance = Allowance(chance.randint(1, 72 if unit == Unit.HOURS else 25), unit)
        armed = datetime.combine(FIRST + timedelta(days=chance.randrange(8100)), time(chance.randrange(24), chance.randrange(60)))
        row, pauses = lived(county, allowance, armed, [_gap(chance) for _ in range(chance.randint(0, 4))])
        paused += len(pauses)
        wrong += not agrees(counties[county], row, armed, pauses)
    table.add(f"{paused:,} pauses in every order against the oracle, 4 units", Verdict(size.races, size.races - wrong, wrong, 0, -1))
    assert wrong == 0


def _gap(chance: random.Random) -> tuple[int, int]:
    return chance.choice((30, 600, 3000, 9000)) * chance.randint(1, 3), chance.choice((20, 900, 20_000, 60_000)) * chance.randint(1, 3)
