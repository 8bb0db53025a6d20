"""What the figures of the ledger cost over very many children. Run by `make bench`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import pytest
from django.db import connection

from cases import sql
from cases.ledger.figures import At, Column, Level, Within, figures, members
from cases.ledger.moves import moves
from cases.ledger.recount import of_moment
from cases.ledger.trends import trend
from tests.benchmarks.conftest import Table
from tests.benchmarks.stopwatch import Cost
from tests.cast import NOON
from tests.databases import Owner, as_owner
from tests.factories import Place

pytestmark = [pytest.mark.django_db(transaction=True)]

LOOKS = 5
UNTIL = date(2026, 12, 31)
# Children spread over the province's counties, with a fact each ten days: suspected, on the ledger, off it, and half of them back on it.
WRITE = """
ALTER TABLE cases_standingchange DISABLE TRIGGER stretches_follow;
INSERT INTO cases_student (
    id, name, sex, born_on, nationality, id_hash, id_head, id_tail, roll_number, address, groups, registered_at_id, lives_at_id
)
SELECT 10000000 + n, '学生', 'male', '2013-01-01', '', '', '', '', '', '', '{{}}', '{village}', '{village}' FROM generate_series(1, {number}) n;
INSERT INTO cases_case (
    id, number, student_id, episode, standing, county_id, place_id, school_id, township_id, education_id, channel, reason, opened_at,
    entered_ledger_on, priority_household, danger
)
SELECT 10000000 + n, 'B' || n, 10000000 + n, 1, 'still_out', county.code, '{village}', {school}, {township}, {education}, 'attendance', 'work',
       timestamptz '2026-01-05 08:00+08', date '2026-01-15', false, false
FROM generate_series(1, {number}) n
JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS number FROM cases_area WHERE level = 'county') county
    ON mod(n, county.number) = county.place;
INSERT INTO cases_entry (id, verb, episode, occurred_at, data)
SELECT 10000000 + step, 'list.exported', 0, now(), '{{}}' FROM generate_series(1, 4) step;
INSERT INTO cases_standingchange (
    case_id, episode, standing, occurred_on, recorded_at, enters_ledger, priority_household, code, county_id, place_id, school_id, entry_id
)
SELECT id, 1, (ARRAY['suspected', 'still_out', (ARRAY['returned', 'deducted', 'deferred'])[mod(id, 3) + 1], 'still_out'])[step],
       date '2026-01-05' + mod(id, 200)::int + step * 10, timestamptz '2026-01-05 09:00+08' + (mod(id, 200) + step * 10) * interval '1 day',
       step IN (2, 4), CASE WHEN step IN (2, 4) THEN mod(id, 4) = 0 END, '', county_id, place_id, school_id, 10000000 + step
FROM cases_case, generate_series(1, 4 - (mod(id, 2) = 0)::int) step WHERE id > 10000000;
ALTER TABLE cases_standingchange ENABLE TRIGGER stretches_follow;
"""
DERIVE = "INSERT INTO cases_stretch ({columns}) SELECT {columns} FROM cases_stretch_told"
COLUMNS = "case_id, from_on, to_on, told_from, told_to, standing, code, county_id, place_id, school_id, entered_on, priority"

# Raw SQL of the same grouping: over the facts, over the stretches, and, as the least that is thinkable, over a copy with nothing but one
# narrow row a child, which knows no other month and no other moment.
RAW_ROWS = """
SELECT county_id, standing, priority, entered_on >= '2026-01-01', count(*) FROM cases_stretch
WHERE told_to = timestamptz '9999-12-31T00:00:00Z' AND from_on <= '2026-12-31' AND to_on > '2026-12-31' GROUP BY 1, 2, 3, 4
"""
FLAT = "CREATE TABLE bench_flat AS SELECT county_id, standing, priority, entered_on FROM cases_stretch WHERE told_to > now() AND to_on = '9999-12-31'"
RAW_FLAT = "SELECT county_id, standing, priority, entered_on >= '2026-01-01', count(*) FROM bench_flat GROUP BY 1, 2, 3, 4"
RAW_FACTS = """
WITH fact AS (SELECT * FROM cases_standingchange WHERE occurred_on <= '2026-12-31'),
entry AS (SELECT DISTINCT ON (case_id) case_id, occurred_on, priority_household FROM fact WHERE enters_ledger ORDER BY case_id, entry_id DESC),
latest AS (SELECT DISTINCT ON (case_id) case_id, standing, county_id FROM fact ORDER BY case_id, entry_id DESC)
SELECT county_id, standing, priority_household, entry.occurred_on >= '2026-01-01', count(*) FROM entry JOIN latest USING (case_id) GROUP BY 1, 2, 3, 4
"""


def world(place: Place, number: int, table: Table) -> None:
    """So many children with their facts, and the stretches that follow from them."""
    names = {
        "number": number, "village": place.village_area.pk, "school": place.school.pk, "township": place.township.pk, "education": place.education.pk,
    }  # fmt: skip
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("SET work_mem = '256MB'")
        derived = Cost()
        with unchecked(owner):
            owner.execute(WRITE.format(**names))
            derived.take(lambda: owner.execute(DERIVE.format(columns=COLUMNS)))
        owner.execute("DROP TABLE IF EXISTS bench_flat")
        owner.execute(FLAT)
        owner.execute("GRANT SELECT ON bench_flat TO kc_app")
        vacuum(owner)
    table.row("all stretches worked out anew from the facts", f"{derived.ms / 1000:.1f} s")


@contextmanager
def unchecked(owner: Owner) -> Iterator[None]:
    """Without looking up what each of many million rows refers to: they were made to fit."""
    tables = "ARRAY['cases_student', 'cases_case', 'cases_standingchange', 'cases_stretch']::regclass[]"
    found = owner.execute(
        f"SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY({tables})"
    ).fetchall()
    for table, name, _definition in found:
        owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, definition in found:
        owner.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')


def vacuum(owner: Owner) -> None:
    """As the server does by itself a little later: until every page is known to be visible to all, which a look at it by autovacuum delays."""
    for name in ("cases_standingchange", "cases_stretch", "cases_case", "bench_flat"):
        for _ in range(60):
            owner.execute(f"VACUUM ANALYZE {name}")
            found = owner.execute("SELECT relallvisible >= 0.99 * relpages FROM pg_class WHERE oid = %s::regclass", [name]).fetchone()
            if found and found[0]:
                break
            time.sleep(1)


def look(work: Callable[[], Any]) -> Cost:
    work()  # the first look fills the server's memory
    cost = Cost()
    for _ in range(LOOKS):
        cost.take(work)
    return cost


def once(work: Callable[[], Any]) -> Cost:
    cost = Cost()
    cost.take(work)
    return cost


def in_turn(*works: Callable[[], Any]) -> list[Cost]:
    """What is compared is looked at in the same seconds, one after the other, so that a busy machine is busy for all."""
    costs = [look(work) for work in works]
    for _ in range(3 * LOOKS):
        for cost, work in zip(costs, works, strict=True):
            cost.take(work)
    return costs


def ratio(one: Cost, other: Cost) -> float:
    """The median of what one look cost beside the other's of the same moment: a look that a busy machine held up falls out of it."""
    return median(first / second for first, second in zip(one.seconds, other.seconds, strict=True))


def each_by_itself(until: date, as_of: datetime) -> None:
    """The province and every county's sheet, a count each: as `of_moment` did it before it counted once."""
    figures(2026, until, as_of)
    for row in figures(2026, until, as_of, level=Level.COUNTY)[1:]:
        if row.on_ledger.total or row.carried_over.total:
            figures(2026, until, as_of, Within(county=row.key), level=Level.TOWNSHIP)


@pytest.mark.parametrize("children", [100_000, 1_000_000])
def test_what_the_table_costs(place: Place, table: Table, children: int) -> None:
    table.section(f"the ledger of {children:,} children (median of {LOOKS})")
    world(place, children, table)
    [[facts]] = sql.ask("SELECT count(*) FROM cases_standingchange")
    assert facts > 3 * children
    total = figures(2026, UNTIL)[0]
    assert total.on_ledger.total == children
    assert total.still_out.total == children // 2

    raw, province, flat = in_turn(lambda: sql.ask(RAW_ROWS), lambda: figures(2026, UNTIL), lambda: sql.ask(RAW_FLAT))
    over_facts = look(lambda: sql.ask(RAW_FACTS))
    june, then = date(2026, 6, 30), datetime(2026, 7, 1, tzinfo=UTC)
    for title, cost in (
        ("raw SQL over the stretches", raw),
        ("raw SQL over one narrow row a child", flat),
        (f"raw SQL over the {facts:,} facts", over_facts),
        ("the province, 17 lines", province),
        ("the province, by county", look(lambda: figures(2026, UNTIL, level=Level.COUNTY))),
        ("the province, half a year ago", look(lambda: figures(2026, date(2026, 6, 30)))),
        ("the province, as of half a year ago", look(lambda: figures(2026, date(2026, 6, 30), datetime(2026, 7, 1, tzinfo=UTC)))),
        ("the province and every county's sheet, as of then, one count", look(lambda: of_moment(2026, 6, then))),
        ("the same, each county counted by itself (once: it takes long)", once(lambda: each_by_itself(june, then))),
        ("one county, by school", look(lambda: figures(2026, UNTIL, within=Within(county=place.area.code), level=Level.SCHOOL))),
        ("one county, who is behind one number", look(lambda: list(members(2026, UNTIL, Column.RETURNED, within=Within(place.area.code))))),
        ("one county, who moved within a month", look(lambda: moves(At.month(2026, 4), At.month(2026, 3), within=Within(place.area.code)))),
        ("one county, the year's trend", look(lambda: trend(2026, 12, within=Within(place.area.code)))),
    ):
        table.row(title, f"{cost.ms:.0f} ms", f"{cost.queries} queries", f"{cost.ms / raw.ms:.2f} x raw")
    beside = ratio(province, raw)
    table.row(f"THE PROVINCE BESIDE RAW SQL OF THE SAME GROUPING, median of {len(raw.seconds)} in turn", f"{beside:.2f} x raw", "at most 1.5")
    table.row("beside raw SQL over the narrow copy, which knows neither another day nor another moment", f"{ratio(province, flat):.2f} x")
    assert province.ms < over_facts.ms
    if children == 100_000:
        assert province.ms < 300
    else:
        assert beside <= 1.5, "at most half as much again as raw SQL of the same grouping"


def test_what_the_next_fact_costs(place: Place, on_ledger: Any, table: Table) -> None:
    """The stretches follow within the same transaction; a case that has many facts behind it already."""
    from cases.journal.services import record
    from cases.journal.verbs import Verb
    from cases.register.standing import log_standing

    entry = record(Verb.STUDENT_CHANGED, case=on_ledger, at=NOON)
    cost = Cost()
    for number in range(40):
        on_ledger.standing = ("returned", "still_out")[number % 2]
        cost.take(lambda: log_standing(on_ledger, entry, on=date(2026, 11, 3)))
    table.section("a further fact of a case on the ledger")
    for first, last in ((0, 5), (15, 20), (35, 40)):
        table.row(f"facts {first + 1} to {last}", f"{sorted(cost.seconds[first:last])[2] * 1000:.1f} ms")
