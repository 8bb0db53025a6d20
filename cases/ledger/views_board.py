"""The board: the ledger in pictures, each with its table, each number a way to the names."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.edge import OfficerRequest, officers_only
from cases.ledger import figures, trends
from cases.ledger.charts import line_chart
from cases.ledger.deductions import DeductionRate, deduction_rates
from cases.ledger.geomap import map_of
from cases.ledger.sheet import Sheet, crumbs, sheet_of
from cases.ledger.terms import Column, Row
from cases.ledger.trends import Share
from cases.ledger.views import LEADS_DOWN, frame
from cases.ledger.words import column_name, line_name

LINES = {Column.ON_LEDGER: "navy", Column.RETURNED: "green", Column.STILL_OUT: "red"}
LISTS = {Column.RETURNED: CodeList.PLACEMENT, Column.DEDUCTED: CodeList.GROUND, Column.DEFERRED: CodeList.DEFERRAL_GROUND}
TONES = {Column.STILL_OUT: "red", Column.RETURNED: "green", Column.CARRIED_OVER: "amber"}


@require_safe
@officers_only
def board(request: OfficerRequest) -> HttpResponse:
    """The five numbers, the map, the year, causes, outcomes, times and deductions of what the table counts."""
    sheet = sheet_of(request)
    wanted = request.GET.get("show", "")
    shown = Column(wanted) if wanted in set(Column) else Column.STILL_OUT
    total, *rows = figures.figures(sheet.year, sheet.end, sheet.as_of, sheet.within, level=sheet.level, total_name=sheet.name)
    year = trends.trend(sheet.year, sheet.month, as_of=sheet.as_of, within=sheet.within)
    first_visit, back = trends.times(sheet.at, within=sheet.within)
    named = [row for row in rows if row.key != "-"]
    rates = {rate.key: rate for rate in deduction_rates(sheet.within, sheet.year, until=sheet.end, as_of=sheet.as_of, level=sheet.level)}
    context = frame(request, sheet, "ledger-board") | {
        "cards": [_card(sheet, column, getattr(total, column.value).total, shown) for column in Column],
        "shown": column_name(shown),
        "line_name": line_name(sheet.level),
        "map": map_of([(row.key, row.name, getattr(row, shown.value).total, _leads(sheet, row, shown)) for row in named])
        if sheet.level in LEADS_DOWN and named
        else None,
        "lines": [_deductions(sheet, row, rates, shown) for row in [total, *named]],
        "trend": line_chart([(column_name(column), kind, [month.counts[column] for month in year]) for column, kind in LINES.items()]),
        "trend_heads": [column_name(column) for column in Column],
        "year_by_month": [(month.month, [month.counts[column] for column in Column]) for month in year],
        "causes": _shares(trends.causes(sheet.at, within=sheet.within), CodeList.REASON),
        "outcomes": [
            (column_name(column), _shares(shares, LISTS[column])) for column, shares in trends.outcomes(sheet.at, within=sheet.within).items()
        ],
        "times": [(_("From discovery to the first visit"), first_visit), (_("From entry on the ledger to the return"), back)],
        "crumbs": crumbs(sheet, _("Board")),
    }
    return render(request, "cases/ledger/board.html", context)


def _card(sheet: Sheet, column: Column, number: int, shown: Column) -> dict[str, Any]:
    return {
        "label": column_name(column),
        "value": number,
        "url": sheet.address("ledger-board", show=column.value),
        "tone": TONES.get(column, "") if number else "",
        "current": column == shown,
    }


def _leads(sheet: Sheet, row: Row, shown: Column) -> str:
    return sheet.address("ledger-board", area=row.key, level="", show=shown.value)


def _deductions(sheet: Sheet, row: Row, rates: dict[str, DeductionRate], shown: Column) -> dict[str, Any]:
    """A line of the table under the map: the number shown, the share of deducted children, and what spot checks found of the clearances.

    Deductions are where numbers are made to look better: `deduction_rates` says whose share stands out.
    """
    found, entered, deducted = rates.get(row.key), row.on_ledger.total, row.deducted.total
    return {
        "name": row.name,
        "is_total": not row.key,
        "url": _leads(sheet, row, shown) if row.key and sheet.level in LEADS_DOWN else "",
        "number": getattr(row, shown.value).total,
        "number_url": sheet.address("ledger-cases", column=shown.value, key=row.key),
        "entered": entered,
        "deducted": deducted,
        "deducted_url": sheet.address("ledger-cases", column=Column.DEDUCTED.value, key=row.key),
        "rate": f"{100 * deducted / entered:.1f}" if entered else "—",
        "conspicuous": found is not None and found.is_outlier,
        "checked": found.checked if found else sum(rate.checked for rate in rates.values()) if not row.key else 0,
        "not_true": found.not_true if found else sum(rate.not_true for rate in rates.values()) if not row.key else 0,
    }


def _shares(shares: list[Share], code_list: CodeList) -> list[dict[str, Any]]:
    """Bars in hundredths of the longest."""
    most = max((share.number for share in shares), default=1)
    return [
        {
            "name": label(code_list, share.code) if share.code else _("not recorded"),
            "number": share.number,
            "still_out": share.still_out,
            "width": max(round(100 * share.number / most), 1),
            "part": round(100 * share.still_out / most),
        }
        for share in shares
    ]
