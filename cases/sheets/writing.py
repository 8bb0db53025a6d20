"""Writing spreadsheets that offices open without surprise: text stays text, whatever it begins with."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.sheets.reading import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cases.sheets.watermark import Mark

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST: Final = 48  # characters
# A text that begins like a formula is written as text all the same: nothing that somebody typed is ever calculated.
_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def new_book(target: BytesIO) -> Any:
    """An XlsxWriter workbook that never turns text into formulas, links or numbers."""
    return xlsxwriter.Workbook(target, dict(_OPTIONS))


def put(page: Any, row: int, column: int, value: object, style: Any = None) -> None:
    """Write one cell by the kind of the value; every text through `write_string`."""
    if value is None or value == "":
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, style)
    elif isinstance(value, datetime):
        page.write_string(row, column, f"{timezone.localtime(value):%Y-%m-%d %H:%M}", style)
    elif isinstance(value, date):
        page.write_string(row, column, value.isoformat(), style)
    else:
        page.write_string(row, column, str(value), style)


def table_book(name: str, headers: Sequence[str], rows: Iterable[Sequence[object]], *, remark: str = "", mark: Mark | None = None) -> bytes:
    """A workbook with one table: header frozen and filterable, columns as wide as their text; `remark` stands under it, `mark` on each page."""
    target = BytesIO()
    book = new_book(target)
    page = book.add_worksheet(sheet_name(name))
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "border_color": "#C9D3E2", "valign": "vcenter", "text_wrap": True})
    cell = book.add_format({"border": 1, "border_color": "#DDE3EC", "valign": "top", "text_wrap": True})
    widths = [_width(header) for header in headers]
    for column, header in enumerate(headers):
        put(page, 0, column, header, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            put(page, last, column, value, cell)
            widths[column] = max(widths[column], _width(value))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width + 2, WIDEST))
    page.freeze_panes(1, 0)
    if mark:
        mark.stamp(page)
    if last:
        page.autofilter(0, 0, last, len(headers) - 1)
    if remark:
        put(page, last + 2, 0, remark)
    book.close()
    return target.getvalue()


# what makes a spreadsheet calculate a cell of a text table; East Asian ones take the wide signs, too, and some skip blanks before them
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same table as text, with the mark by which Excel knows UTF-8; a cell that begins like a formula gets an apostrophe before it."""
    target = StringIO()
    lines = csv.writer(target)
    lines.writerow(headers)
    lines.writerows([plain(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def plain(value: object) -> str | int:
    """A cell of a text table: numbers as they are, text that would be calculated with an apostrophe before it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    words = "" if value is None else str(value)
    return f"'{words}" if words.startswith(FORMULA_SIGNS) or words.lstrip().startswith(FORMULA_SIGNS) else words


def faults_book(faults: Iterable[Fault]) -> bytes:
    """The faults of an import, a line each, to be worked off beside the list."""
    headers = (_("Row"), _("Column"), _("Heading"), _("Value"), _("What is wrong"))
    return table_book(_("Faults"), headers, ((fault.row, fault.column, fault.header, fault.value, fault.problem) for fault in faults))


def footer(name: str) -> str:
    """The foot of a printed page: whose it is, and its number. An ampersand in a name is no code of the footer."""
    return f"&L{name.replace('&', '&&')}&R&P / &N"


def sheet_name(name: str) -> str:
    """Excel's rules for the name of a page: 31 characters, without []:*?/\\ and quotes at the ends."""
    return "".join("-" if sign in "[]:*?/\\" else sign for sign in name)[:31].strip("'") or "1"


def _width(value: object) -> int:
    # a Chinese character is as wide as two Latin ones
    return max((sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in str(value if value is not None else "").splitlines()), default=0)
