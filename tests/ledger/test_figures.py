"""The figures of the notice's table, whatever happened to the children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from cases.directory.models import Area, User
from cases.ledger.figures import Column, Level, Pair, Row, Within, figures, members
from cases.register.clearance import propose_deduction
from cases.register.decisions import decide
from cases.register.models import Case, Standing, StandingChange
from cases.register.opening import reopen
from tests.cast import NOON, SHANGHAI, conclusion
from tests.factories import Place
from tests.paper import pdf

Clock = Callable[[datetime], None]
UNITS = [
    "武汉市", "黄石市", "十堰市", "宜昌市", "襄阳市", "鄂州市", "荆门市", "孝感市", "荆州市", "黄冈市", "咸宁市", "随州市",
    "恩施州", "天门市", "仙桃市", "潜江市", "神农架林区",
]  # fmt: skip


def row(rows: list[Row], name: str) -> Row:
    return next(one for one in rows if one.name == name)


def fact(case: Case, standing: str, on: date, *, enters: bool = False, priority: bool | None = None, code: str = "") -> StandingChange:
    """A fact written as a row: what the services write, at any date."""
    from cases.journal.services import record
    from cases.journal.verbs import Verb

    entry = record(Verb.STUDENT_CHANGED, case=case, at=timezone.now())
    return StandingChange.objects.create(
        case=case, episode=case.episode, standing=standing, occurred_on=on, enters_ledger=enters, priority_household=priority, code=code,
        county_id=case.county_id, place_id=case.place_id, school_id=case.school_id, entry=entry,
    )  # fmt: skip


def test_the_table_has_the_province_and_then_the_seventeen_units_of_the_notice_in_its_order(db: None) -> None:
    rows = figures(2026, date(2026, 9, 30), total_name="湖北省")
    assert [one.name for one in rows] == ["湖北省", *UNITS]
    assert all(pair == Pair() for one in rows for _column, pair in one.groups())


def test_a_suspected_child_is_on_no_ledger_and_a_dropped_out_one_is_still_out(case: Case, principal: User) -> None:
    from cases.register.verification import conclude_verification

    assert figures(2026, date(2026, 12, 31))[0].on_ledger == Pair()

    conclude_verification(case, **conclusion(), by=principal, now=NOON + timedelta(days=30))

    rows = figures(2026, date(2026, 12, 31))
    assert rows[0].on_ledger == rows[0].still_out == row(rows, "宜昌市").still_out == Pair(1, 0)
    assert figures(2026, date(2026, 9, 30))[0].on_ledger == Pair(), "it was entered in October only"
    assert figures(2027, date(2027, 1, 31))[0].on_ledger == Pair(), "a new year counts from January"
    assert figures(2027, date(2027, 1, 31))[0].carried_over == Pair(1, 0)


def test_the_last_fact_decides_the_column_and_the_columns_add_up(on_ledger: Case) -> None:
    for standing, column in [("returned", "returned"), ("still_out", "still_out"), ("deferred", "deferred"), ("deducted", "deducted")]:
        fact(on_ledger, standing, date(2026, 11, 3))
        total = figures(2026, date(2026, 11, 30))[0]
        assert getattr(total, column) == total.on_ledger == Pair(1, 0)
        assert sum(getattr(total, one).total for one in ("returned", "deducted", "deferred", "still_out")) == 1


def test_a_child_that_relapses_counts_once(on_ledger: Case, principal: User) -> None:
    fact(on_ledger, Standing.RETURNED, date(2026, 10, 20))
    reopen(on_ledger, why="relapse", on=date(2026, 11, 2), by=principal, now=NOON + timedelta(days=47))

    total = figures(2026, date(2026, 11, 30))[0]
    assert (total.on_ledger, total.returned, total.still_out) == (Pair(1, 0), Pair(), Pair(1, 0))
    assert figures(2026, date(2026, 10, 31))[0].returned == Pair(1, 0), "October stays as it was"


def test_priority_is_that_of_the_day_of_entry(case: Case, principal: User, county: User, other_county_officer: User) -> None:
    from cases.register.verification import conclude_verification

    case.student.groups = ["monitored_marginal"]
    case.student.save()
    conclude_verification(case, **conclusion(), by=principal, now=NOON + timedelta(days=30))
    case.student.groups = []
    case.student.save()
    deduction = propose_deduction(
        case, ground="wrong_entry", occurred_on=date(2026, 9, 1), evidence=[("original_record", pdf())], by=county, now=NOON + timedelta(days=31)
    )
    decide(deduction, approve=True, by=other_county_officer, now=NOON + timedelta(days=32))

    assert figures(2026, date(2026, 10, 31))[0].deducted == Pair(1, 1), "a ground from before the entry counts all the same"


def test_a_month_can_be_counted_as_it_was_known_then(on_ledger: Case, clock: Clock) -> None:
    clock(datetime(2026, 12, 3, 9, tzinfo=SHANGHAI))
    fact(on_ledger, Standing.RETURNED, date(2026, 11, 28))
    frozen = datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert figures(2026, date(2026, 11, 30))[0].returned == Pair(1, 0)
    assert figures(2026, date(2026, 11, 30), as_of=frozen)[0].still_out == Pair(1, 0)


def test_below_a_prefecture_the_counties_and_below_a_county_townships_and_schools(on_ledger: Case, place: Place, neighbour: Place) -> None:
    end = date(2026, 12, 31)
    counties = figures(2026, end, within=Within("4205"), level=Level.COUNTY)
    assert row(counties, "兴山县").on_ledger == Pair(1, 0)
    assert row(counties, "秭归县").on_ledger == Pair()
    assert figures(2026, end, within=Within("420527"))[0].on_ledger == Pair()
    townships = figures(2026, end, within=Within("420526"), level=Level.TOWNSHIP)
    assert townships[0].on_ledger == row(townships, place.township_area.name).on_ledger == Pair(1, 0)
    schools = figures(2026, end, within=Within("420526"), level=Level.SCHOOL)
    assert [(one.key, one.on_ledger) for one in schools] == [("", Pair(1, 0)), (str(place.school.pk), Pair(1, 0))]


def test_a_child_without_a_school_has_a_line_of_its_own(on_ledger: Case) -> None:
    on_ledger.school = on_ledger.school_class = None
    fact(on_ledger, Standing.STILL_OUT, date(2026, 11, 3))
    schools = figures(2026, date(2026, 12, 31), within=Within("420526"), level=Level.SCHOOL)
    assert (schools[-1].key, schools[-1].still_out) == ("-", Pair(1, 0))
    before = figures(2026, date(2026, 10, 31), within=Within("420526"), level=Level.SCHOOL)
    assert [one.on_ledger for one in before] == [Pair(1, 0), Pair(1, 0)], "in October it was still the school's child"


@pytest.mark.parametrize("level", list(Level))
def test_behind_each_number_stand_the_cases_that_it_counts(on_ledger: Case, level: Level) -> None:
    within, end = Within("420526"), date(2026, 12, 31)
    counted = 0
    for line in figures(2026, end, within=within, level=level):
        for column, pair in line.groups():
            found = members(2026, end, column, within=within, level=level, key=line.key)
            assert found.count() == pair.total, (line, column)
            counted += pair.total
    assert counted == 4  # on the ledger and still out, in the total and in its line
    assert members(2026, end, Column.STILL_OUT).get() == on_ledger


def test_a_unit_that_is_county_and_line_at_once_has_its_own_line(on_ledger: Case) -> None:
    fact_row = fact(on_ledger, Standing.STILL_OUT, date(2026, 11, 3))
    assert fact_row.county_id == "420526"
    area = Area.objects.get(code="429004")
    on_ledger.county = area
    fact(on_ledger, Standing.STILL_OUT, date(2026, 11, 4))
    rows = figures(2026, date(2026, 11, 30))
    assert row(rows, "仙桃市").on_ledger == Pair(1, 0)
    assert row(rows, "宜昌市").on_ledger == Pair()


def test_the_table_costs_one_query(db: None, django_assert_num_queries: Callable[..., object]) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # the plugin gives it, unknown to the types
        figures(2026, date(2026, 11, 30))
