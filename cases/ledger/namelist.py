"""The list of names that goes with the table (notice 2023-6, section 3): one line a child, with what offices ask of it (reference 2.2).

Identity numbers are masked unless whoever exports may see them and says why. Every sheet says who took it out and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.db.models import Count, Max
from django.utils import timezone

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.capabilities import Capability, posts_that
from cases.directory.scoping import case_scope
from cases.ledger.models import Edition, NameColumn, ReportName
from cases.register import identity
from cases.register.models import Case, Clearance, ClearanceState, Guardian, Outcome, Sex, Standing
from cases.sheets.watermark import Mark
from cases.sheets.writing import put

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User

CHUNK = 2000
CONSOLE = "服务器", "manage.py"  # takes the list out where nobody's account does
SIGNS = 500  # names between two signs of progress
OPTIONS = {"constant_memory": True, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
HEADS: list[tuple[str, int]] = [  # the official words, and how wide
    ("序号", 6), ("年度", 6), ("月份", 6), ("县（市、区）", 12), ("台账栏目", 12), ("脱贫人口及防返贫监测对象", 10), ("个案编号", 20),
    ("姓名", 10), ("性别", 6), ("民族", 8), ("身份证件号", 21), ("出生日期", 11), ("学籍号", 21), ("户籍地", 14), ("现居住地", 14), ("家庭住址", 22),
    ("学校", 22), ("年级", 6), ("班级", 10), ("监护人", 10), ("关系", 8), ("联系电话", 14), ("务工地", 14), ("特殊群体", 20), ("发现渠道", 14),
    ("发现日期", 11), ("最后到校日期", 11), ("纳入台账日期", 11), ("辍学原因", 14), ("失学次数", 8), ("乡镇责任单位", 20), ("村（居）责任单位", 20),
    ("劝返次数", 8), ("最近劝返日期", 11), ("处置结果", 12), ("安置方式或核减、延缓原因", 20), ("结果日期", 11), ("录入学籍系统日期", 11),
]  # fmt: skip


Row = dict[str, Any]
COLUMNS = (
    "pk", "episode", "standing", "channel", "reason", "opened_at", "last_attended_on", "entered_ledger_on", "in_roll_ledger_on", "student_id",
    "student__name", "student__sex", "student__nationality", "student__id_head", "student__id_tail", "student__born_on", "student__roll_number",
    "student__registered_at__name", "student__lives_at__name", "student__address", "student__groups", "school__name", "school_class__grade",
    "school_class__name", "township__name", "village__name",
)  # fmt: skip
LISTS = {Outcome.RETURNED: CodeList.PLACEMENT, Outcome.DEDUCTED: CodeList.GROUND, Outcome.DEFERRED: CodeList.DEFERRAL_GROUND}


@dataclass(frozen=True)
class Export:
    """Who takes the list out, when, and whether with identity numbers in full. `by` None: whoever runs the server, never in full."""

    by: User | None
    now: datetime
    full: bool = False


def names_book(editions: Iterable[Edition], export: Export, *, progress: Callable[[int, int], None] = lambda done, of: None) -> tuple[bytes, int]:
    """The workbook and how many children it names. `progress` hears how far it is. A child whose case now belongs to somebody else is named
    by the number of its case alone."""
    chosen = {edition.pk: edition for edition in editions}
    rows = ReportName.objects.filter(edition__in=list(chosen)).order_by("edition__report__unit_id", "column", "case__number")
    total = rows.count()
    target = BytesIO()
    book = xlsxwriter.Workbook(target, dict(OPTIONS))
    book.set_properties({"title": "辍学学生名单", "created": timezone.localtime(export.now).replace(tzinfo=None)})
    page = _page(book, export)
    cell = book.add_format({"border": 1, "border_color": "#DDE3EC", "valign": "top"})
    for number, values in enumerate(_lines(rows, chosen, export), start=1):
        page.write_number(number, 0, number, cell)
        for column, value in enumerate(values, start=1):
            if value is not None and value != "":
                put(page, number, column, value, cell)
        if number % SIGNS == 0 or number == total:
            progress(number, total)
    if total:
        page.autofilter(0, 0, total, len(HEADS) - 1)
    book.close()
    return target.getvalue(), total


def _page(book: Any, export: Export) -> Any:
    page = book.add_worksheet("辍学学生名单")
    page.set_landscape()
    page.set_paper(8)  # A3: forty columns
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, 8)
    name, account = (export.by.name, export.by.username) if export.by else CONSOLE
    Mark(name, account, export.now).stamp(page)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "border_color": "#C9D3E2", "valign": "vcenter", "text_wrap": True})
    for column, (name, width) in enumerate(HEADS):
        page.set_column(column, column, width)
        page.write_string(0, column, name, head)
    return page


def _lines(rows: QuerySet[ReportName], editions: dict[int, Edition], export: Export) -> Iterator[list[object]]:
    """A line a name, without its number. Three queries for each CHUNK of names."""
    listed = list(rows.values_list("edition_id", "case_id", "case__number", "column", "priority"))
    words = Words()
    for first in range(0, len(listed), CHUNK):
        part = listed[first : first + CHUNK]
        cases, guardians, cleared = _of_cases([case for _edition, case, *_rest in part], export)
        for edition, case_id, number, column, priority in part:
            report = editions[edition].report
            begin = [report.year, report.month, report.unit.name, words.column(column), "是" if priority else "否", number]
            case = cases.get(case_id)
            if case is None:
                yield begin
            else:
                done = cleared.get((case_id, case["episode"]))
                yield begin + _about(case, guardians.get(case["student_id"]), done, export, words)


def _of_cases(ids: list[int], export: Export) -> tuple[dict[int, Row], dict[int, Row], dict[tuple[int, int], Row]]:
    """The cases that the person may see, the main guardian of each child, and how each case was cleared last. Plain values: a model object for
    each of ten thousand children would take longer than all the rest."""
    secret = ("student__id_cipher", "student__id_hash") if export.full else ()
    shown = _shown(ids, export) if export.full else set()
    seen = _open_to(ids, export).annotate(persuaded=Count("visits"), persuaded_at=Max("visits__occurred_at"))
    cases = {case["pk"]: case | {"shown": case["pk"] in shown} for case in seen.values(*COLUMNS, *secret, "persuaded", "persuaded_at")}
    people = Guardian.objects.filter(student__in=[case["student_id"] for case in cases.values()]).order_by("is_main", "-pk")
    guardians: dict[int, Any] = {one["student_id"]: one for one in people.values("student_id", "name", "relation", "phone", "works_at")}
    approved = Clearance.objects.filter(case__in=list(cases), state=ClearanceState.APPROVED).order_by("pk")
    cleared: dict[tuple[int, int], Any] = {
        (one["case_id"], one["episode"]): one for one in approved.values("case_id", "episode", "outcome", "code", "occurred_on")
    }
    return cases, guardians, cleared


def _open_to(ids: list[int], export: Export) -> QuerySet[Case]:
    """Of these cases, those that one of the person's posts sees that may take names out: no other post lends it its reach."""
    rows: QuerySet[Case] = Case.objects.filter(pk__in=ids)
    return rows.filter(case_scope(export.by, posts=posts_that(export.by, Capability.EXPORT))) if export.by else rows


def _shown(ids: list[int], export: Export) -> set[int]:
    """The same for identity numbers."""
    if export.by is None:
        return set()
    posts = posts_that(export.by, Capability.SHOW_IDENTITY)
    return set(Case.objects.filter(case_scope(export.by, posts=posts), pk__in=ids).values_list("pk", flat=True))


class Words:
    """Codes in words, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def column(self, code: str) -> str:
        return self._once("column", code, lambda: str(NameColumn(code).label))

    def sex(self, code: str) -> str:
        return self._once("sex", code, lambda: str(Sex(code).label))

    def standing(self, code: str) -> str:
        return self._once("standing", code, lambda: str(Standing(code).label))

    def of(self, code_list: CodeList, code: str) -> str:
        return self._once(code_list, code, lambda: label(code_list, code)) if code else ""

    def _once(self, kind: str, code: str, find: Callable[[], str]) -> str:
        found = self._known.get((kind, code))
        if found is None:
            found = self._known[kind, code] = find()
        return found


def _about(case: Row, guardian: Row | None, done: Row | None, export: Export, words: Words) -> list[object]:
    person: Row = guardian or {"name": "", "relation": "", "phone": "", "works_at": ""}
    return [
        case["student__name"], words.sex(case["student__sex"]), case["student__nationality"], _identity(case, export.full), case["student__born_on"],
        case["student__roll_number"], case["student__registered_at__name"], case["student__lives_at__name"], case["student__address"],
        case["school__name"], case["school_class__grade"], case["school_class__name"],
        person["name"], words.of(CodeList.RELATION, person["relation"]), person["phone"], person["works_at"],
        "、".join(words.of(CodeList.SPECIAL_GROUP, code) for code in case["student__groups"]), words.of(CodeList.CHANNEL, case["channel"]),
        timezone.localdate(case["opened_at"]), case["last_attended_on"], case["entered_ledger_on"], words.of(CodeList.REASON, case["reason"]),
        case["episode"], case["township__name"], case["village__name"], case["persuaded"],
        timezone.localdate(case["persuaded_at"]) if case["persuaded_at"] else None, words.standing(case["standing"]),
        words.of(LISTS[done["outcome"]], done["code"]) if done else None, done["occurred_on"] if done else None, case["in_roll_ledger_on"],
    ]  # fmt: skip


def _identity(case: Row, full: bool) -> str:
    if full and case["shown"] and case["student__id_cipher"]:
        return identity.decrypt(case["student__id_cipher"], case["student__id_hash"])
    tail = case["student__id_tail"]
    return f"{case['student__id_head']}{'*' * 11}{tail}" if tail else ""
