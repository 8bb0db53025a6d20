"""The page of a case, and its sheet for the printer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.models import Entry
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.models import Case
from workflows.models import AssignmentState, EscalationState
from workflows.rows import history, progress, summary
from workflows.steps import title
from workflows.views import menu
from workflows.views.case_tabs import TABS, Sight, course, plan, visits
from workflows.views.crumbs import to_cases
from workflows.views.links import find

ONCE_AN = timedelta(hours=1)


@require_safe
@officers_only
def case(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Who the child is, where the case stands, who does what by when; one tab at a time."""
    found = _get(request, pk)
    now = clock.now()
    _note_look(found, request, now)
    name = request.GET.get("tab", "overview")
    name = name if name in TABS else "overview"
    tasks = progress.of_case(found)
    sight = Sight(found, request.user, now, tasks, request.GET.get("page"))
    context = {**_head(request, found, now, tasks), "tab": name, "tabs": _tabs(found, name), **TABS[name].show(sight)}
    context["part"] = f"workflows/case/{name}.html"
    return render(request, "workflows/case.html", context)


@require_safe
@officers_only
def sheet(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The case on one page of paper."""
    found = _get(request, pk)
    now = clock.now()
    _note_look(found, request, now)
    tasks = progress.of_case(found)
    sight = Sight(found, request.user, now, tasks)
    context = {
        **_head(request, found, now, tasks),
        "facts": summary.facts(found, localdate(now)),
        "rows": course(sight)["tasks"],
        **visits(sight),
        **plan(sight),
        "history": history.in_words(history.lately(found, 12)),
        "printed_by": request.user.name,
    }
    context["crumbs"] = [*to_cases(), (found.number, found.get_absolute_url()), (_("Case sheet"), "")]
    return render(request, "workflows/sheet.html", context)


def _get(request: OfficerRequest, pk: int) -> Case:
    rows = Case.objects.visible_to(request.user).select_related(
        "student__registered_at", "student__lives_at", "school", "school_class", "township", "village", "county", "education", "in_roll_ledger_by"
    )
    found: Case = get_object_or_404(rows, pk=pk)
    return found


def _note_look(found: Case, request: OfficerRequest, now: datetime) -> None:
    """Who looked goes on record, once for a person, a case and an hour."""
    before = Entry.objects.filter(case=found, actor=request.user, verb=Verb.CASE_VIEWED, occurred_at__gt=now - ONCE_AN, occurred_at__lte=now)
    if request.method == "GET" and not before.exists():
        record(Verb.CASE_VIEWED, case=found, actor=request.user, at=now)


def _head(request: OfficerRequest, found: Case, now: datetime, tasks: list[Any]) -> dict[str, Any]:
    """What every tab has above it and beside it."""
    today = localdate(now)
    episode = progress.of_episode(tasks, found.episode)
    waiting = sorted((row for row in tasks if row.state == AssignmentState.OPEN), key=lambda row: (row.due_at is None, row.due_at))
    posts = {(post.organisation_id, post.role) for post in request.user.posts()}
    mine = [row for row in waiting if row.holder_id == request.user.pk or (row.holder_id is None and (row.organisation_id, row.role) in posts)]
    return {
        "now": now,
        "crumbs": [*to_cases(), (found.number, "")],
        "case": found,
        "standing": progress.tag_of(found),
        "age": summary.age(found.student.born_on, today),
        "absent": summary.days_absent(found, today),
        "groups": summary.groups(found),
        "guardians": summary.guardians(found),
        "stages": progress.stages(found, episode, now=now),
        "waiting": [(row, title(row.step), progress.whose(row)) for row in waiting],
        "mine": (mine[0], title(mine[0].step)) if mine else None,
        "raised": found.escalations.filter(state=EscalationState.OPEN).order_by("-rung").values_list("rung", flat=True).first(),
        "menu": menu.of(found, request.user),
        "identity_url": find("student", args=[found.student_id]) + "#identity" if may(request.user, Capability.SHOW_IDENTITY, found) else "",
    }


def _tabs(found: Case, current: str) -> list[dict[str, Any]]:
    path = reverse("case", args=[found.pk])
    return [
        {"label": tab.label, "url": path if name == "overview" else f"{path}?tab={name}", "current": name == current} for name, tab in TABS.items()
    ]
