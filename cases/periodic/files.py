"""A paper as a workbook or as text. The same paper gives the same bytes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from cases.periodic.documents import Cell, Paper, Section
from cases.sheets.writing import footer, new_book, plain, put, sheet_name

A4 = 9
LEAST, WIDE = 6, 8  # columns of the page at least; a table with more asks for a landscape page
MADE = datetime(2024, 4, 1)  # noqa: DTZ001  no time of day: every paper says this, so that equal papers are equal files


def paper_book(paper: Paper) -> bytes:
    """The workbook (xlsx): one page, a section below the other, ready for the printer."""
    target = BytesIO()
    book = new_book(target)
    book.set_properties({"title": paper.title, "created": MADE})
    styles = _styles(book)
    page = book.add_worksheet(sheet_name(paper.period))
    wide = max([LEAST, *(len(section.head) for section in paper.sections)])
    page.set_paper(A4)
    if wide > WIDE:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.center_horizontally()
    page.set_column(0, 0, 30)
    page.set_column(1, wide - 1, 12)
    page.set_row(0, 34)
    page.merge_range(0, 0, 0, wide - 1, paper.title, styles["title"])
    page.merge_range(1, 0, 1, wide - 1, f"{paper.unit}　{paper.period}", styles["middle"])
    page.merge_range(2, 0, 2, wide - 1, paper.remark, styles["remark"])
    row = 4
    for section in paper.sections:
        row = _section(page, styles, section, row, wide)
    page.print_area(0, 0, row, wide - 1)
    page.set_footer(footer(paper.unit))
    book.close()
    return target.getvalue()


def paper_csv(paper: Paper) -> bytes:
    """The same as text, with a byte order mark, so that office programs read the Chinese."""
    target = StringIO()
    lines: list[Sequence[Cell]] = [[paper.title], [paper.unit, paper.period], [paper.remark]]
    for section in paper.sections:
        lines += [[], *([words] for words in (section.heading,) if words), *(head for head in (section.head,) if head), *section.rows]
        lines += [[words] for words in (*section.words, section.note) if words]
    csv.writer(target).writerows([plain(cell) for cell in line] for line in lines)
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _section(page: Any, styles: dict[str, Any], section: Section, row: int, wide: int) -> int:
    """Writes a section from `row` on; returns the row after it."""
    if section.heading:
        page.write_string(row, 0, section.heading, styles["heading"])
        row += 1
    for column, words in enumerate(section.head):
        page.write_string(row, column, words, styles["head"])
    if section.head:
        page.set_row(row, 44)
        row += 1
    for number, cells in enumerate(section.rows):
        whole = section.whole and number == 0
        for column, cell in enumerate(cells):
            name = "name" if column == 0 or isinstance(cell, str) else "cell"
            put(page, row, column, cell, styles[f"whole_{name}" if whole else name])
        row += 1
    for words in section.words:
        page.merge_range(row, 0, row, wide - 1, words, styles["words"])
        page.set_row(row, 16 * (1 + words.count("\n") + len(words) // (wide * 7)))
        row += 1
    if section.note:
        page.merge_range(row, 0, row, wide - 1, section.note, styles["remark"])
        row += 1
    return row + 1


def _styles(book: Any) -> dict[str, Any]:
    base = {"border": 1, "valign": "vcenter", "font_name": "宋体", "font_size": 11, "text_wrap": True}
    whole = {**base, "bold": True, "bg_color": "#F2F2F2"}
    return {
        "title": book.add_format({"bold": True, "font_name": "宋体", "font_size": 18, "align": "center", "valign": "vcenter"}),
        "middle": book.add_format({"font_name": "宋体", "font_size": 12, "align": "center"}),
        "remark": book.add_format({"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True}),
        "heading": book.add_format({"bold": True, "font_name": "宋体", "font_size": 12}),
        "head": book.add_format({**base, "bold": True, "align": "center"}),
        "name": book.add_format({**base, "align": "left"}),
        "cell": book.add_format({**base, "align": "center", "num_format": "0"}),
        "whole_name": book.add_format({**whole, "align": "left"}),
        "whole_cell": book.add_format({**whole, "align": "center", "num_format": "0"}),
        "words": book.add_format({"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True, "border": 1}),
    }
