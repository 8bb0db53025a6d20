"""A list of the school-roll system, line by line: what is usable, what is wrong in which cell, and no identity number in clear behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from cases.directory.models import Organisation, OrganisationKind
from cases.directory.scoping import under
from cases.register import identity
from cases.register.models import Standing
from cases.rosters.models import Roster, RosterRow
from cases.sheets.reading import BadSheet, Row, Sheet, Table, as_day, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FAULTS: Final = 1000  # kept of a list; nobody corrects more by hand

HEADERS: Final = {
    "name": ("姓名", "学生姓名", "名字", "name"),
    "identity": ("身份证件号", "身份证号", "身份证号码", "身份证件号码", "证件号码", "公民身份号码", "identity number"),
    "roll": ("学籍号", "全国学籍号", "全国统一学籍号", "学籍辅号", "school-roll number"),
    "born_on": ("出生日期", "出生年月日", "date of birth"),
    "school": ("学校", "学校名称", "所在学校", "学校标识码", "school"),
    "status": ("状态", "台账状态", "学生状态", "就读状态", "辍学状态", "当前状态", "status"),
    "entered_on": ("录入日期", "录入时间", "登记日期", "登记时间", "纳入台账日期", "entered on"),
}
NEEDED: Final = ("name", "identity", "status")

STANDINGS: Final[Mapping[str, Standing]] = {
    "疑似辍学": Standing.SUSPECTED, "疑似失学": Standing.SUSPECTED, "疑似": Standing.SUSPECTED, "suspected": Standing.SUSPECTED,
    "仍辍学": Standing.STILL_OUT, "辍学": Standing.STILL_OUT, "失学": Standing.STILL_OUT, "失学辍学": Standing.STILL_OUT,
    "未复学": Standing.STILL_OUT, "辍学未返校": Standing.STILL_OUT, "stillout": Standing.STILL_OUT,
    "复学": Standing.RETURNED, "已复学": Standing.RETURNED, "实际复学": Standing.RETURNED, "已返校": Standing.RETURNED, "劝返": Standing.RETURNED,
    "已劝返": Standing.RETURNED, "returned": Standing.RETURNED,
    "核减": Standing.DEDUCTED, "已核减": Standing.DEDUCTED, "deducted": Standing.DEDUCTED,
    "延缓入学": Standing.DEFERRED, "缓学": Standing.DEFERRED, "延缓": Standing.DEFERRED, "deferredenrolment": Standing.DEFERRED,
    "休学": Standing.ON_LEAVE, "请假": Standing.ON_LEAVE,
    "非辍学": Standing.NOT_DROPOUT, "在读": Standing.NOT_DROPOUT, "在校": Standing.NOT_DROPOUT,
}  # fmt: skip


@dataclass
class Reading:
    rows: list[RosterRow] = field(default_factory=list)
    faults: list[tuple[int, str, str, str]] = field(default_factory=list)  # row, column, heading, what is wrong
    unsure: int = 0


def read(sheet: Sheet, roster: Roster) -> Reading:
    """Every line as an unsaved row, or what is wrong with it. Raises BadSheet when the columns that are needed are not there."""
    table = sheet.table(HEADERS, needed=NEEDED)
    if not table.rows:
        raise BadSheet(_("There is nobody in the list."))
    reader = _Reader(table, roster)
    for row in table.rows:
        reader.take(row)
    return reader.reading


class _Reader:
    def __init__(self, table: Table, roster: Roster) -> None:
        self.table, self.roster, self.reading = table, roster, Reading()
        self.schools = dict(_schools(roster))
        self.seen: dict[str, int] = {}

    def take(self, row: Row) -> None:
        before = len(self.reading.faults)
        made = RosterRow(roster=self.roster, number=row.number, name=row["name"][:40], school_name=row["school"][:80])
        if not row["name"]:
            self._fault(row, "name", _("This cell is empty; perhaps it was merged with another, or is a formula without a value."))
        if identity.looks_like_identity(row["name"]):
            self._fault(row, "name", _("An identity number stands in the column of names; names are kept readable."))
        self._identity(row, made)
        self._roll(row, made)
        made.born_on = self._day(row, "born_on") or made.born_on
        made.entered_on = self._day(row, "entered_on")
        if made.entered_on and made.entered_on > self.roster.taken_on:
            self._fault(row, "entered_on", _("This day is later than the day of the list."))
        self._status(row, made)
        self._school(row, made)
        made.person = (
            made.id_hash
            or made.roll_hash
            or identity.hashed(f"{made.roll_number}|{made.name}|{made.born_on or ''}|{'' if made.roll_number else made.school_name}")
        )
        if first := self.seen.get(made.person):
            self._fault(row, "identity", _("The same child stands in row %(row)s.") % {"row": first})
        self.seen.setdefault(made.person, row.number)
        if len(self.reading.faults) == before:
            self.reading.rows.append(made)
            self.reading.unsure += made.id_unsound

    def _identity(self, row: Row, made: RosterRow) -> None:
        """A number that cannot be right is no fault of the file: the line is compared by what else it says, and the number is a difference."""
        try:
            number = identity.check(row["identity"])
            made.born_on = identity.born(number)
        except identity.BadIdentity:
            made.id_unsound = True
            return
        made.id_hash, made.id_head, made.id_tail = identity.hashed(number), number[:3], number[-4:]

    def _roll(self, row: Row, made: RosterRow) -> None:
        if inside := identity.inside_roll_number(row["roll"]):
            made.roll_hash = identity.hashed(inside)
        elif identity.looks_like_identity(row["roll"]):
            return  # an identity number in the wrong column is nobody's school-roll number, and is not kept
        made.roll_number = identity.masked_roll_number(row["roll"])[:24]

    def _day(self, row: Row, column: str) -> date | None:
        try:
            return as_day(row[column].split(" ")[0])
        except ValueError:
            self._fault(row, column, _("This is no day. Write it like 2026-09-01."))
            return None

    def _status(self, row: Row, made: RosterRow) -> None:
        word = row["status"].replace(" ", "").casefold()
        found = STANDINGS.get(word)
        if found is None:
            known = "、".join(dict.fromkeys(key for key in STANDINGS if not key.isascii()))
            self._fault(row, "status", _("This state is not known. Known are: %(states)s.") % {"states": known})
        else:
            made.standing = found

    def _school(self, row: Row, made: RosterRow) -> None:
        if self.roster.school_id:
            made.school_id = self.roster.school_id
            if row["school"] and self.schools.get(as_text(row["school"])) != self.roster.school_id:
                self._fault(row, "school", _("The list of a school holds its own children only."))
        elif row["school"]:
            made.school_id = self.schools.get(as_text(row["school"]))
            if made.school_id is None:
                self._fault(row, "school", _("There is no such school in your county. Write its name as in the directory, or its code."))

    def _fault(self, row: Row, column: str, problem: str) -> None:
        found = self.table.fault(row, column, problem)
        self.reading.faults.append((found.row, found.column, found.header, found.problem))


def _schools(roster: Roster) -> Iterator[tuple[str, int]]:
    """Names and codes of the county's schools; a name that two schools bear means neither."""
    found: dict[str, set[int]] = {}
    rows = Organisation.objects.filter(under("area_id", roster.county_id), kind=OrganisationKind.SCHOOL)
    for pk, name, code in rows.values_list("pk", "name", "code"):
        for word in filter(None, (as_text(name), code)):
            found.setdefault(word, set()).add(pk)
    return ((word, next(iter(schools))) for word, schools in found.items() if len(schools) == 1)
