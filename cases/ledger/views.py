"""The ledger table of a month, and the cases behind each of its numbers."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, BY_PLACE, CAPABILITIES, Capability
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Appointment, Area
from cases.journal import clock
from cases.journal.clock import EngineNow
from cases.ledger import figures
from cases.ledger.figures import Column, Level, Pair, Row, Within
from cases.register.models import Case
from cases.register.responsible import COUNTY

PAGE = 50
YEARS = 5  # offered, the present one included

BELOW = {Level.UNIT: Level.COUNTY, Level.COUNTY: Level.TOWNSHIP}


@dataclass(frozen=True)
class Sheet:
    """Which table somebody looks at."""

    year: int
    month: int
    today: date
    within: Within
    level: Level
    area: Area | None

    @property
    def end(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def address(self, name: str = "ledger", **more: Any) -> str:
        given = {"year": self.year, "month": self.month, "area": self.area.pk if self.area else "", "level": self.level.value} | more
        return f"{reverse(name)}?{urlencode({key: value for key, value in given.items() if value != ''})}"


@require_safe
@officers_only
def ledger(request: OfficerRequest) -> HttpResponse:
    """The notice's table. Every number leads to its cases, every line to the table below it."""
    sheet = _sheet(request)
    total = sheet.area.name if sheet.area else _("total")
    rows = figures.figures(sheet.year, sheet.end, within=sheet.within, level=sheet.level, total_name=total)
    context = {
        "sheet": sheet,
        "rows": [_line(sheet, row) for row in rows],
        "heads": _heads(),
        "place": _place_name(sheet.level),
        "years": range(sheet.today.year, sheet.today.year - YEARS, -1),
        "months": list(MONTHS.items()),
        "levels": _levels(sheet),
        "is_open": sheet.end >= sheet.today,
        "crumbs": _crumbs(sheet),
    }
    return render(request, "cases/ledger/ledger.html", context)


@require_safe
@officers_only
def members(request: OfficerRequest) -> HttpResponse:
    """The cases behind one number."""
    sheet = _sheet(request)
    try:
        column = Column(request.GET.get("column", ""))
    except ValueError as error:
        raise Http404 from error
    priority, key = request.GET.get("priority") == "1", request.GET.get("key", "")[:20]
    behind = figures.members(sheet.year, sheet.end, column, within=sheet.within, level=sheet.level, key=key, priority=priority)
    cases = (
        Case.objects.visible_to(request.user)
        .filter(pk__in=behind)
        .select_related("student", "school", "school_class", "place", "county")
        .order_by("entered_ledger_on", "number")
    )
    context = {
        "sheet": sheet,
        "page": Paginator(cases, PAGE).get_page(request.GET.get("page")),
        "title": _column_name(column),
        "priority": priority,
        "crumbs": [*_crumbs(sheet, leads_back=True), (_column_name(column), "")],
    }
    return render(request, "cases/ledger/members.html", context)


def _sheet(request: OfficerRequest) -> Sheet:
    posts = [post for post in request.user.posts() if Capability.SEE_LEDGER in CAPABILITIES[post.role]]
    if not posts:
        raise PermissionDenied(_("Your post does not allow this."))
    post = min(posts, key=_breadth)
    within = _within(post)
    wanted, own = request.GET.get("area", ""), within.place or within.county
    if wanted and not wanted.startswith(own):
        raise Http404
    area = Area.objects.filter(pk=wanted or own).annotate(now=EngineNow()).first()
    if area is None:
        raise Http404
    today = clock.day(area.now)
    year, month = _number(request, "year", today.year, 2000, today.year), _number(request, "month", today.month, 1, 12)
    if (year, month) > (today.year, today.month):
        month = today.month
    if wanted and within.school is None and not within.place:
        within = Within(county=area.pk) if len(area.pk) <= COUNTY else Within(county=area.pk[:COUNTY], place=area.pk)
    level = _level(request, within)
    return Sheet(year, month, today, within, level, area)


def _breadth(post: Appointment) -> tuple[int, int]:
    rank = 0 if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE else 1 if post.role in BY_PLACE else 2
    return rank, len(post.organisation.area_id)


def _within(post: Appointment) -> Within:
    """What the widest of the person's posts covers."""
    area = post.organisation.area_id
    if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE:
        return Within(county=area)
    if post.role in BY_PLACE:
        return Within(county="42", place=area)
    return Within(county=area[:COUNTY], school=post.organisation_id)


def _level(request: OfficerRequest, within: Within) -> Level:
    if within.school is not None:
        return Level.SCHOOL
    if within.place:
        return Level.TOWNSHIP
    possible = _possible(within)
    try:
        wanted = Level(request.GET.get("level", ""))
    except ValueError:
        return possible[0]
    return wanted if wanted in possible else possible[0]


def _possible(within: Within) -> list[Level]:
    if len(within.county) <= 2:
        return [Level.UNIT, Level.COUNTY]
    if len(within.county) <= 4:
        return [Level.COUNTY]
    return [Level.TOWNSHIP, Level.SCHOOL]


def _line(sheet: Sheet, row: Row) -> dict[str, Any]:
    """A row with the address of each number, and of the table below it."""
    cells = [_cell(sheet, row, column, pair) for column, pair in row.groups()]
    leads = ""
    if row.key and row.key != "-" and sheet.level in BELOW and not sheet.within.place:
        leads = sheet.address(area=row.key, level="")
    name = _("elsewhere, or no school") if row.key == "-" else row.name
    return {"name": name, "is_total": not row.key, "cells": cells, "url": leads}


def _cell(sheet: Sheet, row: Row, column: Column, pair: Pair) -> dict[str, Any]:
    def address(priority: int) -> str:
        return sheet.address("ledger-cases", column=column.value, key=row.key, priority=priority or "")

    return {
        "column": column,
        "total": pair.total,
        "priority": pair.priority,
        "url": address(0) if pair.total else "",
        "priority_url": address(1) if pair.priority else "",
    }


def _heads() -> list[tuple[Column, str]]:
    return [(column, _column_name(column)) for column in Column]


def _column_name(column: Column) -> str:
    return {
        Column.ON_LEDGER: pgettext("ledger column", "on the ledger"),
        Column.RETURNED: pgettext("ledger column", "returned"),
        Column.DEDUCTED: pgettext("ledger column", "deducted"),
        Column.DEFERRED: pgettext("ledger column", "deferred enrolment"),
        Column.STILL_OUT: pgettext("ledger column", "still out"),
        Column.CARRIED_OVER: pgettext("ledger column", "still out from earlier years"),
    }[column]


def _place_name(level: Level) -> str:
    """The head of the first column: the notice's own word for its 17 rows, and what the rows are below them."""
    return {
        Level.UNIT: pgettext("ledger column", "Prefecture"),
        Level.COUNTY: pgettext("ledger column", "County"),
        Level.TOWNSHIP: pgettext("ledger column", "Township"),
        Level.SCHOOL: pgettext("ledger column", "School"),
    }[level]


def _levels(sheet: Sheet) -> list[dict[str, Any]]:
    words = {Level.UNIT: _("By prefecture"), Level.COUNTY: _("By county"), Level.TOWNSHIP: _("By township"), Level.SCHOOL: _("By school")}
    possible = _possible(sheet.within) if sheet.within.school is None and not sheet.within.place else []
    return [{"label": words[one], "url": sheet.address(level=one.value), "current": one == sheet.level} for one in possible]


def _crumbs(sheet: Sheet, *, leads_back: bool = False) -> list[tuple[str, str]]:
    crumbs = [(_("Ledger"), sheet.address(area="", level=""))]
    if sheet.area:
        crumbs.append((sheet.area.name, sheet.address() if leads_back else ""))
    return crumbs


def _number(request: OfficerRequest, name: str, default: int, least: int, most: int) -> int:
    given = request.GET.get(name, "")
    return min(max(int(given), least), most) if given.isdecimal() and len(given) <= 4 else default
