"""The month as of any moment: the province with every county's sheet from one count, the same numbers as each table counted by itself."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.directory.models import Area
from cases.ledger.figures import Level, Row, Within, figures
from cases.ledger.models import NUMBERS
from cases.ledger.recount import of_moment
from tests.cast import SHANGHAI
from tests.factories import Place
from tests.ledger.histories import World

AS_OF = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
UNTIL = date(2026, 11, 20)
LINES = {"42": Level.UNIT, "4205": Level.COUNTY}


def lines(rows: list[Row]) -> list[tuple[str, list[tuple[int, int]]]]:
    return [(row.name or "其他", [(getattr(row, name).total, getattr(row, name).priority) for name in NUMBERS]) for row in rows]


@pytest.mark.django_db
def test_one_count_gives_every_sheet_as_it_counts_by_itself(place: Place) -> None:
    World(place, Random(11)).live(120)
    filled = set()
    for unit in ("42", "4205"):
        area = Area.objects.get(pk=unit)
        table = of_moment(2026, 11, AS_OF, unit)
        alone = figures(2026, UNTIL, AS_OF, Within(county=unit), level=LINES[unit], total_name=area.name)
        assert [(line.name, line.pairs) for line in table.lines] == lines(alone)
        assert table.beside == (alone[0].carried_over.total, alone[0].carried_over.priority)
        counties = {row.key: row for row in figures(2026, UNTIL, AS_OF, Within(county=unit), level=Level.COUNTY)[1:]}
        with_children = [row.key for row in counties.values() if len(row.key) == 6 and (row.on_ledger.total or row.carried_over.total)]
        assert [sheet.name for sheet in table.below] == [Area.objects.get(pk=code).name for code in with_children]
        for code, sheet in zip(with_children, table.below, strict=True):
            own = figures(2026, UNTIL, AS_OF, Within(county=code), level=Level.TOWNSHIP, total_name=sheet.name)
            assert [(line.name, line.pairs) for line in sheet.lines] == lines(own)
            assert of_moment(2026, 11, AS_OF, code) == sheet
            filled.add(code)
    assert len(filled) > 2, "the histories move between counties"


@pytest.mark.django_db
def test_it_asks_as_much_for_a_province_as_for_a_county(place: Place) -> None:
    World(place, Random(3)).live(40)
    asked = {}
    for unit in ("42", place.area.pk):
        with CaptureQueriesContext(connection) as queries:
            of_moment(2026, 11, AS_OF, unit)
        asked[unit] = [query["sql"] for query in queries]
    assert [len(found) for found in asked.values()] == [3, 3]
    assert all(sum("cases_stretch" in sql for sql in found) == 1 for found in asked.values())
