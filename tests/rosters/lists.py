"""Lists as the school-roll system exports them, made for a test."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from cases.register import identity
from cases.rosters import importing, working
from cases.rosters.models import Roster
from tests.cast import NOON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from cases.directory.models import User
    from cases.register.models import Student

HEAD = ("姓名", "身份证件号", "学籍号", "出生日期", "学校名称", "状态", "录入日期")


def book(rows: Sequence[Sequence[Any]], head: Sequence[Any] = HEAD, title: str = "控辍保学台账") -> BytesIO:
    """A workbook with a merged title above the header, as the system makes it."""
    made = Workbook()
    page = made.active
    assert page is not None
    page.append([title])
    page.merge_cells("A1:G1")
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    target = BytesIO()
    made.save(target)
    target.seek(0)
    return target


def number_of(student: Student) -> str:
    assert student.id_cipher
    return identity.decrypt(bytes(student.id_cipher), student.id_hash)


def line(student: Student, status: str = "仍辍学", **more: Any) -> tuple[Any, ...]:
    """The child as it should stand there."""
    cells = {
        "name": student.name, "number": number_of(student), "roll": "", "born_on": student.born_on.isoformat(),
        "school": student.school.name if student.school else "", "status": status, "entered_on": "",
    } | more  # fmt: skip
    return tuple(cells.values())


def bring(rows: Sequence[Sequence[Any]], by: User, *, taken_on: date, now: datetime = NOON, **more: Any) -> Roster:
    """Brought and read, not yet compared."""
    roster = importing.bring(book(rows, **more), taken_on=taken_on, by=by, now=now)
    return working.work(roster.pk)


def compared(rows: Sequence[Sequence[Any]], by: User, *, taken_on: date, now: datetime = NOON) -> Roster:
    """Brought, read, confirmed and compared."""
    roster = bring(rows, by, taken_on=taken_on, now=now)
    assert roster.state == "read", (roster.refusal, roster.faults)
    importing.confirm(roster, by=by)
    return working.work(roster.pk)
