"""Counting days: pure arithmetic, held against a slow oracle over the whole published calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendars import (
    Allowance,
    Calendar,
    Special,
    add_working_days,
    counting,
    days_between,
    first_difference,
    last_day,
    roll_forward,
    shift,
    working_days_between,
)
from workflows.explaining import explain
from workflows.models import Unit

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)


def _published() -> Calendar:
    days = {}
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        working = chinese_calendar.is_workday(day)
        if working != (day.weekday() < 5):
            days[day] = Special(working, "国庆节调休上班" if working else "国庆节")
    return Calendar(work=days, terms=((date(2026, 3, 2), date(2026, 7, 3)), (date(2026, 9, 1), date(2027, 1, 22))), published_through=LAST)


CALENDAR = _published()
unhurried = settings(deadline=None)  # a busy machine is no fault of the calendar
DAYS = st.dates(FIRST, date(2026, 10, 31))


def slow_oracle(start: date, days: int) -> date:
    """Asks the published calendar itself, one day after another, with a list of all working days."""
    upcoming = [start + timedelta(days=n) for n in range(1, days * 4 + 20)]
    return [day for day in upcoming if (chinese_calendar.is_workday(day) if day <= LAST else day.weekday() < 5)][days - 1]


@unhurried
@given(DAYS, st.integers(1, 40))
def test_working_days_are_those_of_the_published_calendar(start: date, days: int) -> None:
    assert add_working_days(start, days, CALENDAR) == slow_oracle(start, days)


@unhurried
@given(DAYS, st.integers(-40, 40))
def test_counting_there_and_counting_back_agree(start: date, days: int) -> None:
    end = add_working_days(start, days, CALENDAR)

    if days >= 0 or CALENDAR.is_working(start):
        assert working_days_between(start, end, CALENDAR) == days


@unhurried
@given(DAYS, st.integers(-30, 30), st.sampled_from(Unit))
def test_a_shifted_day_is_as_far_as_was_asked(start: date, days: int, unit: Unit) -> None:
    counts = counting(unit, CALENDAR)
    end = shift(start, days, counts)

    assert days_between(start, end, counts) == days
    assert counts(end)


@unhurried
@given(DAYS, st.integers(1, 20), st.integers(0, 20))
def test_more_days_never_end_earlier(start: date, days: int, more: int) -> None:
    assert add_working_days(start, days + more, CALENDAR) >= add_working_days(start, days, CALENDAR)


@unhurried
@given(DAYS)
def test_rolling_forward_ends_on_the_first_working_day(day: date) -> None:
    rolled = roll_forward(day, CALENDAR)

    assert CALENDAR.is_working(rolled)
    assert not any(CALENDAR.is_working(day + timedelta(days=n)) for n in range((rolled - day).days))


@unhurried
@given(DAYS, st.integers(1, 30), st.sampled_from([Unit.WORKING_DAYS, Unit.SCHOOL_DAYS]))
def test_the_explanation_names_every_day_and_counts_as_many_as_were_given(start: date, days: int, unit: Unit) -> None:
    end, explanation = last_day(start, Allowance(days, unit), CALENDAR)

    runs = [(date.fromisoformat(first), date.fromisoformat(last), counted) for first, last, counted, _ in explanation["days"]]
    assert runs[0][0] == start + timedelta(days=1)
    assert runs[-1][1] == end
    assert all(later[0] == earlier[1] + timedelta(days=1) for earlier, later in pairwise(runs))
    assert sum((last - first).days + 1 for first, last, counted in runs if counted) == days


def test_the_day_of_the_event_is_not_counted() -> None:
    assert add_working_days(date(2026, 9, 16), 1, CALENDAR) == date(2026, 9, 17)
    assert last_day(date(2026, 9, 16), Allowance(7, Unit.NATURAL_DAYS), CALENDAR)[0] == date(2026, 9, 23)


def test_a_make_up_workday_counts_and_a_holiday_does_not() -> None:
    # Sunday 20 September 2026 is worked for the National Day; 25 to 27 September is Mid-autumn.
    assert add_working_days(date(2026, 9, 18), 1, CALENDAR) == date(2026, 9, 20)
    assert add_working_days(date(2026, 9, 24), 1, CALENDAR) == date(2026, 9, 28)


def test_a_legal_term_that_ends_on_a_holiday_ends_on_the_next_working_day() -> None:
    week = Allowance(7, Unit.NATURAL_DAYS)

    assert last_day(date(2026, 9, 24), week, CALENDAR, legal=True)[0] == date(2026, 10, 8)
    assert last_day(date(2026, 9, 24), week, CALENDAR)[0] == date(2026, 10, 1)


def test_school_days_wait_for_the_school_to_begin() -> None:
    assert last_day(date(2026, 7, 1), Allowance(3, Unit.SCHOOL_DAYS), CALENDAR)[0] == date(2026, 9, 1)
    assert add_working_days(date(2026, 7, 1), 3, CALENDAR) == date(2026, 7, 6)


def test_beyond_the_entered_terms_the_usual_ones_hold() -> None:
    assert not CALENDAR.is_school_day(date(2031, 7, 15))
    assert CALENDAR.is_school_day(date(2031, 9, 15))


def test_a_term_that_nobody_has_entered_yet_is_the_usual_one() -> None:
    half = Calendar(terms=((date(2029, 9, 3), date(2030, 1, 11)),))

    assert half.is_school_day(date(2029, 9, 3))
    assert not half.is_school_day(date(2030, 1, 15))
    assert half.is_school_day(date(2030, 3, 15))


def test_a_school_day_of_its_own_overrides_the_rule() -> None:
    closed = Calendar(school={date(2026, 9, 17): Special(False, "停课")}, terms=CALENDAR.terms)

    assert last_day(date(2026, 9, 16), Allowance(1, Unit.SCHOOL_DAYS), closed)[0] == date(2026, 9, 18)
    assert add_working_days(date(2026, 9, 16), 1, closed) == date(2026, 9, 17)


def test_a_person_can_read_why_that_day() -> None:
    _, explanation = last_day(date(2026, 9, 18), Allowance(3, Unit.WORKING_DAYS), CALENDAR)

    with translation.override("en"):
        said = explain(explanation)

    assert said.startswith("3 working days from Fri 18 Sep")
    assert "Sat 19 Sep no (weekend)" in said
    assert "Sun 20 Sep yes (make-up workday)" in said


def test_hours_are_said_with_the_hour_from_which_they_count() -> None:
    with translation.override("en"):
        said = explain({"unit": "hours", "amount": 2, "from": "2026-09-18", "at": "10:20", "last": "2026-09-18"})

    assert said == "2 hours from Fri 18 Sep, 10:20. "


def test_the_day_that_an_edited_calendar_changed_is_found() -> None:
    closed = Calendar(work=dict(CALENDAR.work) | {date(2026, 9, 21): Special(False, "洪水")}, published_through=LAST)
    week = Allowance(5, Unit.WORKING_DAYS)
    before, after = (last_day(date(2026, 9, 16), week, calendar)[1] for calendar in (CALENDAR, closed))

    assert first_difference(before, after) == date(2026, 9, 21)
    assert first_difference(before, before) is None


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_explanation_can_be_worded(language: str) -> None:
    with translation.override(language):
        for unit in Unit:
            explanation = {"unit": str(unit), "amount": 2, "from": "2026-09-18", "last": "2026-09-21"}
            assert "18" in explain(explanation)
        rolled = last_day(date(2026, 9, 24), Allowance(7, Unit.NATURAL_DAYS), CALENDAR, legal=True)[1]
        assert "8" in explain(rolled)
        assert explain({"fixed": True, "last": "2026-09-21", "moves": [{"from": "2026-09-18", "to": "2026-09-20", "last": "2026-09-22"}]})
