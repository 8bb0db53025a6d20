"""What a list of ten thousand children costs: read, looked at, compared. Run by `make bench`."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from cases.register import identity
from cases.rosters import comparing, importing, working
from cases.rosters.models import Discrepancy
from cases.sheets.writing import table_book
from tests.cast import NOON
from tests.rosters.lists import HEAD

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

pytestmark = [pytest.mark.django_db]

CHILDREN = 10_000
READ_WITHIN, COMPARED_WITHIN = 30.0, 10.0  # seconds


def _number(order: int) -> str:
    born_on = NOON.date().replace(year=2012, month=1, day=1) + timedelta(days=order // 400)
    first = f"420526{born_on:%Y%m%d}{order % 400 * 2:03d}"
    return first + identity.check_digit(first)


def test_ten_thousand_lines_are_read_and_compared_in_time(county: User, on_ledger: Case) -> None:
    later = NOON + timedelta(days=40)
    lines = [(f"学生{order}", _number(order), "", "", "", "仍辍学", "") for order in range(CHILDREN)]
    file = BytesIO(table_book("台账", HEAD, lines))
    began = time.perf_counter()
    roster = importing.bring(file, taken_on=later.date(), by=county, now=later)
    roster = working.work(roster.pk)
    read = time.perf_counter() - began
    assert (roster.state, roster.total) == ("read", CHILDREN), (roster.refusal, roster.faults[:3])
    began = time.perf_counter()
    assert comparing.preview(roster)["missing_here"] == CHILDREN
    importing.confirm(roster, by=county)
    working.work(roster.pk)
    compared = time.perf_counter() - began
    print(f"\nlist of {CHILDREN} children: read in {read:.1f} s, previewed and compared in {compared:.1f} s")
    assert Discrepancy.objects.filter(settled="").count() == CHILDREN + 1
    assert read < READ_WITHIN
    assert compared < COMPARED_WITHIN
