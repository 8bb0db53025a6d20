"""The official workbook, as the appendix of notice 2023-6 prints it: headers, spelling, order of units, notes; the counties' sheets behind it.

The same table gives the same bytes: every date inside is that of the cut-off, none the clock's.
"""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cases.sheets.writing import footer, new_book, plain, sheet_name

if TYPE_CHECKING:
    from cases.ledger.tables import Table

# The appendix's own words: 台帐 in the head of the table, 台账 in its title.
GROUPS = ("台帐人数", "实际复学", "核减", "延缓入学", "仍辍学")
TOTAL, PRIORITY = "合计", "其中脱贫人口及防返贫监测对象"
NOTES = (
    "注：1.从2023年开始，月报台账不再统计之前的历史数据，以本年度1月份开始计算。",
    "2.纳入本台账进行管理的学生需同时录入中小学学籍信息系统控辍保学台账管理。",
)
A4 = 9
NAMED = 20  # counties that have not reported, as many as stand in two lines; the board of the month has them all
FIRST = 3  # the row of the whole, counted from 0: below the title and two rows of heads
LETTERS = "ABCDEFGHIJK"


def official_book(table: Table) -> bytes:
    """The workbook (xlsx): the table itself, then a sheet for each county that is in it."""
    target = BytesIO()
    book = new_book(target)
    book.set_properties({"title": table.title, "created": timezone.localtime(table.cut_off).replace(tzinfo=None)})
    styles = _styles(book)
    _sheet(book, styles, table, "台账")
    taken: set[str] = set()
    for below in table.below:
        name = sheet_name(below.name)
        taken.add(name)
        _sheet(book, styles, below, name)
    book.close()
    return target.getvalue()


def official_csv(table: Table) -> bytes:
    """The same table as text, with a byte order mark, so that office programs read the Chinese."""
    target = StringIO()
    lines: list[list[object]] = [[table.title], [table.place, *(f"{group}-{part}" for group in GROUPS for part in (TOTAL, PRIORITY))]]
    lines += [[line.name, *(number for pair in line.pairs for number in pair)] for line in table.lines]
    lines += [[note] for note in notes_of(table)]
    csv.writer(target).writerows([plain(cell) for cell in line] for line in lines)
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def notes_of(table: Table) -> list[str]:
    """The two notes of the appendix, and what the sheet must say of itself: its cut-off, and who is not counted in it."""
    state = "" if table.is_closed else "（未封账）"
    told = f"3.数据截止：{timezone.localtime(table.cut_off):%Y年%m月%d日 %H:%M}；往年结转仍辍学{table.beside[0]}人（不计入本表）{state}。"
    named = "、".join(table.missing[:NAMED]) + ("等" if len(table.missing) > NAMED else "")
    missing = [f"4.未上报{len(table.missing)}个县（市、区）：{named}。"] if table.missing else []
    return [*NOTES, told, *missing]


def _sheet(book: Any, styles: dict[str, Any], table: Table, name: str) -> None:
    page = book.add_worksheet(name)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 1)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.center_horizontally()
    page.set_column(0, 0, 16)
    page.set_column(1, 10, 11.5)
    page.set_row(0, 34)
    page.set_row(1, 24)
    page.set_row(2, 48)
    page.merge_range(0, 0, 0, 10, table.title, styles["title"])
    page.merge_range(1, 0, 2, 0, table.place, styles["head"])
    for number, group in enumerate(GROUPS):
        column = 1 + 2 * number
        page.merge_range(1, column, 1, column + 1, group, styles["head"])
        page.write_string(2, column, TOTAL, styles["head"])
        page.write_string(2, column + 1, PRIORITY, styles["head"])
    last = FIRST + len(table.lines) - 1
    for number, line in enumerate(table.lines):
        page.set_row(FIRST + number, 21)
        _line(page, styles, FIRST + number, line.name, line.pairs, last if number == 0 and len(table.lines) > 1 else None)
    below = last + 1
    for number, note in enumerate(notes_of(table)):
        if len(note) > 70:
            page.set_row(below + number, 15 * (1 + len(note) // 70))
        page.merge_range(below + number, 0, below + number, 10, note, styles["note"])
    page.print_area(0, 0, below + len(notes_of(table)) - 1, 10)
    page.repeat_rows(0, 2)
    page.set_footer(footer(table.name))


def _line(page: Any, styles: dict[str, Any], row: int, name: str, pairs: list[tuple[int, int]], last: int | None) -> None:
    """The whole adds up the lines below it (`last` is the lowest); 台帐人数 of each line adds up its four columns."""
    style = styles["whole"] if last else styles["cell"]
    page.write_string(row, 0, name, styles["whole_name"] if last else styles["name"])
    for group, pair in enumerate(pairs):
        for part, number in enumerate(pair):
            column = 1 + 2 * group + part
            if last:
                letter = LETTERS[column]
                page.write_formula(row, column, f"=SUM({letter}{row + 2}:{letter}{last + 1})", style, number)
            elif group == 0:
                summands = "+".join(f"{LETTERS[column + 2 * step]}{row + 1}" for step in range(1, len(GROUPS)))
                page.write_formula(row, column, f"={summands}", style, number)
            else:
                page.write_number(row, column, number, style)


def _styles(book: Any) -> dict[str, Any]:
    base = {"border": 1, "align": "center", "valign": "vcenter", "font_name": "宋体", "font_size": 11}
    whole = {**base, "bold": True, "bg_color": "#F2F2F2"}
    return {
        "title": book.add_format({"bold": True, "font_name": "宋体", "font_size": 18, "align": "center", "valign": "vcenter"}),
        "head": book.add_format({**base, "bold": True, "text_wrap": True}),
        "name": book.add_format(base),
        "cell": book.add_format({**base, "num_format": "0"}),
        "whole_name": book.add_format(whole),
        "whole": book.add_format({**whole, "num_format": "0"}),
        "note": book.add_format({"font_name": "宋体", "font_size": 10, "align": "left", "valign": "top", "text_wrap": True}),
    }
