"""What the list of names of 10,000 children and the province's workbook cost. Run by `make bench`."""

from __future__ import annotations

from datetime import datetime
from time import perf_counter, process_time

import pytest
from django.db import connection

from cases.directory.models import User
from cases.ledger import tables
from cases.ledger.drawing import draw_up_month
from cases.ledger.models import Report, ReportName
from cases.ledger.namelist import Export, names_book
from cases.ledger.workbook import official_book
from tests.benchmarks.conftest import Table
from tests.benchmarks.copies import COPIES
from tests.benchmarks.many import Many
from tests.cast import SHANGHAI
from tests.factories import Place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

NAMES = 10_000
NOW = datetime(2026, 11, 12, 6, 30, tzinfo=SHANGHAI)


def test_what_the_names_cost(place: Place, table: Table, county: User) -> None:
    Many(place, place.education, "county_officer").grow(NAMES + 1)
    draw_up_month(2026, 11, now=NOW)
    edition = Report.objects.get(unit=place.area).editions.get()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO cases_reportname (edition_id, case_id, "column", priority, township, school)
               SELECT %s, id, 'still_out', false, left(place_id, 9), school_id FROM cases_case WHERE id > %s ON CONFLICT DO NOTHING""",
            [edition.pk, COPIES],
        )
        cursor.execute("ANALYZE")
    heard: list[int] = []
    began, busy = perf_counter(), process_time()
    book, count = names_book([edition], Export(county, NOW), progress=lambda done, of: heard.append(done))
    names, busy = perf_counter() - began, process_time() - busy
    assert count == ReportName.objects.count() >= NAMES
    assert heard[-1] == count
    began = perf_counter()
    official = official_book(tables.of_month(2026, 11))
    table.section("the month as files")
    table.row(
        f"list of {count:,} names, {len(book) / 1e6:.1f} MB", f"{names:.2f} s", f"{busy:.2f} s of the processor, {len(heard)} signs of progress"
    )
    table.row(f"official workbook, {len(official) / 1e3:.0f} kB", f"{(perf_counter() - began) * 1000:.0f} ms", "")
    assert names < 5
