"""Boards for supervisors: what is overdue where, who has how much, who answers in time; from the province down to the task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, BY_PLACE, CAPABILITIES, Capability
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Area, Level, Organisation, User
from workflows.models import Assignment
from workflows.rows import board as rows
from workflows.rows.board import Within
from workflows.rows.days import Borders
from workflows.rows.desk import look
from workflows.rows.pages import number, page_of
from workflows.rows.progress import whose
from workflows.steps import title
from workflows.views.cards import Card

if TYPE_CHECKING:
    from cases.directory.models import Appointment

LONGEST = 200  # rows of one board
WHEN = {"open": "", "late": "late", "week": "week"}


@require_safe
@officers_only
def units(request: OfficerRequest) -> HttpResponseBase:
    """Load by unit. At most ten queries with everything that the frame asks."""
    within, borders, area = _within(request), Borders.at(look(request.user).now), None
    area = _area(within)
    found = rows.rows_by_unit(request.user, within, borders)
    most = max((row.overdue for row in found), default=0)
    context = {
        "rows": [(row, _share(row.overdue, most), _down(within, row)) for row in found[:LONGEST]],
        "head": _head(within.level),
        "total": rows.totals(found),
        "is_unit": within.level == "unit",
    }
    return _page(request, "workflows/board.html", within, borders, area, "units", context)


@require_safe
@officers_only
def people(request: OfficerRequest) -> HttpResponseBase:
    """Load by person."""
    within, borders = _within(request), Borders.at(look(request.user).now)
    area = _area(within)
    found = rows.rows_by_person(request.user, within, borders)
    most = max((row.overdue for row in found), default=0)
    context = {
        "rows": [(row, _share(row.overdue, most), _address("board-tasks", replace(within, person=row.key))) for row in found[:LONGEST]],
        "head": _("Person"),
        "total": rows.totals(found),
        "is_unit": True,
        "cut": max(0, len(found) - LONGEST),
    }
    return _page(request, "workflows/board.html", within, borders, area, "people", context)


@require_safe
@officers_only
def answers(request: OfficerRequest) -> HttpResponseBase:
    """Who answers in time and who is late, over 30 or 90 days. Nobody with fewer than five answers gets a rank."""
    within, borders = _within(request), Borders.at(look(request.user).now)
    area = _area(within)
    days = 30 if request.GET.get("days") == "30" else 90
    by = "person" if request.GET.get("by") == "person" else "unit"
    found = (rows.rows_by_person if by == "person" else rows.rows_by_unit)(request.user, within, borders)
    best, few = rows.ranked(found, days)
    own = {"by": by, "days": days}
    context = {
        "best": [(place, row, row.rate(days), *_counts(row, days)) for place, row in best[:LONGEST]],
        "few": [(row, *_counts(row, days)) for row in few[:LONGEST]],
        "days": days,
        "enough": rows.ENOUGH,
        "head": _("Person") if by == "person" else _head(within.level),
        "choices": [
            *(
                (words, _address("board-answers", within, **own | {"by": code}), by == code)
                for code, words in (("unit", _head(within.level)), ("person", _("Person")))
            ),
            *((words, _address("board-answers", within, **own | {"days": n}), days == n) for n, words in ((30, _("30 days")), (90, _("90 days")))),
        ],
        "total": rows.totals(found),
    }
    return _page(request, "workflows/board_answers.html", within, borders, area, "answers", context)


@require_safe
@officers_only
def tasks(request: OfficerRequest) -> HttpResponseBase:
    """The tasks behind a number."""
    within, borders = _within(request), Borders.at(look(request.user).now)
    when = request.GET.get("when", "late")
    when = when if when in WHEN else "late"
    found = rows.tasks(request.user, within, borders, WHEN[when])
    page = page_of(found, request.GET.get("page"), length=found.count())
    dressed = Assignment.objects.select_related("case__student", "case__school", "case__township", "report", "matter", "organisation", "holder")
    by_pk = dressed.in_bulk([pk for pk, _due_at in page])
    page.object_list = [by_pk[pk] for pk, _due_at in page if pk in by_pk]
    names = {"late": _("Overdue"), "week": _("Due this week"), "open": _("All open")}
    context = {
        "page": page,
        "rows": [(row, title(row.step), whose(row)) for row in page],
        "views": [{"label": words, "url": _address("board-tasks", within, when=name), "current": name == when} for name, words in names.items()],
    }
    return _page(request, "workflows/board_tasks.html", within, borders, _area(within), "tasks", context)


def _within(request: OfficerRequest) -> Within:
    """What the address asks for, within the widest of the person's posts."""
    posts = [post for post in request.user.posts() if CAPABILITIES[post.role] & {Capability.SUPERVISE, Capability.SEE_LEDGER}]
    if not posts:
        raise PermissionDenied(_("Your post does not allow this."))
    own = min(posts, key=_breadth).organisation.area_id
    area = request.GET.get("area", "") or own
    if not area.startswith(own) or not area.isdigit() or len(area) > 12:
        raise Http404
    unit, person = request.GET.get("unit", ""), request.GET.get("person", "")
    return Within(area, drilled=area != own, unit=number(unit) if unit else None, person=number(person) if person else None)


def _breadth(post: Appointment) -> tuple[int, int]:
    rank = 0 if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE else 1 if post.role in BY_PLACE else 2
    return rank, len(post.organisation.area_id)


def _area(within: Within) -> Area:
    area: Area | None = Area.objects.select_related("parent__parent").filter(pk=within.area).first()
    if area is None:
        raise Http404
    return area


def _page(
    request: OfficerRequest, template: str, within: Within, borders: Borders, area: Area | None, tab: str, context: dict[str, Any]
) -> HttpResponseBase:
    assert area is not None
    names = {"units": _("Load"), "people": _("People"), "answers": _("Punctuality")}
    routes = {"units": "board", "people": "board-people", "answers": "board-answers"}
    context |= {
        "now": borders.now,
        "area": area,
        "within": within,
        "tabs": [{"label": words, "url": _address(routes[name], within), "current": name == tab} for name, words in names.items()],
        "crumbs": _crumbs(request, within, area),
    }
    total: rows.Row | None = context.get("total")
    if total is not None:
        context["kpis"] = _cards(within, total)
    return render(request, template, context)


def _cards(within: Within, total: rows.Row) -> list[Card]:
    def rate(percent: int | None) -> str:
        return "—" if percent is None else f"{percent} %"

    return [
        Card(_("Overdue"), total.overdue, "alert-circle", _address("board-tasks", within, when="late"), alarm="red"),
        Card(_("Open"), total.open, "inbox", _address("board-tasks", within, when="open")),
        Card(_("Due this week"), total.week, "calendar", _address("board-tasks", within, when="week"), alarm="amber"),
        Card(_("In time, 30 days"), rate(total.rate_30), "circle-check", _address("board-answers", within, days=30), note=_of(total.answered_30)),
        Card(_("In time, 90 days"), rate(total.rate_90), "circle-check", _address("board-answers", within, days=90), note=_of(total.answered_90)),
    ]


def _of(answered: int) -> str:
    return _("of %(count)s answered") % {"count": answered}


def _crumbs(request: OfficerRequest, within: Within, area: Area) -> list[tuple[str, str]]:
    """From the own area down to what is looked at; each leads to its board."""
    own = min((post.organisation.area_id for post in request.user.posts()), key=len)
    line: list[tuple[str, str]] = []
    step: Area | None = area
    while step is not None and step.pk.startswith(own):
        line.insert(0, (step.name, _address("board", Within(step.pk))))
        step = step.parent
    # whoever is looked at has to be of the own area: the name of any other is nobody's business here
    if within.unit is not None:
        units = Organisation.objects.filter(pk=within.unit, area__code__startswith=own)
        line.append((units.values_list("name", flat=True).first() or "", ""))
    elif within.person is not None:
        people = User.objects.filter(pk=within.person, appointments__organisation__area__code__startswith=own)
        line.append((people.values_list("name", flat=True).first() or "", ""))
    if line and within.unit is None and within.person is None:
        line[-1] = (line[-1][0], "")
    return [(_("Boards"), reverse("board")), *line]


def _down(within: Within, row: rows.Row) -> str:
    """Where a row leads: the level below, and from a unit to its tasks."""
    if within.level == "unit":
        return _address("board-tasks", replace(within, unit=row.key))
    return _address("board", Within(str(row.key)))


def _address(name: str, within: Within, **more: Any) -> str:
    given = {"area": within.area, "unit": within.unit, "person": within.person} | more
    return f"{reverse(name)}?{urlencode({key: value for key, value in given.items() if value not in (None, '')})}"


def _head(level: str) -> str:
    return {
        Level.PREFECTURE.value: pgettext("ledger column", "Prefecture"),
        Level.COUNTY.value: pgettext("ledger column", "County"),
    }.get(str(level), _("Unit"))


def _share(part: int, most: int) -> int:
    """The length of a bar in percent of the longest."""
    return max(1, round(part * 100 / most)) if part and most else 0


def _counts(row: rows.Row, days: int) -> tuple[int, int]:
    """Answered, and of those late."""
    if days == 30:
        return row.answered_30, row.answered_30 - row.in_time_30
    return row.answered_90, row.answered_90 - row.in_time_90
