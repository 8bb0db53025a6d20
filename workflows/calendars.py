"""Working days, make-up workdays and school days: pure arithmetic over a calendar that is passed in. No database, no clock.

The day of the event is never counted (Civil Code, article 201). Beyond the published calendar the plain rule of the weekday holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, groupby
from typing import Any, NamedTuple

from workflows.models import Unit

ONE_DAY = timedelta(days=1)
WEEKEND, BREAK = "weekend", "break"  # reasons that the rule itself gives; every other one stands in the calendar


@dataclass(frozen=True, slots=True)
class Special:
    """What a day is, against its weekday or its term, and why."""

    counts: bool
    reason: str


class Allowance(NamedTuple):
    """So many days or hours. Working days skip weekends and holidays and count make-up workdays."""

    amount: int
    unit: Unit


Term = tuple[date, date]  # the first day and the last


@dataclass(frozen=True)
class Calendar:
    """Days passed in: those that differ from their weekday, those that differ from their school term, the terms, and the last published day."""

    work: Mapping[date, Special] = field(default_factory=dict)
    school: Mapping[date, Special] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    published_through: date = date.max
    _by_year: dict[int, tuple[Term, ...]] = field(default_factory=dict, compare=False, repr=False)

    def is_working(self, day: date) -> bool:
        special = self.work.get(day)
        return special.counts if special else day.weekday() < 5

    def is_school_day(self, day: date) -> bool:
        """A working day within a school term, unless the school calendar says otherwise."""
        special = self.school.get(day)
        return special.counts if special else self.is_working(day) and self.in_term(day)

    def in_term(self, day: date) -> bool:
        return any(start <= day <= end for start, end in self._terms_of(_school_year(day)))

    def _terms_of(self, school_year: int) -> tuple[Term, ...]:
        """Those entered, and the usual one for a term that nobody has entered yet: half a year must not be without school by an oversight."""
        if school_year not in self._by_year:
            known = tuple(term for term in self.terms if _school_year(term[0]) == school_year)
            self._by_year[school_year] = beside(known, default_terms(school_year))
        return self._by_year[school_year]

    def why_working(self, day: date) -> str:
        special = self.work.get(day)
        return special.reason if special else "" if day.weekday() < 5 else WEEKEND

    def why_school(self, day: date) -> str:
        special = self.school.get(day)
        if special:
            return special.reason
        return BREAK if self.is_working(day) and not self.in_term(day) else self.why_working(day)


def beside(terms: tuple[Term, ...], others: Iterable[Term]) -> tuple[Term, ...]:
    """The terms, and those of `others` that lie beside all of them."""
    return terms + tuple(other for other in others if not any(start <= other[1] and other[0] <= end for start, end in terms))


def default_terms(school_year: int) -> list[Term]:
    """Where no term is entered: about what Hubei's yearly calendars say (to be entered each year)."""
    return [
        (date(school_year, 9, 1), date(school_year + 1, 1, 20)),
        (date(school_year + 1, 2, 20), date(school_year + 1, 6, 30)),
    ]


def _school_year(day: date) -> int:
    return day.year if day.month >= 8 else day.year - 1


def add_working_days(start: date, days: int, calendar: Calendar) -> date:
    """The last of `days` working days after `start`; before it when negative; `start` itself for none."""
    return _add(start, days, calendar.is_working)


def _add(start: date, days: int, counts: Callable[[date], bool]) -> date:
    step = ONE_DAY if days > 0 else -ONE_DAY
    day, left = start, abs(days)
    while left:
        day += step
        left -= counts(day)
    return day


def roll_forward(day: date, calendar: Calendar) -> date:
    """The day itself if it is a working day, else the next one (Civil Code, article 203)."""
    return next(filter(calendar.is_working, (day + timedelta(days=n) for n in count())))


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after `start`, up to `end` and with it; negative when `end` lies before `start`."""
    return days_between(start, end, calendar.is_working)


def days_between(start: date, end: date, counts: Callable[[date], bool]) -> int:
    """How many days after `start`, up to `end` and with it, `counts` says yes to; negative when `end` lies before `start`."""
    if end < start:
        return -days_between(end, start, counts)
    return sum(map(counts, _after(start, end)))


def shift(day: date, days: int, counts: Callable[[date], bool]) -> date:
    """The day that is `days` counted days away: `days_between(day, it)` is `days`, and the day itself counts."""
    if days > 0:
        return _add(day, days, counts)
    while days:
        days += counts(day)
        day -= ONE_DAY
    while not counts(day):
        day -= ONE_DAY
    return day


def _after(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range(1, (end - start).days + 1))


def counting(unit: Unit, calendar: Calendar) -> Callable[[date], bool]:
    """Which days a unit counts."""
    if unit == Unit.WORKING_DAYS:
        return calendar.is_working
    if unit == Unit.SCHOOL_DAYS:
        return calendar.is_school_day
    return lambda day: True


def last_day(start: date, allowance: Allowance, calendar: Calendar, *, legal: bool = False) -> tuple[date, dict[str, Any]]:
    """The last day of an allowance in days, and its explanation as data: the days counted and those skipped, with the reasons.

    A legal term of natural days whose last day is a holiday ends on the next working day.
    """
    counts = counting(allowance.unit, calendar)
    end = _add(start, allowance.amount, counts)
    explanation: dict[str, Any] = {"unit": str(allowance.unit), "amount": allowance.amount, "from": start.isoformat()}
    if allowance.unit != Unit.NATURAL_DAYS:
        why = calendar.why_school if allowance.unit == Unit.SCHOOL_DAYS else calendar.why_working
        explanation["days"] = _runs(_after(start, end), counts, why)
    if legal:
        rolled = roll_forward(end, calendar)
        if rolled != end:
            explanation["rolled"] = _runs(_after(end - ONE_DAY, rolled), calendar.is_working, calendar.why_working)
        end = rolled
    explanation["last"] = end.isoformat()
    return end, explanation


def _runs(days: Iterable[date], counts: Callable[[date], bool], why: Callable[[date], str]) -> list[list[Any]]:
    """Neighbouring days of one kind in one line: [first, last, counted, reason]."""
    runs = []
    for (counted, reason), group in groupby(days, key=lambda day: (counts(day), why(day))):
        run = list(group)
        runs.append([run[0].isoformat(), run[-1].isoformat(), counted, reason])
    return runs


def first_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> date | None:
    """The first day that counts by one explanation and not by the other: what an edited calendar changed for this deadline."""
    old, new = _counted(before), _counted(after)
    return min((day for day in old.keys() & new.keys() if old[day] != new[day]), default=None)


def _counted(explanation: Mapping[str, Any]) -> dict[date, bool]:
    runs = [*explanation.get("days", ()), *explanation.get("rolled", ())]
    return {
        date.fromisoformat(first) + timedelta(days=n): counted
        for first, last, counted, _reason in runs
        for n in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    }
