"""What the figures of the ledger cost over many facts. Run by `make bench`."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger.figures import Column, Level, Within, figures, members
from cases.register.models import Standing, StandingChange
from tests.benchmarks.conftest import Table
from tests.benchmarks.many import COPIES, Many
from tests.benchmarks.stopwatch import Cost
from tests.cast import NOON
from tests.factories import Place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

CHILDREN, LOOKS = 30_000, 5
# The province's counties in turn; a fact each ten days: suspected, on the ledger, off it, and some back on it.
SPREAD = """
UPDATE cases_case SET county_id = county.code
FROM (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS number FROM cases_area WHERE level = 'county') county
WHERE mod(cases_case.id, county.number) = county.place AND cases_case.id > %s
"""
TELL = """
INSERT INTO cases_standingchange (case_id, episode, standing, occurred_on, recorded_at, enters_ledger, priority_household, county_id, entry_id)
SELECT id, 1, (ARRAY['suspected', 'still_out', (ARRAY['returned', 'deducted', 'deferred'])[mod(id, 3) + 1], 'still_out'])[step],
       date '2026-01-05' + mod(id, 200)::int + step * 10, now(), step IN (2, 4), CASE WHEN step IN (2, 4) THEN mod(id, 4) = 0 END,
       county_id, (%s::bigint[])[step]
FROM cases_case, generate_series(1, 4 - (mod(id, 2) = 0)::int) step WHERE id > %s
"""


def test_what_the_table_costs(place: Place, table: Table) -> None:
    many = Many(place, place.education, "county_officer")
    many.grow(CHILDREN)
    told = [record(Verb.LIST_EXPORTED, at=NOON).pk for _ in range(4)]
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, [COPIES])
        cursor.execute(TELL, [told, COPIES])
        cursor.execute("ANALYZE")
    assert StandingChange.objects.count() > 100_000
    until = date(2026, 12, 31)
    total = figures(2026, until)[0]
    assert total.on_ledger.total == StandingChange.objects.filter(standing=Standing.STILL_OUT).values("case").distinct().count()

    table.section(f"the ledger over {StandingChange.objects.count():,} facts about {CHILDREN:,} children (median of {LOOKS})")
    for title, work in (
        ("the province, 17 lines", lambda: figures(2026, until)),
        ("the province, by county", lambda: figures(2026, until, level=Level.COUNTY)),
        ("one county, by township", lambda: figures(2026, until, within=Within(county=place.area.code), level=Level.TOWNSHIP)),
        ("who is behind one number", lambda: list(members(2026, until, Column.RETURNED))),
    ):
        cost = Cost()
        for _ in range(LOOKS):
            cost.take(work)
        table.row(title, f"{cost.ms:.0f} ms", f"{cost.queries} queries")
