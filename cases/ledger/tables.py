"""The notice's table as it is printed, from the frozen editions of a month (as of any moment: cases.ledger.recount)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases.directory.models import Area, Level
from cases.journal.refused import Refused
from cases.ledger.models import NUMBERS, Edition, Line, LineKind, Report, ReportState

if TYPE_CHECKING:
    from collections.abc import Iterable

PROVINCE = "42"
Pairs = list[tuple[int, int]]  # five groups: all children, and of them those of priority households


@dataclass(frozen=True)
class TableLine:
    name: str
    pairs: Pairs


@dataclass(frozen=True)
class Table:
    """One sheet: the line of the whole first. `beside` stands out of the table: still out from earlier years, with priority."""

    name: str  # of the area
    year: int
    month: int
    lines: list[TableLine]
    until: date
    cut_off: datetime
    place: str = "市州"  # what a line is, in the notice's words
    beside: tuple[int, int] = (0, 0)
    missing: tuple[str, ...] = ()  # counties that have not reported
    is_closed: bool = False
    below: list[Table] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"义务教育控辍保学台账-{self.year}年{self.month}月"


def of_month(year: int, month: int, unit: str = PROVINCE) -> Table:
    """The month as the counties reported it, each with its latest edition; once all are accepted, for ever the same.

    Raises Refused where nothing was drawn up. Three queries.
    """
    area = Area.objects.get(pk=unit)
    editions = list(latest_editions(year, month, unit))
    if not editions:
        raise Refused(_("Nothing was drawn up for this month yet."))
    lines: dict[int, list[Line]] = {edition.pk: [] for edition in editions}
    for line in Line.objects.filter(edition__in=lines).exclude(kind=LineKind.SCHOOL).order_by("edition_id", "kind", "position"):
        lines[line.edition_id].append(line)
    sheets = [_county(edition, lines[edition.pk]) for edition in editions]
    if area.level == Level.COUNTY:
        return sheets[0]
    by_code = {edition.report.unit_id: sheet for edition, sheet in zip(editions, sheets, strict=True)}
    names = _names_below(area)
    rows = [TableLine(name, _sum(sheet.lines[0].pairs for code, sheet in by_code.items() if code.startswith(key))) for key, name in names]
    reported = set(by_code)
    counties = Area.objects.filter(level=Level.COUNTY, active=True, code__startswith=unit).order_by("pk").values_list("pk", "name")
    return Table(
        name=area.name,
        year=year,
        month=month,
        lines=[TableLine(area.name, _sum(row.pairs for row in rows)), *rows],
        until=max(edition.until for edition in editions),
        cut_off=max(edition.cut_off for edition in editions),
        place="市州" if area.level == Level.PROVINCE else "县（市、区）",
        beside=(sum(sheet.beside[0] for sheet in sheets), sum(sheet.beside[1] for sheet in sheets)),
        missing=tuple(name for code, name in counties if code not in reported),
        is_closed=all(edition.report.state == ReportState.ACCEPTED for edition in editions) and len(reported) == len(counties),
        below=sheets,
    )


def latest_editions(year: int, month: int, unit: str = PROVINCE) -> Iterable[Edition]:
    """The newest edition of each report of a month within an area, by county."""
    monthly = Report.objects.filter(year=year, month=month, unit__code__startswith=unit)
    found = Edition.objects.filter(report__in=monthly)
    newest = found.order_by("report_id", "-number").distinct("report_id").values("pk")
    return Edition.objects.filter(pk__in=newest).select_related("report__unit").order_by("report__unit_id")


def latest_of(reports: Iterable[Report]) -> dict[int, Edition]:
    """The newest edition of each of these reports, by the pk of the report."""
    found = Edition.objects.filter(report__in=list(reports)).order_by("report_id", "-number").distinct("report_id")
    return {edition.report_id: edition for edition in found}


def _county(edition: Edition, lines: list[Line]) -> Table:
    report = edition.report
    total = next(line for line in lines if line.kind == LineKind.COUNTY)
    rows = [TableLine(line.name or "其他", line.pairs()) for line in lines if line.kind == LineKind.TOWNSHIP]
    return Table(
        name=report.unit.name,
        year=report.year,
        month=report.month,
        lines=[TableLine(total.name, total.pairs()), *rows],
        until=edition.until,
        cut_off=edition.cut_off,
        place="乡镇（街道）",
        beside=(total.carried_over, total.carried_over_priority),
        is_closed=report.state == ReportState.ACCEPTED,
    )


def _names_below(area: Area) -> list[tuple[str, str]]:
    """The lines of an area: the notice's 17 units in its order, or the counties of a prefecture."""
    if area.level == Level.PROVINCE:
        units = Area.objects.filter(ledger_position__isnull=False).order_by("ledger_position")
        return [(unit.pk, unit.ledger_name or unit.name) for unit in units]
    return list(Area.objects.filter(level=Level.COUNTY, active=True, code__startswith=area.pk).order_by("pk").values_list("pk", "name"))


def _sum(pairs: Iterable[Pairs]) -> Pairs:
    columns = list(zip(*pairs, strict=True))
    return [(sum(one for one, _of in column), sum(of for _one, of in column)) for column in columns] or [(0, 0)] * len(NUMBERS)
