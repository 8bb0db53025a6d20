"""The page of what a unit must answer for beside the cases: who has it, by when, what is open, and where it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.inspections.models import Finding
from cases.journal import clock
from cases.rosters.models import Discrepancy
from cases.rosters.rows import row
from workflows.models import Assignment, AssignmentState, MatterKind
from workflows.opentasks import closed_by
from workflows.rows import mattertask
from workflows.rows.basis import in_words
from workflows.steps import BASIS, title

if TYPE_CHECKING:
    from cases.directory.edge import OfficerRequest
    from cases.directory.models import User
    from workflows.models import UnitMatter

SHOWN = 30


def of(request: OfficerRequest, pk: int) -> HttpResponse | None:
    """The page of this task; None where it is about no matter of a unit, or the user may not see it. A form of its own it has none: the
    room that it comes from has it."""
    rows = Assignment.objects.of_matters(request.user).select_related("matter", "organisation", "holder", "done_by", "deadline")
    task = rows.filter(pk=pk).first()
    if task is None or task.matter is None:
        return None
    now = clock.now()
    context: dict[str, Any] = {
        "now": now,
        "task": task,
        "matter": task.matter,
        "title": title(task.step),
        "closed": "" if task.state == AssignmentState.OPEN else closed_by(task),
        "basis": in_words(BASIS.get(task.step, "")),
        "crumbs": [(_("My tasks"), reverse("inbox")), (title(task.step), "")],
        **mattertask.of(task, request.user),
        **_about(task.matter, request.user),
    }
    return render(request, "workflows/matter.html", context)


def _about(matter: UnitMatter, user: User) -> dict[str, Any]:
    """What is open, as far as the reader may see it."""
    if matter.kind == MatterKind.FINDING:
        return {"finding": Finding.objects.visible_to(user).select_related("inspectorate", "unit").filter(pk=matter.finding_id).first()}
    found = Discrepancy.objects.visible_to(user).filter(found_in=matter.roster_id, organisation=matter.organisation_id)
    waiting = found.filter(settled="").select_related("case__student", "row", "school", "organisation", "holder").order_by("due_on", "pk")
    today = clock.day(clock.now())
    return {"open": waiting.count(), "settled": found.exclude(settled="").count(), "rows": [row(one, today) for one in waiting[:SHOWN]]}
