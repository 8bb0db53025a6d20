"""The official workbook against the appendix of the notice, and the list of names that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from cases.directory.models import User
from cases.journal.models import Entry
from cases.ledger import tables
from cases.ledger.drawing import draw_up_month
from cases.ledger.models import Report
from cases.ledger.namelist import HEADS, Export, names_book
from cases.ledger.workbook import official_book, official_csv
from cases.register.models import Case
from cases.sheets.writing import footer
from tests.cast import SHANGHAI
from tests.ledger.test_figures import UNITS

TWELFTH = datetime(2026, 11, 12, 6, 30, tzinfo=SHANGHAI)
Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def october(db: None, clock: Clock) -> None:
    clock(datetime(2026, 10, 17, 9, tzinfo=SHANGHAI))


@pytest.fixture
def month(on_ledger: Case, county: User, province: User, clock: Clock) -> Report:
    clock(TWELFTH)
    draw_up_month(2026, 11, now=TWELFTH)
    drawn_up: Report = Report.objects.get()
    return drawn_up


def test_the_workbook_is_the_appendix(month: Report) -> None:
    book = load_workbook(BytesIO(official_book(tables.of_month(2026, 11))))
    page = book.worksheets[0]
    assert page["A1"].value == "义务教育控辍保学台账-2026年11月"
    assert [page.cell(2, column).value for column in (1, 2, 4, 6, 8, 10)] == ["市州", "台帐人数", "实际复学", "核减", "延缓入学", "仍辍学"]
    assert [page.cell(3, column).value for column in range(2, 12)] == ["合计", "其中脱贫人口及防返贫监测对象"] * 5
    assert [page.cell(row, 1).value for row in range(4, 22)] == ["湖北省", *UNITS]
    notes = page["A22"].value, page["A23"].value
    assert notes[0].startswith("注：1.从2023年开始")
    assert notes[1].startswith("2.纳入本台账进行管理的学生需同时录入")
    assert "2026年11月12日 06:30" in page["A24"].value
    assert {"A1:K1", "A2:A3", "B2:C2", "D2:E2", "F2:G2", "H2:I2", "J2:K2", "A22:K22", "A23:K23"} <= {str(area) for area in page.merged_cells.ranges}
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    fit = page.sheet_properties.pageSetUpPr
    assert fit is not None
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight or 1, fit.fitToPage) == (1, 1, True), "one page; 1 is what is left out"
    assert [sheet.title for sheet in book.worksheets] == ["台账", "兴山县"]


def test_its_formulas_have_their_values(month: Report) -> None:
    data = official_book(tables.of_month(2026, 11))
    formulas, values = load_workbook(BytesIO(data)).worksheets[0], load_workbook(BytesIO(data), data_only=True).worksheets[0]
    assert (formulas["B4"].value, formulas["B8"].value) == ("=SUM(B5:B21)", "=D8+F8+H8+J8")
    assert [values.cell(4, column).value for column in range(2, 12)] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert [values.cell(8, column).value for column in (1, 2, 10)] == ["宜昌市", 1, 1]


def test_the_same_month_comes_out_byte_for_byte_the_same(month: Report, clock: Clock) -> None:
    first = official_book(tables.of_month(2026, 11))
    clock(datetime(2027, 3, 1, 9, tzinfo=SHANGHAI))
    Case.objects.update(priority_household=True)
    assert official_book(tables.of_month(2026, 11)) == first


def test_the_text_says_the_same(month: Report) -> None:
    lines = official_csv(tables.of_month(2026, 11, "420526")).decode("utf-8-sig").splitlines()
    assert lines[0] == "义务教育控辍保学台账-2026年11月"
    assert lines[2] == "兴山县,1,0,0,0,0,0,0,0,1,0"


def test_the_names_are_masked_marked_and_only_what_one_may_see(month: Report, county: User, province: User, stranger: User) -> None:
    edition = tables.latest_editions(2026, 11)
    heads = [name for name, _width in HEADS]

    def row(by: User, *, full: bool = False) -> dict[str, object]:
        data, count = names_book(edition, Export(by, TWELFTH, full))
        page = load_workbook(BytesIO(data)).worksheets[0]
        assert count == page.max_row - 1 == 1
        header = page.oddHeader
        assert header is not None
        assert by.name in str(header.left.text)
        return dict(zip(heads, (cell.value for cell in page[2]), strict=True))

    seen = row(county)
    student = Case.objects.select_related("student").get().student
    assert (seen["姓名"], seen["身份证件号"], seen["台账栏目"]) == (student.name, student.masked_identity, "仍辍学")
    whole = str(row(county, full=True)["身份证件号"])
    assert whole.endswith(student.id_tail)
    assert "*" not in whole
    assert row(stranger)["姓名"] is None, "who may not see the case gets its number alone"


def test_the_command_writes_what_the_pages_give(month: Report, county: User, tmp_path: Path) -> None:
    out, names = tmp_path / "ledger.xlsx", tmp_path / "names.xlsx"
    call_command("ledger", "--month", "2026-11", "--out", str(out), "--names", str(names), "--as", county.username, "--purpose", "报送省厅")
    assert out.read_bytes() == official_book(tables.of_month(2026, 11))
    assert names.stat().st_size > 0
    assert Entry.objects.get(verb="list.exported").remark.text == "报送省厅"
    call_command("ledger", month="2026-11", as_of="2026-10-01", unit="4205", out=str(out))
    assert load_workbook(out, data_only=True).worksheets[0]["B4"].value == 0, "the child was not on the ledger then"
    for wrong in ({"month": "2026-13"}, {"unit": "99"}, {"month": "2025-01"}):
        with pytest.raises(CommandError):
            call_command("ledger", **{"month": "2026-11", "out": str(out), **wrong})


def test_the_command_gives_identity_numbers_only_to_who_may_see_them_and_says_why(
    month: Report, county: User, teacher: User, inspector: User, tmp_path: Path
) -> None:
    out, names = str(tmp_path / "ledger.xlsx"), tmp_path / "names.xlsx"

    def run(*more: str) -> str:
        call_command("ledger", "--month", "2026-11", "--out", out, "--names", str(names), *more)
        return str(load_workbook(names).worksheets[0].cell(2, 11).value)

    names.touch(0o644)
    assert "*" in run(), "nobody's account: masked"
    assert names.stat().st_mode & 0o777 == 0o600, "and nobody else's on this machine"
    with pytest.raises(CommandError, match="identity number"):
        run("--as", county.username, "--purpose", "核对 110105-1949-1231-002X")
    for wrong in (["--unmask"], ["--unmask", "--as", "county"], ["--unmask", "--purpose", "公安协查"]):
        names.unlink()
        with pytest.raises(CommandError, match="journal"):
            run(*wrong)
        assert not names.exists()
        names.touch()
    for nobody in ("nobody", teacher.username, inspector.username):
        with pytest.raises(CommandError, match="--as"):
            run("--unmask", "--as", nobody, "--purpose", "公安协查")
    assert "*" in run("--as", county.username)
    assert "*" not in run("--unmask", "--as", county.username, "--purpose", "公安协查")
    last = Entry.objects.filter(verb="list.exported").latest("pk")
    assert (last.actor, last.data["full"], last.remark.text) == (county, True, "公安协查")


def test_a_name_with_an_ampersand_stands_in_the_foot_of_the_page_as_it_is() -> None:
    assert footer("A&B学校") == "&LA&&B学校&R&P / &N"
