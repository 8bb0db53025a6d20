"""Lists as they come: broken ones lose nothing, and no identity number stays in clear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from cases.directory.capabilities import NotAllowed
from cases.rosters import comparing, importing, working
from cases.rosters.models import Discrepancy, Roster, RosterFile, RosterRow
from tests.factories import identity_number
from tests.rosters.conftest import LATER
from tests.rosters.lists import HEAD, book, bring, line, number_of

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

DAY = LATER.date()
Make = Callable[..., "Case"]


def brought(data: bytes, by: User) -> Roster:
    return working.work(importing.bring(BytesIO(data), taken_on=DAY, by=by, now=LATER).pk)


def test_a_missing_column_is_named(county: User) -> None:
    roster = bring([("张三", "仍辍学")], county, taken_on=DAY, head=("姓名", "状态"))
    assert roster.state == "refused"
    assert "身份证件号" in roster.refusal
    assert not RosterRow.objects.exists()
    assert not RosterFile.objects.exists()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"born_on": "二〇一三年五月"}, "D"),
        ({"status": "不知道"}, "F"),
        ({"school": "没有的学校"}, "E"),
        ({"name": ""}, "A"),
        ({"entered_on": "2026-13-40"}, "G"),
        ({"name": "=A1"}, "A"),  # a formula that no program calculated has no value
        ({"entered_on": "2027-01-01"}, "G"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_kept(entered: Make, county: User, change: dict[str, Any], column: str) -> None:
    case, good = entered(), entered("好行")
    roster = bring([line(good.student), line(case.student, **change)], county, taken_on=DAY)
    assert roster.state == "refused"
    assert [(row, letter) for row, letter, _header, _problem in roster.faults] == [(4, column)]
    assert number_of(case.student) not in str(roster.faults)
    assert not RosterRow.objects.exists()
    assert not Discrepancy.objects.exists()


def test_merged_cells_leave_empty_ones_that_are_named(entered: Make, county: User) -> None:
    case = entered()
    made = book([line(case.student), (None, *line(case.student)[1:])])
    roster = working.work(importing.bring(made, taken_on=DAY, by=county, now=LATER).pk)
    problems = [problem for _row, _column, _header, problem in roster.faults]
    assert len(problems) == 2  # no name, and the same child twice
    assert roster.state == "refused"


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04broken", b"\x00\x01\x02\xff\xfe\x00", b"nothing useful"])
def test_what_is_no_list_is_refused_with_words(county: User, data: bytes) -> None:
    roster = brought(data, county)
    assert roster.state == "refused"
    assert roster.refusal


def test_text_and_pages_that_call_themselves_excel_are_read(entered: Make, county: User) -> None:
    case = entered()
    cells = line(case.student)
    text = ",".join(HEAD) + "\r\n" + ",".join(f'="{cell}"' if str(cell).isdigit() else str(cell) for cell in cells) + "\r\n"
    page = "<html><table><tr>" + "".join(f"<th>{cell}</th>" for cell in HEAD) + "</tr><tr>"
    page += "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table></html>"
    for data in (text.encode("gb18030"), text.encode("utf-8-sig"), page.encode()):
        roster = brought(data, county)
        assert (roster.state, roster.total) == ("read", 1), roster.refusal
        assert comparing.preview(roster) == dict.fromkeys(comparing.preview(roster), 0)


def test_the_same_list_twice_is_one_list(entered: Make, county: User) -> None:
    data = book([line(entered().student)]).getvalue()
    first = brought(data, county)
    with pytest.raises(importing.KnownList) as known:
        brought(data, county)
    assert known.value.roster == first
    importing.discard(first, by=county, now=LATER)
    assert not RosterRow.objects.exists()
    assert brought(data, county).state == "read"


def test_looking_first_enters_nothing(entered: Make, county: User) -> None:
    case = entered()
    roster = bring([line(case.student, "已复学")], county, taken_on=DAY)
    assert comparing.preview(roster)["status"] == 1
    assert not Discrepancy.objects.exists()
    assert RosterRow.objects.get().student is None


def test_no_identity_number_stays_in_clear(entered: Make, county: User) -> None:
    case = entered()
    number = number_of(case.student)
    made = importing.bring(book([line(case.student, roll=f"G{number}")]), taken_on=DAY, by=county, now=LATER)
    assert number.encode() not in bytes(RosterFile.objects.get().sealed)
    working.work(made.pk)
    kept = str(list(RosterRow.objects.values())) + str(list(Roster.objects.values()))
    assert number not in kept
    assert number[6:14] not in kept.replace("-", "x")
    assert not RosterFile.objects.exists()


def test_a_reader_who_was_killed_is_followed_by_one_who_goes_on(entered: Make, county: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [entered(f"学生{number}") for number in range(3)]
    monkeypatch.setattr(importing, "CHUNK", 1)
    roster = importing.bring(book([line(case.student) for case in cases]), taken_on=DAY, by=county, now=LATER)
    keep, calls = importing._keep_some, [0]

    def killed(*args: Any) -> bool:
        calls[0] += 1
        if calls[0] == 3:
            raise KeyboardInterrupt
        return keep(*args)

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_keep_some", killed)
        with pytest.raises(KeyboardInterrupt):
            working.work(roster.pk)
    assert Roster.objects.get().read_to == 2
    working.work_all()
    assert Roster.objects.get().state == "read"
    assert RosterRow.objects.count() == 3


def test_a_school_brings_its_own_children_only(entered: Make, principal: User, teacher: User, place: Place) -> None:
    case = entered()
    roster = bring([line(case.student, school="别的学校")], principal, taken_on=DAY)
    assert roster.school == place.school
    assert roster.state == "refused"
    with pytest.raises(NotAllowed):
        bring([line(case.student)], teacher, taken_on=DAY + timedelta(days=1))


def test_a_list_of_today_may_say_nothing_of_tomorrow(county: User, place: Place) -> None:
    roster = bring(
        [("张三", identity_number(), "", "2013-05-04", place.school.name, "仍辍学", (DAY + timedelta(days=1)).isoformat())], county, taken_on=DAY
    )
    assert roster.state == "refused"
