"""Lists that were made to do harm: they cost nothing, hide nothing, and stop nobody else's."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from cases.journal.refused import Refused
from cases.rosters import importing, working
from cases.rosters.models import Discrepancy, Roster, RosterRow
from cases.sheets.exports import read_export
from cases.sheets.reading import BadSheet
from tests.rosters.conftest import LATER
from tests.rosters.lists import book, bring, compared, line, number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.directory.models import User
    from cases.register.models import Case

DAY = LATER.date()


@pytest.mark.parametrize("broken", ["<a ", "<!--", "<![", "<![CDATA[", "</", "<?", "<td><b>", "&#", "<", "<tr>", "<td>"])
def test_a_page_that_never_ends_its_signs_is_read_at_once(broken: str) -> None:
    started = time.monotonic()
    try:
        read_export(BytesIO(b"<table><tr><td>x</td></tr>" + broken.encode() * 40_000))
    except BadSheet:
        pass
    assert time.monotonic() - started < 2


def test_a_page_is_still_read_as_offices_make_it() -> None:
    page = (
        '<html xmlns:x="urn"><head><!-- <td>no</td> --></head><body><table border=1><tr><th>姓名</th><th>状态</th></tr>'
        "<tr><td style='x'>张&nbsp;三&#12288;</td><td x:str><font>仍</font>辍学<br></td></tr>"
        "<TR><TD/><TD>a &lt; b &amp; c</TD></TR></table></body></html>"
    )
    assert [cells for _number, cells in read_export(BytesIO(page.encode()))._lines] == [["姓名", "状态"], ["张 三", "仍辍学"], ["", "a < b & c"]]


@pytest.mark.parametrize("data", [b"a\n" * 120_000, b"\n" * 400_000 + b"a", b"<table>" + b"<tr><td>a" * 120_000])
def test_a_list_without_end_is_refused_before_it_fills_the_memory(data: bytes) -> None:
    with pytest.raises(BadSheet):
        read_export(BytesIO(data))


def test_a_list_that_cannot_be_worked_on_stops_no_other(county: User, entered: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> None:
    case = entered()
    first = importing.bring(book([line(case.student)]), taken_on=DAY, by=county, now=LATER)
    second = importing.bring(book([line(case.student, status="复学")]), taken_on=DAY, by=county, now=LATER)
    read = importing.read

    def fail(roster: int) -> Any:
        if roster == first.pk:
            raise ZeroDivisionError
        return read(roster)

    monkeypatch.setattr(importing, "read", fail)
    assert working.work_all() == 2
    second.refresh_from_db()
    assert second.state == "read"


def test_a_number_in_the_column_of_names_is_not_kept(county: User, entered: Callable[..., Case]) -> None:
    case = entered()
    roster = bring([line(case.student, name=f"张三{number_of(case.student)}")], county, taken_on=DAY, now=LATER)
    assert roster.state == "refused"
    assert number_of(case.student) not in str(roster.faults)
    assert not RosterRow.objects.exists()


def test_a_school_brings_no_older_list_to_make_the_countys_differences_vanish(county: User, principal: User, entered: Callable[..., Case]) -> None:
    case, other = entered(), entered("别人")
    compared([line(other.student)], county, taken_on=DAY, now=LATER)
    assert Discrepancy.objects.get(settled="").case == case
    old = bring([line(other.student)], principal, taken_on=DAY - timedelta(days=60), now=LATER)
    assert old.state == "read", old.faults
    with pytest.raises(Refused):
        importing.confirm(old, by=principal)
    assert Discrepancy.objects.get(settled="").case == case
    new = bring([line(case.student), line(other.student)], principal, taken_on=DAY, now=LATER)
    assert importing.confirm(Roster.objects.get(pk=new.pk), by=principal).state == "comparing"
