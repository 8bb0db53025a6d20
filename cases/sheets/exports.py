"""Lists as other systems export them: .xlsx, text with commas, or a web page that calls itself .xls."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import BytesIO, StringIO
from typing import IO, TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from cases.sheets.reading import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, BadSheet, Sheet, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKED: Final = b"PK\x03\x04"
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
ENCODINGS: Final = ("utf-8-sig", "gb18030")  # what office programs in China write


def read_export(file: IO[bytes]) -> Sheet:
    """The first table of the file, whatever its name ends in. Raises BadSheet, which says what to do."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadSheet(_("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // 1024 // 1024})
    if not data.strip():
        raise BadSheet(_("The file is empty."))
    if data.startswith(PACKED):
        return Sheet.read(BytesIO(data))
    if data.startswith(OLD_EXCEL):
        raise BadSheet(_("This is the old Excel format (.xls). Open it, save it as .xlsx and try again."))
    text = _decoded(data)
    start = text.lstrip()[:500].lower()
    rows = _cells_of_page(text) if start.startswith("<") and ("<table" in text.lower()) else _cells_of_text(text)
    lines: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(rows, start=1):
        # stopped while it is read: a small file of empty lines would fill the memory
        if len(lines) == MAX_ROWS or number > 2 * MAX_ROWS:
            raise BadSheet(_("The spreadsheet has more than %(rows)s rows.") % {"rows": MAX_ROWS})
        if any(cells):
            lines.append((number, cells))
    if not lines:
        raise BadSheet(_("The spreadsheet is empty."))
    return Sheet(lines)


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadSheet(_("This is no spreadsheet. Export the list as .xlsx or .csv and try again."))


def _cells_of_text(text: str) -> Iterator[list[str]]:
    first = text.split("\n", 1)[0]
    mark = "\t" if first.count("\t") > first.count(",") else ","
    try:
        for line in csv.reader(StringIO(text, newline=""), delimiter=mark):
            # an identity number is often written ="420…" so that Excel leaves it alone
            yield [as_text(_bare(cell)) for cell in line[:MAX_COLUMNS]]
    except csv.Error as error:
        raise BadSheet(_("This is no spreadsheet. Export the list as .xlsx or .csv and try again.")) from error


def _bare(cell: str) -> str:
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell.removeprefix("'").strip("\t ")


# A tag never reaches over the beginning of the next one, so that the time grows with the length of the page whatever stands in it; the parser
# of the standard library takes minutes for 60 KB of tags that never end.
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
CELLS: Final = {"td", "th"}


def _cells_of_page(text: str) -> Iterator[list[str]]:
    """The cells of every table of a page, row by row."""
    line: list[str] | None = None
    cell: list[str] | None = None  # the pieces of the text of the cell in which we are
    at = 0
    text = _without_comments(text)
    for tag in TAG.finditer(text):
        if cell is not None:
            cell.append(text[at : tag.start()])
        at, closes, name = tag.end(), bool(tag[1]), tag[2].lower()
        if name not in CELLS and name != "tr":
            continue
        if cell is not None and line is not None and len(line) < MAX_COLUMNS:
            line.append(as_text(unescape("".join(cell))))
        cell = [] if name in CELLS and not closes and line is not None else None
        if name == "tr" and not closes:
            if line is not None:
                yield line
            line = []
    if cell is not None and line is not None:
        line.append(as_text(unescape("".join([*cell, text[at:]]))))
    if line is not None:
        yield line


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        kept.append(text[at:begin])
        end = text.find("-->", begin)
        if end < 0:
            return "".join(kept)
        at = end + len("-->")
    return "".join([*kept, text[at:]])
