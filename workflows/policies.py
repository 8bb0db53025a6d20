"""Allowances, ladders and calendars as they are in force, held in memory so that arming a deadline asks the database nothing.

Each process reads them again after a minute, or at once after `invalidate()`.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cases.codes.models import Setting
from workflows.calendars import Allowance, Calendar, Special, beside
from workflows.models import CalendarDay, DayKind, Ladder, SchoolTerm, StepPolicy, Unit

KEPT_FOR = 60  # seconds
STANDARD = "standard"
PUBLISHED_THROUGH = "calendar_published_through"  # a Setting: the last day of the published calendar


class MissingPolicy(LookupError):
    """A step without an allowance. The transaction that wanted the task must fail: a task without a deadline would be lost."""


@dataclass(frozen=True, slots=True)
class Rung:
    """`offset` in working days from the due moment, or `hours` from it by the clock, day and night; `to` names the recipients (workflows.ladders)."""

    rung: int
    offset: int
    to: str
    hours: int | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Rung:
        """As a ladder or a running deadline keeps it."""
        return cls(row["rung"], row.get("offset", 0), row["to"], row.get("hours"))


@dataclass(frozen=True, slots=True)
class Policy:
    allowance: Allowance
    ladder: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class _Version:
    county_id: str | None
    valid_from: date
    policy: Policy


@dataclass(frozen=True)
class _Memory:
    read_at: float
    versions: Mapping[str, list[_Version]]  # by step, the newest first
    ladders: Mapping[str, tuple[Rung, ...]]
    calendars: Mapping[str | None, Calendar]  # by county; None for the province's


_memory: _Memory | None = None
_supposed: ContextVar[_Memory | None] = ContextVar("supposed", default=None)


def policy_of(step: str, county_id: str | None, on: date) -> Policy:
    """What holds for a step in a county on a day: the county's own newest version, else the province's, else the table in code.

    Raises MissingPolicy.
    """
    memory = _fresh()
    versions = [version for version in memory.versions.get(step, ()) if version.valid_from <= on]
    for where in (county_id, None):
        for version in versions:
            if version.county_id == where:
                return version.policy
    return Policy(_written_in_code(step), ladder())


def in_force(step: str, county_id: str | None, on: date) -> Policy:
    """As `policy_of`, whatever is being supposed."""
    token = _supposed.set(None)
    try:
        return policy_of(step, county_id, on)
    finally:
        _supposed.reset(token)


def calendar_of(county_id: str | None) -> Calendar:
    """The working and school days of a county: the province's, with the county's own days on top."""
    calendars = _fresh().calendars
    return calendars.get(county_id) or calendars[None]


def ladder(code: str = STANDARD) -> tuple[Rung, ...]:
    """The rungs of a ladder, the lowest first. Raises MissingPolicy."""
    try:
        return _fresh().ladders[code]
    except KeyError:
        raise MissingPolicy(f"no ladder {code}") from None


def invalidate() -> None:
    """Forget what is in memory; an edge that changed an allowance, a ladder, a day or a term calls it after its commit."""
    global _memory
    _memory = None


@contextmanager
def supposing(change: Callable[[], object]) -> Iterator[None]:
    """As if the change were in force, for this thread alone: what it writes is read, and taken back at once."""
    with transaction.atomic():
        change()
        memory = _read()
        transaction.set_rollback(True)
    token = _supposed.set(memory)
    try:
        yield
    finally:
        _supposed.reset(token)


def fingerprint() -> str:
    """Changes with any day, term or published year of any county's calendar."""
    read = hashlib.sha256()
    for county, calendar in sorted(_fresh().calendars.items(), key=lambda item: item[0] or ""):
        parts = (county, sorted(calendar.work.items()), sorted(calendar.school.items()), calendar.terms, calendar.published_through)
        read.update(repr(parts).encode())
    return read.hexdigest()


def _written_in_code(step: str) -> Allowance:
    from workflows.steps import STEPS

    rule = STEPS.get(step)
    if rule is None:
        raise MissingPolicy(f"no allowance for the step {step}")
    return Allowance(*rule.allowance)


def _fresh() -> _Memory:
    global _memory
    memory = _supposed.get()
    if memory is not None:
        return memory
    memory = _memory
    if memory is None or time.monotonic() - memory.read_at > KEPT_FOR:
        memory = _memory = _read()
    return memory


def _read() -> _Memory:
    ladders = {ladder.code: _rungs(ladder.rungs) for ladder in Ladder.objects.all()}
    versions: dict[str, list[_Version]] = defaultdict(list)
    for row in StepPolicy.objects.select_related("ladder").order_by("-valid_from", "-pk"):
        policy = Policy(Allowance(row.amount, Unit(row.unit)), ladders[row.ladder.code])
        versions[row.step].append(_Version(row.county_id, row.valid_from, policy))
    return _Memory(time.monotonic(), versions, ladders, _calendars())


def _rungs(rows: list[dict[str, Any]]) -> tuple[Rung, ...]:
    return tuple(sorted(map(Rung.read, rows), key=lambda rung: rung.rung))


def _calendars() -> dict[str | None, Calendar]:
    days: dict[str | None, dict[str, dict[date, Special]]] = defaultdict(lambda: {DayKind.WORK: {}, DayKind.SCHOOL: {}})
    for county, kind, day, counts, reason in CalendarDay.objects.values_list("county_id", "kind", "day", "working", "reason"):
        days[county][kind][day] = Special(counts, reason)
    terms: dict[str | None, list[tuple[date, date]]] = defaultdict(list)
    for county, start, end in SchoolTerm.objects.order_by("starts_on").values_list("county_id", "starts_on", "ends_on"):
        terms[county].append((start, end))
    setting = Setting.objects.filter(code=PUBLISHED_THROUGH, county=None).first()
    published = date.fromisoformat(setting.value) if setting else date.min

    common = days[None]
    return {
        county: Calendar(
            work=common[DayKind.WORK] | days[county][DayKind.WORK],
            school=common[DayKind.SCHOOL] | days[county][DayKind.SCHOOL],
            terms=beside(tuple(terms[county]), terms[None]) if county else tuple(terms[None]),
            published_through=published,
        )
        for county in {None, *days, *terms}
    }
