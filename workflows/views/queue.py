"""The escalation queue: what was raised to my posts, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Role
from workflows.models import Listing
from workflows.rows import queue as rows
from workflows.rows import requests
from workflows.rows.asked import titled
from workflows.rows.days import Borders
from workflows.rows.desk import look
from workflows.views import choices, filters, saved
from workflows.views.cards import Card
from workflows.views.rungs import rung_means, rung_tag

if TYPE_CHECKING:
    from django.core.paginator import Page


@require_safe
@officers_only
def queue(request: OfficerRequest) -> HttpResponseBase:
    """At most eight queries with everything that the frame asks, however long the queue is."""
    user, seen = request.user, look(request.user, Listing.QUEUE, count_requests=True)
    if opened := saved.opens_with(request, seen):
        return opened
    borders, choice = Borders.at(seen.now), choices.of_queue(request.GET)
    tab, form, words = choice.tab, choice.form, choice.words
    context: dict[str, Any] = {
        "now": borders.now, "tab": tab, "form": form, "filtered": choice.filtered, "asked": seen.asked, "address": request.GET.urlencode(),
        "unfiltered": saved.EVERYTHING, "saved": saved.chips(request, seen, Listing.QUEUE), "supervises": may(user, Capability.SUPERVISE),
    }  # fmt: skip
    if tab == "requests":
        page = requests.list_page(user, request.GET.get("page"), length=seen.asked)
        return render(
            request, "workflows/queue_requests.html", context | {"page": page, "rows": page.object_list, "tabs": _tabs(tab, None, seen.asked)}
        )
    chosen = rows.narrowed(borders=borders, tab=tab, **words)
    length = None
    if tab != "handled":
        found = rows.facets(user, borders, chosen)
        length = found.shown
        context |= {"kpis": _cards(found, words, borders), "waiting": found.waiting, "shown": found.shown}
        _offer(form, found)
    else:
        for name in choices.QUEUE[1:]:
            del form.fields[name]
    page = rows.queue_page(user, chosen, request.GET.get("page"), tab=tab, now=borders.now, length=length)
    context |= {"page": page, "rows": _rows(page), "tabs": _tabs(tab, context.get("waiting"), seen.asked)}
    return render(request, "workflows/queue.html", context)


def _offer(form: filters.QueueFilter, found: rows.Facets) -> None:
    form.offer("rung", [(str(rung), f"{_('Rung %(rung)s') % {'rung': rung}} ({n})") for rung, n in sorted(found.rungs.items(), reverse=True)])
    form.offer("step", filters.steps(found.steps))
    form.offer("reason", filters.reasons(found.reasons))
    form.offer("age", [(age, f"{label} ({n})") for age, label in age_labels() if (n := found.ages[age])])
    if found.silent or form.value_of("phone"):
        form.offer("phone", [("silent", _("Phone silent (%(number)s)") % {"number": found.silent})])
    else:
        del form.fields["phone"]
    for name, options in (("place", found.places), ("unit", found.units)):
        form.offer(name, filters.places(options))
        if len(options) < 2 and not form.value_of(name):
            del form.fields[name]  # nothing to choose between


def age_labels() -> list[tuple[str, str]]:
    """How long something is overdue, as people sort it."""
    return [
        ("3", _("overdue up to 3 days")),
        ("7", _("overdue 4 to 7 days")),
        ("15", _("overdue 8 to 15 days")),
        ("over", _("overdue more than 15 days")),
    ]


def _cards(found: rows.Facets, words: dict[str, str], borders: Borders) -> list[Card]:
    path, when = reverse("queue"), words["when"]
    longest = (localdate(borders.now) - localdate(found.oldest)).days if found.oldest and found.oldest < borders.now else 0
    note = ngettext("the longest for %(days)d day", "the longest for %(days)d days", longest) % {"days": longest} if longest else ""
    rungs = sorted(found.rungs, reverse=True)[:3]
    return [
        Card(_("Overdue"), found.late, "alert-circle", f"{path}?when=late", when == "late", "red", note),
        Card(_("Due today"), found.today, "clock", f"{path}?when=today", when == "today", "amber"),
        *(Card(rung_tag(n)[1], found.rungs[n], "stairs-up", f"{path}?rung={n}", words["rung"] == str(n), note=rung_means(n)) for n in rungs),
    ]


def _tabs(tab: str, waiting: int | None, asked: int) -> list[dict[str, Any]]:
    names = {
        "waiting": _("Waiting for me"), "requests": _("Requests for more time"), "followed": _("Urged, still open"), "handled": _("Handled lately"),
    }  # fmt: skip
    path, counts = reverse("queue"), {"waiting": waiting, "requests": asked}
    return [
        {
            "label": words,
            "url": f"{path}?tab={name}",
            "count": counts.get(name),
            "current": name == tab,
        }
        for name, words in names.items()
    ]


@dataclass(frozen=True)
class QueueRow:
    """An escalation as the list shows it."""

    escalation: Any
    rung: tuple[str, str]
    title: str
    reason: str
    who: str
    phone: str


def _rows(page: Page[Any]) -> list[QueueRow]:
    return [
        QueueRow(
            escalation=row,
            rung=rung_tag(row.rung),
            title=titled(row.assignment.step, row.asked),
            reason=label(CodeList.REASON, row.case.reason) if row.case and row.case.reason else "",
            phone=(row.assignment.holder.phone if row.assignment.holder else "") or row.assignment.organisation.phone,
            who=row.assignment.holder.name if row.assignment.holder else str(Role(row.assignment.role).label) if row.assignment.role else "",
        )
        for row in page
    ]
