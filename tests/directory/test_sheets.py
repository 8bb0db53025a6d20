"""Spreadsheets as offices have them."""

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from cases.sheets.reading import BadSheet, Sheet, as_day
from cases.sheets.writing import table_book

HEADERS = {"name": ("姓名", "name"), "day": ("日期",)}


def written(*rows: Any) -> Any:
    book = Workbook()
    page: Any = book.active
    for row in rows:
        page.append(row)
    file = BytesIO()
    book.save(file)
    return file


def test_the_header_is_found_under_a_title_and_whatever_its_decoration() -> None:
    rows = [["某县名册"], [], ["序号", "* 姓 名（必填）", "日期："], [1, " 张三 ", date(2026, 9, 1)], [None, None, None]]
    table = Sheet.read(written(*rows)).table(HEADERS, needed=("name",))
    assert [(row.number, row["name"], row["day"]) for row in table.rows] == [(4, "张三", "2026-09-01")]


def test_numbers_and_full_width_digits_become_what_a_person_reads() -> None:
    table = Sheet.read(written(["姓名", "日期"], [13800001111.0, "２０２６－９－１"])).table(HEADERS, needed=("name",))
    assert [(row["name"], row["day"]) for row in table.rows] == [("13800001111", "2026-9-1")]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSheet, match="日期"):
        Sheet.read(written(["姓名"], ["张三"])).table(HEADERS, needed=("name", "day"))


@pytest.mark.parametrize("content", [b"", b"not a spreadsheet", b"PK\x03\x04broken"])
def test_what_is_no_spreadsheet_is_refused(content: Any) -> None:
    with pytest.raises(BadSheet):
        Sheet.read(BytesIO(content))


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (201 * 1024 * 1024))
    with pytest.raises(BadSheet):
        Sheet.read(file)


@pytest.mark.parametrize("text", ["2026-09-01", "2026/9/1", "2026.9.1", "20260901", "2026年9月1日"])
def test_a_day_is_read_however_it_is_written(text: Any) -> None:
    assert as_day(text) == date(2026, 9, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "9月1日"])
def test_what_is_no_day_is_no_day(text: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any of them)
        as_day(text)


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "http://example.org"])
def test_nothing_that_somebody_typed_becomes_a_formula_or_a_link(text: Any) -> None:
    cell = load_workbook(BytesIO(table_book("x", ("a",), [(text,)]))).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
