"""Reading spreadsheets as offices have them: a title above the header, headers worded this way or that, numbers typed as text."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_BYTES: Final = 10 * 1024 * 1024  # of the file as sent
MAX_UNPACKED: Final = 32 * 1024 * 1024  # of what a small file could blow up into
MAX_BESIDE: Final = 2 * 1024 * 1024  # of each part that is neither cells nor texts: it becomes a tree in memory, fifty times its size
MAX_RATIO: Final = 100  # of a part larger than that; spreadsheets that people made pack to a tenth
MAX_ROWS: Final = 50_000
HEADER_WITHIN: Final = 20  # rows from the top in which the header is looked for
MAX_COLUMNS: Final = 200


class BadSheet(Exception):
    """The file cannot be read as a spreadsheet, or has not the columns that are needed; the words say which."""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; `row` and `column` as the spreadsheet shows them, `value` as it stands there."""

    row: int
    column: str
    header: str
    value: str
    problem: str


@dataclass(frozen=True)
class Row:
    """One line under the header: the cells by the names that the caller gave the columns, empty ones as ""."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass
class Table:
    rows: list[Row]
    columns: dict[str, tuple[str, str]]  # name → letter and header as it stands in the file
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: Row, name: str, problem: str) -> Fault:
        letter, header = self.columns.get(name, ("", ""))
        return Fault(row.number, letter, header, row[name], problem)


class Sheet:
    """The first worksheet with anything in it, held as text: small enough by the limits above."""

    def __init__(self, lines: list[tuple[int, list[str]]]) -> None:
        self._lines = lines

    @classmethod
    def read(cls, file: IO[bytes]) -> Sheet:
        """Raises BadSheet for anything that is no .xlsx of a sensible size."""
        _refuse_bombs(file)
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises whatever its parsers raise
            raise BadSheet(_("This is not an Excel file (.xlsx). Save it as .xlsx and try again.")) from error
        try:
            for page in book.worksheets:
                lines = list(_lines(page.iter_rows(max_col=MAX_COLUMNS, values_only=True)))
                if lines:
                    return cls(lines)
        except BadSheet:
            raise
        except Exception as error:
            raise BadSheet(_("The Excel file is damaged. Open it, save it anew and try again.")) from error
        finally:
            book.close()
        raise BadSheet(_("The spreadsheet is empty."))

    def table(self, headers: Mapping[str, Sequence[str]], *, needed: Sequence[str]) -> Table:
        """The lines under the header. `headers` gives for each name of a column the headings that mean it; `needed` must be there.

        The header is the first line in which all needed columns stand. Raises BadSheet naming the missing ones.
        """
        meanings = {_plain(heading): name for name, headings in headers.items() for heading in headings}
        best: dict[str, int] = {}
        for index, (_number, cells) in enumerate(self._lines[:HEADER_WITHIN]):
            found: dict[str, int] = {}
            for column, cell in enumerate(cells):
                name = meanings.get(_plain(cell))
                if name and name not in found:
                    found[name] = column
            if all(name in found for name in needed):
                return self._under(index, found)
            best = max(best, found, key=len)
        missing = [headers[name][0] for name in needed if name not in best]
        raise BadSheet(_("These columns are missing: %(columns)s.") % {"columns": "、".join(missing)})

    def _under(self, index: int, found: Mapping[str, int]) -> Table:
        header = self._lines[index][1]
        columns = {name: (get_column_letter(column + 1), header[column]) for name, column in found.items()}
        rows = []
        for number, cells in self._lines[index + 1 :]:
            values = {name: cells[column] if column < len(cells) else "" for name, column in found.items()}
            if any(values.values()):
                rows.append(Row(number, values))
        return Table(rows, columns)


def as_day(text: str) -> date | None:
    """2026-09-01, 2026/9/1, 2026.9.1, 20260901 or 2026年9月1日; None for an empty cell. Raises ValueError for anything else."""
    if not text:
        return None
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if not parts:
        raise ValueError(text)
    year, month, day = (int(part) for part in parts.groups())
    return date(year, month, day)


def _lines(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise BadSheet(_("The spreadsheet has more than %(rows)s rows.") % {"rows": MAX_ROWS})
        cells = [as_text(value) for value in values]
        if any(cells):
            yield number, cells


def as_text(value: object) -> str:
    """A cell as a person reads it: whole numbers without ".0", days as 2026-09-01, full-width digits as plain ones."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # NFKC also turns the ideographic space and full-width letters and digits into plain ones, which the keyboards of offices produce
    return unicodedata.normalize("NFKC", str(value)).replace("\u200b", "").replace("\0", "").strip()


def _plain(heading: str) -> str:
    """A heading without stars, remarks in brackets and spaces: "* 姓 名（必填）" is 姓名."""
    text = unicodedata.normalize("NFKC", heading)
    return re.sub(r"\(.*?\)|[\s*:：]", "", text).casefold()


def _refuse_bombs(file: IO[bytes]) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > MAX_BYTES:
        raise BadSheet(_("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // 1024 // 1024})
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadSheet(_("This is not an Excel file (.xlsx). Save it as .xlsx and try again.")) from error
    if sum(member.file_size for member in members) > MAX_UNPACKED or any(map(_is_bomb, members)):
        raise BadSheet(_("The file unpacks to an unreasonable size."))
    file.seek(0)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    if member.file_size <= MAX_BESIDE:
        return False
    is_data = member.filename.startswith("xl/worksheets/") or member.filename == "xl/sharedStrings.xml"
    is_media = member.filename.startswith("xl/media/")  # never opened
    return not (is_data or is_media) or member.file_size > MAX_RATIO * member.compress_size
