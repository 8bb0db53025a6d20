"""The inbox: what I have to do, what lies at my post, what I did lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Role
from cases.journal.verbs import Verb
from workflows.models import AssignmentState, Kind, Listing
from workflows.rows import inbox as rows
from workflows.rows.asked import titled
from workflows.rows.days import Borders
from workflows.rows.desk import look
from workflows.views import choices, filters, saved
from workflows.views.cards import Card

URGENT = 3  # tasks that stand out above a long list


@require_safe
@officers_only
def inbox(request: OfficerRequest) -> HttpResponseBase:
    """At most eight queries with everything that the frame asks, however long the list is."""
    user, seen = request.user, look(request.user, Listing.INBOX)
    if opened := saved.opens_with(request, seen):
        return opened
    borders, choice = Borders.at(seen.now), choices.of_inbox(request.GET)
    tab, form, words = choice.tab, choice.form, choice.words
    context: dict[str, Any] = {
        "now": borders.now, "tab": tab, "form": form, "filtered": choice.filtered,
        "unfiltered": saved.EVERYTHING, "saved": saved.chips(request, seen, Listing.INBOX),
        "submission": uuid4(), "address": request.GET.urlencode(),
    }  # fmt: skip
    chosen = rows.narrowed(user=user, borders=borders, **choice.narrowing)
    if tab == "done":
        page = rows.done_page(user, borders.now, chosen, request.GET.get("page"))
        context |= {"tabs": _tabs(tab, None), "groups": [("done", [_row(row, user.pk) for row in page])] if page.object_list else []}
        for name in ("step", "kind", "place", "when"):
            del form.fields[name]
    else:
        found = rows.facets(user, borders, chosen)
        page = rows.open_page(user, chosen, request.GET.get("page"), length=found.shown)
        _offer(form, found)
        shown = [_row(row, user.pk) for row in page]
        context |= {
            "tabs": _tabs(tab, found),
            "kpis": _cards(found, words["when"]),
            "groups": rows.grouped(shown, borders),
            "urgent": _urgent(shown, context["filtered"], page.number, tab),
            "claimable": any(row.is_free for row in shown),
            "shown": found.shown,
        }
    context["page"] = page
    return render(request, "workflows/inbox.html", context)


def _offer(form: filters.InboxFilter, found: rows.Facets) -> None:
    form.offer("step", filters.steps(found.steps))
    form.offer("kind", filters.kinds(found.kinds))
    form.offer("place", filters.places([(code, name, n) for code, (name, n) in found.places.items()]))
    for name, options in (("kind", found.kinds), ("place", found.places)):
        if len(options) < 2 and not form.value_of(name):
            del form.fields[name]  # nothing to choose between


def _tabs(tab: str, found: rows.Facets | None) -> list[dict[str, Any]]:
    names = {"todo": _("To do"), "mine": _("Held by me"), "post": _("Unclaimed at my post"), "done": _("Done lately")}
    counts = {"todo": found.total, "mine": found.mine, "post": found.post} if found else {}
    path = reverse("inbox")
    return [{"label": label, "url": f"{path}?tab={name}", "count": counts.get(name), "current": name == tab} for name, label in names.items()]


def _cards(found: rows.Facets, when: str) -> list[Card]:
    path = reverse("inbox")
    return [
        Card(_("Overdue"), found.late, "alert-circle", f"{path}?when=late", when == "late", "red"),
        Card(_("Due today"), found.today, "clock", f"{path}?when=today", when == "today", "amber"),
        Card(_("Later this week"), found.week, "calendar", f"{path}?when=week", when == "week"),
        Card(_("Unclaimed at my post"), found.post, "users", f"{path}?tab=post"),
    ]


def _urgent(shown: list[Any], filtered: bool, page: int, tab: str) -> list[Any]:
    """The first three, on the first page of a list long enough to get lost in."""
    return shown[:URGENT] if tab == "todo" and page == 1 and not filtered and len(shown) > 2 * URGENT else []


@dataclass(frozen=True)
class TaskRow:
    """A task as the list shows it."""

    task: Any
    title: str
    kind: str
    post: str
    is_mine: bool
    is_free: bool
    came_by: str
    came_from: str

    @property
    def due_at(self) -> datetime | None:
        due_at: datetime | None = self.task.due_at
        return due_at


def _row(task: Any, me: int) -> TaskRow:
    origin: dict[str, str | None] = task.origin or {}
    verb = origin.get("verb")
    return TaskRow(
        task=task,
        title=titled(task.step, task.asked),
        kind=str(Kind(task.kind).label),
        post=str(Role(task.role).label) if task.role else "",
        is_mine=task.holder_id == me,
        # a report needs no claim: whoever holds the post acts on it
        is_free=task.holder_id is None and task.state == AssignmentState.OPEN and task.case_id is not None,
        came_by=str(Verb(verb).label) if verb in Verb.values else "",
        came_from=(origin.get("name") or _("the system")) if origin else "",
    )
