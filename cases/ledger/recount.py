"""The notice's table of a month counted anew as of any moment: the area's own sheet and those of its counties, from one count."""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from cases.directory.models import Area, Level
from cases.ledger import figures
from cases.ledger.figures import Row, Within
from cases.ledger.models import NUMBERS
from cases.ledger.tables import PROVINCE, Pairs, Table, TableLine
from cases.ledger.terms import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

ELSEWHERE = "其他"
PLACES = {Level.PROVINCE: "市州", Level.PREFECTURE: "县（市、区）"}
COUNTY, PREFECTURE = 6, 4  # digits of an area's code


def of_moment(year: int, month: int, as_of: datetime, unit: str = PROVINCE) -> Table:
    """The month counted anew from what had been told by `as_of`; no edition, nobody answers for it. One count and two look-ups of areas."""
    area = Area.objects.get(pk=unit)
    end = min(date(year, month, calendar.monthrange(year, month)[1]), timezone.localdate(as_of))
    if end < date(year, month, 1):
        end = date(year, month, 1) - timedelta(days=1)
    counted = figures.grid(year, end, as_of, Within(county=unit))
    return _Recount(year, month, end, as_of, counted, unit).table(area)


class _Recount:
    def __init__(self, year: int, month: int, end: date, as_of: datetime, counted: list[tuple[str, str, Row]], unit: str) -> None:
        self.year, self.month, self.end, self.as_of = year, month, end, as_of
        self.counties: defaultdict[str, list[Row]] = defaultdict(list)
        for county, _township, row in counted:
            self.counties[county].append(row)
        lines = Q(level__in=(Level.COUNTY, Level.TOWNSHIP), active=True, code__startswith=unit) | Q(pk__in=list(self.counties))
        self.areas = list(Area.objects.filter(lines | Q(ledger_position__isnull=False)).order_by("pk"))
        self.townships: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for one in self.areas:
            if one.level == Level.TOWNSHIP:
                self.townships[one.pk[:COUNTY]].append((one.pk, one.name))

    def table(self, area: Area) -> Table:
        rows = [row for code, found in self.counties.items() if code.startswith(area.pk) for row in found]
        whole = _total(rows)
        return Table(
            name=area.name,
            year=self.year,
            month=self.month,
            lines=[TableLine(area.name, _pairs(whole)), *self._lines(area)],
            until=self.end,
            cut_off=self.as_of,
            place=PLACES.get(Level(area.level), "乡镇（街道）"),
            beside=(whole.carried_over.total, whole.carried_over.priority),
            below=self._below(area),
        )

    def _lines(self, area: Area) -> list[TableLine]:
        if area.level == Level.COUNTY:
            return _grouped(self.townships[area.pk], ((row.key, row) for row in self.counties[area.pk]))
        by_county = ((code, row) for code, found in self.counties.items() if code.startswith(area.pk) for row in found)
        if area.level == Level.PROVINCE:
            units = sorted((one for one in self.areas if one.ledger_position is not None), key=lambda one: one.ledger_position or 0)
            keys = {one.pk for one in units}
            by_unit = ((code if code in keys else code[:PREFECTURE], row) for code, row in by_county)
            return _grouped([(one.pk, one.ledger_name or one.name) for one in units], by_unit)
        own = [(one.pk, one.name) for one in self.areas if one.level == Level.COUNTY and one.active and one.pk.startswith(area.pk)]
        return _grouped(own, by_county)

    def _below(self, area: Area) -> list[Table]:
        """A sheet for each county in which there is a child to show."""
        if area.level == Level.COUNTY:
            return []
        return [
            self.table(one)
            for one in self.areas
            if one.level == Level.COUNTY
            and one.active
            and any(row.on_ledger.total or row.carried_over.total for row in (self.counties.get(one.pk, ()) if one.pk.startswith(area.pk) else ()))
        ]


def _grouped(lines: list[tuple[str, str]], rows: Iterable[tuple[str, Row]]) -> list[TableLine]:
    """The lines in their order, those without a child too; what no line names comes last."""
    names = dict(lines)
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for key, row in rows:
        found[key if key in names else "-"].append(row)
    made = [TableLine(name, _pairs(_total(found[key]))) for key, name in lines]
    return [*made, TableLine(ELSEWHERE, _pairs(_total(found["-"])))] if found["-"] else made


def _total(rows: list[Row]) -> Row:
    pairs = {column.value: reduce(add, (getattr(row, column.value) for row in rows)) for column in Column} if rows else {}
    return Row("", "", **pairs)


def _pairs(row: Row) -> Pairs:
    return [(getattr(row, name).total, getattr(row, name).priority) for name in NUMBERS]
