"""The ledger table of a month, the cases behind each of its numbers, and who moved since the month before."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Area, Organisation
from cases.ledger import figures
from cases.ledger.moves import Kind, Move, moves
from cases.ledger.sheet import YEARS, Sheet, crumbs, sheet_of
from cases.ledger.terms import Column, Level, Pair, Row
from cases.ledger.words import column_name, elsewhere, kind_name, level_name, line_name
from cases.register.models import Case

PAGE = 50
LEADS_DOWN = {Level.UNIT, Level.COUNTY, Level.TOWNSHIP}


@require_safe
@officers_only
def ledger(request: OfficerRequest) -> HttpResponse:
    """The notice's table. Every number leads to its cases, every line to the table below it."""
    sheet = sheet_of(request)
    rows = figures.figures(sheet.year, sheet.end, sheet.as_of, sheet.within, level=sheet.level, total_name=sheet.name)
    differences: dict[str, Row] = {}
    if sheet.change:
        before = sheet.at.month_before
        earlier = figures.figures(before.year, before.until, before.as_of, sheet.within, level=sheet.level) if before else []
        differences = {row.key: row for row in figures.change(rows, earlier)}
    context = frame(request, sheet, "ledger") | {
        "rows": [_line(sheet, row, differences.get(row.key)) for row in rows],
        "heads": [(column, column_name(column)) for column in Column],
        "place": line_name(sheet.level),
        "carried_over": rows[0].carried_over.total,
        "levels": [{"label": level_name(one), "url": sheet.address(level=one.value), "current": one == sheet.level} for one in sheet.levels],
        "changes_url": sheet.address("ledger-changes", change=""),
        "all_add_up": all(row.adds_up for row in rows),
        "crumbs": crumbs(sheet),
    }
    return render(request, "cases/ledger/ledger.html", context)


@require_safe
@officers_only
def members(request: OfficerRequest) -> HttpResponse:
    """The cases behind one number, as far as the person may see them."""
    sheet = sheet_of(request)
    try:
        column = Column(request.GET.get("column", ""))
    except ValueError as error:
        raise Http404 from error
    priority, key = request.GET.get("priority") == "1", request.GET.get("key", "")[:20]

    def behind(wanted: Column) -> Any:
        return figures.members(sheet.year, sheet.end, wanted, as_of=sheet.as_of, within=sheet.within, level=sheet.level, key=key, priority=priority)

    seen = (
        Case.objects.visible_to(request.user)
        .filter(pk__in=behind(column))
        .select_related("student", "school", "school_class", "place", "county")
        .order_by("entered_ledger_on", "number")
    )
    carried = behind(Column.CARRIED_OVER).count() if column == Column.STILL_OUT else 0
    context = {
        "sheet": sheet,
        "page": Paginator(seen, PAGE).get_page(request.GET.get("page")),
        "title": column_name(column),
        "of": _line_called(sheet, key),
        "counted": behind(column).count(),
        "column": column,
        "carried_over": carried,
        "carried_url": sheet.address("ledger-cases", column=Column.CARRIED_OVER.value, key=key, priority="1" if priority else ""),
        "priority": priority,
        "crumbs": crumbs(sheet, column_name(column)),
    }
    return render(request, "cases/ledger/members.html", context)


@require_safe
@officers_only
def changes(request: OfficerRequest) -> HttpResponse:
    """Who came, who left and who changed the column since the month before."""
    sheet = sheet_of(request)
    found = moves(sheet.at, sheet.at.month_before, within=sheet.within, level=sheet.level)
    wanted = request.GET.get("kind", "")
    kind = Kind(wanted) if wanted in set(Kind) else None
    chosen = {move.case_id: move for move in found if kind in (None, move.kind)}
    seen = Case.objects.visible_to(request.user).filter(pk__in=list(chosen)).select_related("student", "school", "place").order_by("pk")
    page = Paginator(seen, PAGE).get_page(request.GET.get("page"))
    names = _lines_called(sheet, {line for case in page for line in (chosen[case.pk].line_before, chosen[case.pk].line_now)})
    tabs = [{"label": _("All"), "count": len(found), "url": sheet.address("ledger-changes"), "current": kind is None}]
    for one in Kind:
        number = sum(1 for move in found if move.kind == one)
        tabs.append({"label": kind_name(one), "count": number, "url": sheet.address("ledger-changes", kind=one.value), "current": kind == one})
    context = frame(request, sheet, "ledger-changes") | {
        "page": page,
        "moved": [(case, _said(chosen[case.pk], names)) for case in page],
        "tabs": tabs,
        "counted": len(chosen),
        "crumbs": crumbs(sheet, _("Who moved")),
    }
    return render(request, "cases/ledger/changes.html", context)


def frame(request: OfficerRequest, sheet: Sheet, page: str) -> dict[str, Any]:
    """What the pages of the ledger share: the form that chooses the month, and the way from one page to the next."""
    words = {"ledger": _("Table"), "ledger-changes": _("Who moved"), "ledger-board": _("Board")}
    return {
        "sheet": sheet,
        "years": range(sheet.today.year, sheet.today.year - YEARS, -1),
        "months": list(MONTHS.items()),
        "as_of": timezone.localtime(sheet.as_of) if sheet.as_of else None,
        "known_now": sheet.address(page, as_of=""),
        "pages": [{"label": label, "url": sheet.address(name, change=""), "current": name == page} for name, label in words.items()],
    }


def _line(sheet: Sheet, row: Row, difference: Row | None) -> dict[str, Any]:
    """A row with the address of each number, and of the table below it."""
    leads = ""
    if row.key not in ("", "-") and sheet.level in LEADS_DOWN:
        leads = sheet.address(area=row.key, level="")
    cells = [_cell(sheet, row, column, pair, getattr(difference, column.value) if difference else None) for column, pair in row.groups()]
    name = elsewhere() if row.key == "-" else row.name
    return {"name": name, "is_total": not row.key, "cells": cells, "url": leads, "adds_up": row.adds_up}


def _cell(sheet: Sheet, row: Row, column: Column, pair: Pair, difference: Pair | None) -> dict[str, Any]:
    def address(priority: str) -> str:
        return sheet.address("ledger-cases", column=column.value, key=row.key, priority=priority, change="")

    return {
        "column": column,
        "total": pair.total,
        "priority": pair.priority,
        "url": address("") if pair.total else "",
        "priority_url": address("1") if pair.priority else "",
        "change": difference.total if difference else 0,
        "priority_change": difference.priority if difference else 0,
    }


def _line_called(sheet: Sheet, key: str) -> str:
    """The name of the line whose number was opened; of the whole table when it was the total's."""
    return _lines_called(sheet, {key}).get(key, sheet.name) if key else sheet.name


def _lines_called(sheet: Sheet, keys: set[str]) -> dict[str, str]:
    names = {"-": elsewhere()}
    if sheet.level == Level.SCHOOL:
        numbers = [int(key) for key in keys if key.isdecimal()]
        return names | {str(pk): name for pk, name in Organisation.objects.filter(pk__in=numbers).values_list("pk", "name")}
    return names | dict(Area.objects.filter(pk__in=keys).values_list("pk", "name"))


def _said(move: Move, names: dict[str, str]) -> dict[str, Any]:
    """One move in words."""
    moved = move.kind == Kind.MOVED
    return {
        "kind": move.kind,
        "kind_name": kind_name(move.kind),
        "before": names.get(move.line_before, move.line_before) if moved else column_name(move.before) if move.before else "",
        "now": names.get(move.line_now, move.line_now) if moved else column_name(move.now) if move.now else "",
    }
