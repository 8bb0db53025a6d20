"""Lists as other systems export them: .xlsx, text with commas, or a web page that calls itself .xls."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import IO, TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from cases.sheets.reading import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, BadSheet, Sheet, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    lines = [(number, cells) for number, cells in enumerate(rows, start=1) if any(cells)]
    if len(lines) > MAX_ROWS:
        raise BadSheet(_("The spreadsheet has more than %(rows)s rows.") % {"rows": MAX_ROWS})
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


def _cells_of_text(text: str) -> Iterable[list[str]]:
    first = text.split("\n", 1)[0]
    mark = "\t" if first.count("\t") > first.count(",") else ","
    try:
        # an identity number is often written ="420…" so that Excel leaves it alone
        return [[as_text(_bare(cell)) for cell in line[:MAX_COLUMNS]] for line in csv.reader(StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as error:
        raise BadSheet(_("This is no spreadsheet. Export the list as .xlsx or .csv and try again.")) from error


def _bare(cell: str) -> str:
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell.removeprefix("'").strip("\t ")


def _cells_of_page(text: str) -> Iterable[list[str]]:
    page = _Tables()
    page.feed(text)
    page.close()
    return [[as_text(cell) for cell in line[:MAX_COLUMNS]] for line in page.lines]


class _Tables(HTMLParser):
    """The cells of every table of a page, row by row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.lines.append([])
            self._inside = False
        elif tag in {"td", "th"} and self.lines:
            self.lines[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr"}:
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.lines[-1][-1] += data
