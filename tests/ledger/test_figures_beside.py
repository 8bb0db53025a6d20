"""What stands beside the table: the difference to another month by name, the year, causes, outcomes and times; and the three settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from cases.codes.models import Setting
from cases.codes.services import invalidate
from cases.directory.models import Area, User
from cases.ledger.figures import At, Column, Level, Pair, Within, change, figures, members, names
from cases.ledger.moves import Kind, moves
from cases.ledger.rules import CARRIED_OVER, HOME_TEACHING, RELAPSE_AGAIN, in_force
from cases.ledger.trends import Span, causes, outcomes, times, trend
from cases.register.models import Case, Standing
from tests.cast import NOON
from tests.factories import Place
from tests.ledger.histories import World
from tests.ledger.test_figures import fact

YEAR_END = date(2026, 12, 31)


def switch(code: str, value: bool) -> None:
    """As an administrator would, for the whole province."""
    assert Setting.objects.filter(code=code, county=None).update(value=value) == 1
    invalidate()


@pytest.fixture(autouse=True)
def rules_as_they_were(db: None) -> object:
    yield
    invalidate()


def test_a_relapse_within_the_year_is_one_child_unless_the_province_counts_it_again(on_ledger: Case) -> None:
    fact(on_ledger, Standing.RETURNED, date(2026, 10, 20))
    fact(on_ledger, Standing.STILL_OUT, date(2026, 11, 2), enters=True, priority=True)
    total = figures(2026, YEAR_END)[0]
    assert (total.on_ledger, total.returned, total.still_out) == (Pair(1, 1), Pair(), Pair(1, 1))

    switch(RELAPSE_AGAIN, True)

    total = figures(2026, YEAR_END)[0]
    assert (total.on_ledger, total.returned, total.still_out) == (Pair(2, 1), Pair(1, 0), Pair(1, 1))
    assert members(2026, YEAR_END, Column.RETURNED).get() == members(2026, YEAR_END, Column.STILL_OUT).get() == on_ledger
    assert figures(2026, date(2026, 10, 31))[0].on_ledger == Pair(1, 0), "in October it had not relapsed"
    assert [one.kind for one in moves(At.month(2026, 11), At.month(2026, 10))] == [Kind.CAME]


def test_home_teaching_is_a_return_unless_the_province_says_otherwise(on_ledger: Case) -> None:
    row = fact(on_ledger, Standing.RETURNED, date(2026, 11, 3), code="home_teaching")
    assert row.code == "home_teaching"
    assert figures(2026, YEAR_END)[0].returned == Pair(1, 0)
    assert figures(2027, date(2027, 1, 31))[0].carried_over == Pair()

    switch(HOME_TEACHING, False)

    assert (figures(2026, YEAR_END)[0].returned, figures(2026, YEAR_END)[0].still_out) == (Pair(), Pair(1, 0))
    assert figures(2027, date(2027, 1, 31))[0].carried_over == Pair(1, 0)


def test_children_from_earlier_years_stand_beside_the_table_unless_the_province_counts_them(on_ledger: Case) -> None:
    spring = date(2027, 3, 31)
    assert (figures(2027, spring)[0].on_ledger, figures(2027, spring)[0].carried_over) == (Pair(), Pair(1, 0))

    switch(CARRIED_OVER, True)

    assert (figures(2027, spring)[0].on_ledger, figures(2027, spring)[0].carried_over) == (Pair(1, 0), Pair())
    fact(on_ledger, Standing.RETURNED, date(2027, 2, 3))
    assert figures(2027, spring)[0].returned == Pair(1, 0), "who was out on 31 December stays in the table of the year"
    assert figures(2028, date(2028, 1, 31))[0].on_ledger == Pair(), "who was back by then does not come into the next"


def test_a_county_cannot_count_by_rules_of_its_own(on_ledger: Case, place: Place) -> None:
    Setting.objects.create(code=HOME_TEACHING, county=place.area, value=False)
    invalidate()
    assert in_force().home_teaching_is_return


def test_a_suspicion_after_a_return_moves_nobody(on_ledger: Case) -> None:
    fact(on_ledger, Standing.RETURNED, date(2026, 11, 3))
    for standing in (Standing.SUSPECTED, Standing.NOT_DROPOUT):
        fact(on_ledger, standing, date(2026, 12, 1))
        assert figures(2026, YEAR_END)[0].returned == Pair(1, 0)


def test_a_child_that_changes_school_is_counted_there_from_that_day(on_ledger: Case, place: Place, county: User) -> None:
    from cases.register.students import edit_student
    from tests.factories import make_organisation

    other = make_organisation("school", place.township_area, "古夫镇中心学校", superior=place.education, line="education")
    edit_student(on_ledger.student, school=other, school_class=None, by=county, now=NOON + timedelta(days=50))  # 5 November

    within = Within(place.area.pk)
    for until, counted in ((date(2026, 10, 31), place.school), (date(2026, 11, 30), other)):
        rows = figures(2026, until, within=within, level=Level.SCHOOL)
        assert [row.key for row in rows[1:] if row.on_ledger.total] == [str(counted.pk)]
    [move] = moves(At.month(2026, 11), At.month(2026, 10), within=within, level=Level.SCHOOL)
    assert (move.kind, move.line_before, move.line_now) == (Kind.MOVED, str(place.school.pk), str(other.pk))
    assert moves(At.month(2026, 11), At.month(2026, 10), within=within, level=Level.TOWNSHIP) == []


def test_the_difference_names_who_came_who_changed_and_who_left(on_ledger: Case) -> None:
    october, november, december = (At.month(2026, month) for month in (10, 11, 12))
    assert [(one.case_id, one.kind, one.now) for one in moves(october, october.month_before)] == [(on_ledger.pk, Kind.CAME, Column.STILL_OUT)]
    fact(on_ledger, Standing.RETURNED, date(2026, 11, 3))
    [changed] = moves(november, november.month_before)
    assert (changed.kind, changed.before, changed.now) == (Kind.CHANGED, Column.STILL_OUT, Column.RETURNED)
    on_ledger.county = Area.objects.get(code="429004")
    fact(on_ledger, Standing.RETURNED, date(2026, 12, 2))
    [left] = moves(december, december.month_before, within=Within("420526"))
    assert (left.kind, left.before, left.now) == (Kind.LEFT, Column.RETURNED, None)
    [moved] = moves(december, december.month_before)
    assert (moved.kind, moved.line_before, moved.line_now) == (Kind.MOVED, "4205", "429004")
    assert moves(december, december) == []


def test_january_begins_with_an_empty_table(on_ledger: Case) -> None:
    january = At.month(2027, 1)
    assert january.month_before is None
    assert [(one.kind, one.now) for one in moves(january, january.month_before)] == [(Kind.CAME, Column.CARRIED_OVER)]


def test_what_was_told_after_the_closing_shows_in_the_next_difference(on_ledger: Case, clock: Callable[[datetime], None]) -> None:
    closed = datetime.now(UTC) + timedelta(days=1)  # the child was told of today
    clock(closed + timedelta(days=20))
    fact(on_ledger, Standing.RETURNED, date(2026, 10, 28))
    assert moves(At.month(2026, 11), At.month(2026, 10)) == [], "today both months know it"
    [late] = moves(At.month(2026, 11), At.month(2026, 10, as_of=closed))
    assert (late.before, late.now) == (Column.STILL_OUT, Column.RETURNED)


@pytest.mark.parametrize("seed", [5, 6])
def test_names_moves_and_the_trend_agree_with_the_table(place: Place, seed: int) -> None:
    world = World(place, Random(seed))
    world.live(60)
    now, before = At.month(2026, 9), At.month(2026, 8)
    rows = figures(now.year, now.until)
    counted = names(now.year, now.until)
    for column, pair in rows[0].groups():
        if column != Column.ON_LEDGER:
            assert sum(1 for _case, own, *_rest in counted if own == column) == pair.total
    was = {case: column for case, column, *_rest in names(before.year, before.until)}
    found = {one.case_id: (one.before, one.now) for one in moves(now, before) if one.kind != Kind.MOVED}
    expected: dict[int, tuple[Column | None, Column | None]] = {
        case: (was.get(case), column) for case, column, *_rest in counted if was.get(case) != column
    }
    expected |= {case: (column, None) for case, column in was.items() if case not in {one[0] for one in counted}}
    assert found == expected
    difference = change(rows, figures(before.year, before.until))
    assert difference[0].returned.total == sum((now == "returned") - (was == "returned") for was, now in found.values())
    months = trend(2026, 9)
    assert [one.month for one in months] == list(range(1, 10))
    assert months[8].counts == {column: pair.total for column, pair in rows[0].groups()}
    assert months[7].counts == {column: pair.total for column, pair in figures(before.year, before.until)[0].groups()}


def test_causes_outcomes_and_times(on_ledger: Case, teacher: User) -> None:
    from cases.visits.services import log_visit
    from tests.visits.saying import visit

    at = At.month(2026, 12)
    assert times(at) == (Span(0), Span(0))
    log_visit(on_ledger, **visit(NOON + timedelta(days=4), mode="phone"), by=teacher, now=NOON + timedelta(days=31))
    assert times(at)[0] == Span(0), "a call is no visit"
    log_visit(on_ledger, **visit(NOON + timedelta(days=3)), by=teacher, now=NOON + timedelta(days=31))
    fact(on_ledger, Standing.RETURNED, date(2026, 11, 5), code="same_class")

    assert [(one.code, one.number, one.still_out) for one in causes(at)] == [("tired_of_school", 1, 0)]
    assert [(one.code, one.number) for one in outcomes(at)[Column.RETURNED]] == [("same_class", 1)]
    assert times(at) == (Span(1, 3, 3), Span(1, 20, 20))
    assert causes(at, within=Within("4201")) == []
