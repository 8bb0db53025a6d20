"""The page of a task for a unit that has no other part in the case: the task, the least about the child that it needs, and nothing of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from cases.journal import clock
from cases.register.caseform import submission_of
from cases.register.models import Case
from workflows import opentasks, rights
from workflows.models import AssignmentState, Kind
from workflows.planning import words as why
from workflows.rows import ahead, basis, progress, subject
from workflows.steps import BASIS, title
from workflows.views import doing

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponseBase

    from cases.directory.edge import OfficerRequest
    from workflows.models import Assignment


def show(
    request: OfficerRequest, assignment: Assignment, form: forms.BaseForm | None, *, status: int = 200, too_late: str = "", typed: Any = ()
) -> HttpResponseBase:
    """Name, year of birth and school of the child; what is asked; by when."""
    user, case, now = request.user, assignment.case, clock.now()
    deadline = getattr(assignment, "deadline", None)
    is_open = assignment.state == AssignmentState.OPEN
    at_my_post = any(post.organisation_id == assignment.organisation_id and post.role == assignment.role for post in user.posts())
    context = {
        "now": now,
        "crumbs": [(_("My tasks"), reverse("inbox")), (title(assignment.step), "")],
        "assignment": assignment,
        "title": title(assignment.step),
        "kind": Kind(assignment.kind).label,
        "name": case.student.name,
        "least": [
            (_("Name"), case.student.name),
            (_("Born in"), str(case.student.born_on.year)),
            (_("School"), case.school.name if case.school else _("none")),
            (_("Case number"), case.number),
        ],
        "form": form,
        "submission": submission_of(request) or uuid4(),
        "too_late": too_late,
        "typed": typed,
        "closed": "" if is_open else opentasks.closed_by(assignment),
        "whose": progress.whose(assignment),
        "why": why(deadline.explanation, provisional=deadline.provisional) if deadline and deadline.explanation else "",
        "basis": basis.in_words(BASIS.get(assignment.step, "")),
        "ahead": ahead.after(assignment.kind, assignment.step, county_id=case.county_id, on=localdate(now)),
        "subject": subject.of(assignment),
        "claimable": is_open and assignment.holder_id is None and at_my_post,
        "supervises": is_open and rights.stands_above(assignment, user) and not rights.is_own(assignment, user),
    }
    return render(request, "workflows/task_outside.html", context, status=status)


def after(request: OfficerRequest, assignment: Assignment, ended: doing.Ended) -> HttpResponseBase:
    """Where to go when the form was taken: to the case, if it is the own unit's now; what else is open there is nobody's business else."""
    if ended is doing.Ended.DONE:
        messages.success(request, _("Done: %(title)s.") % {"title": title(assignment.step)})
    case = Case.objects.visible_to(request.user).filter(pk=assignment.case_id).first()
    return redirect(case) if case else redirect("inbox")
