"""Where one arrives after the log-in."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Role
from notifications.lines import by_day
from workflows.rows import home as rows
from workflows.rows.days import Borders
from workflows.rows.desk import Look, look
from workflows.views.cards import Card
from workflows.views.links import find
from workflows.views.rungs import rung_tag

KEEPERS: dict[str, str] = {Role.SYSTEM_ADMIN: "admin:index", Role.SECURITY_ADMIN: "people", Role.AUDITOR: "journal"}


@require_safe
@officers_only
def home(request: OfficerRequest) -> HttpResponseBase:
    """The desk for whoever supervises or inspects, the inbox for whoever works on cases, their own tools for the three administrators."""
    roles = [post.role for post in request.user.posts()]
    if any(role == Role.INSPECTOR or Capability.SUPERVISE in CAPABILITIES[role] for role in roles):
        return _desk(request)
    wanted = ["inbox"]
    if roles and all(role in KEEPERS for role in roles):
        wanted = [KEEPERS[roles[0]], "notifications:list", *wanted]
    return redirect(next(url for name in wanted if (url := find(name))))


def _desk(request: OfficerRequest) -> HttpResponseBase:
    """Own numbers, the three most urgent, who waits for an answer, and what was said lately. At most ten queries with the frame's."""
    user, seen = request.user, look(request.user, count_requests=True, count_silent=True)
    borders = Borders.at(seen.now)
    numbers, tasks = rows.own(user, borders)
    escalations = rows.urgent(user)
    context = {
        "now": seen.now,
        "kpis": _cards(numbers, seen),
        "urgent": [(row, name, rung_tag(row.rung)) for row, name in escalations],
        "tasks": tasks,
        "asked": rows.asked(user) if seen.asked else [],
        "notices": by_day(rows.notices(user)),
    }
    return render(request, "workflows/home.html", context)


def _cards(numbers: rows.Numbers, seen: Look) -> list[Card]:
    inbox, queue = reverse("inbox"), reverse("queue")
    cards = [
        Card(_("My tasks"), numbers.tasks, "inbox", f"{inbox}?tab=todo"),
        Card(_("Overdue"), numbers.late, "alert-circle", f"{inbox}?when=late", alarm="red"),
        Card(_("Due today"), numbers.today, "clock", f"{inbox}?when=today", alarm="amber"),
        Card(_("Requests for more time"), seen.asked, "calendar-plus", f"{queue}?tab=requests", alarm="amber"),
    ]
    if seen.silent:  # a visit may be waiting there: somebody should call
        cards.append(Card(_("Tasks on silent phones"), seen.silent, "phone", f"{reverse('late-visits')}#silent", alarm="amber"))
    return cards
