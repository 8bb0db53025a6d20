"""The page of a task: the form of its step, the case beside it, and what happens next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.register.caseform import submission_of
from workflows import opentasks, outside, rights
from workflows.actions import ACTIONS
from workflows.models import Assignment, AssignmentState, ExtraTask, Kind
from workflows.planning import words as why
from workflows.rows import ahead, basis, history, progress, subject, summary
from workflows.rows.asked import EXTRA, titled
from workflows.steps import BASIS, STEPS, title
from workflows.views import doing, matter, outsider
from workflows.views.crumbs import to_case

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet

    from cases.directory.models import User

RECENT = 6  # entries of the journal beside a task


def tasks(user: User) -> QuerySet[Assignment]:
    """The tasks that the user may see, with what their page needs."""
    rows: QuerySet[Assignment] = Assignment.objects.visible_to(user).filter(case__isnull=False)
    return rows.select_related(
        "case__student", "case__school", "case__school_class", "case__township", "case__county", "organisation", "holder", "done_by", "deadline"
    )


def tasks_to_do(user: User) -> QuerySet[Assignment]:
    """The same tasks with what a form needs: a person who hands one in rarely sees this page again, and ten joins take long to plan."""
    rows: QuerySet[Assignment] = Assignment.objects.visible_to(user).filter(case__isnull=False)
    return rows.select_related("case")


def any_task(user: User, pk: int) -> Assignment:
    """The task of a case, of a report or of a unit's matter that the user may see. Raises Http404."""
    of_reports = Assignment.objects.of_reports(user).select_related("report__unit", "organisation", "holder", "done_by", "deadline")
    of_matters = Assignment.objects.of_matters(user).select_related("matter", "organisation", "holder", "done_by", "deadline")
    found: Assignment = tasks(user).filter(pk=pk).first() or of_matters.filter(pk=pk).first() or get_object_or_404(of_reports, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def task(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Whoever may do the task gets its form; whoever may see the case reads along; a stranger finds nothing."""
    assignment = (tasks(request.user) if request.method != "POST" else tasks_to_do(request.user)).filter(pk=pk).first()
    if assignment is None and (of_a_unit := matter.of(request, pk)):
        return of_a_unit
    if assignment is None:  # a report's task is done on the page of the report
        found: Any = get_object_or_404(Assignment.objects.of_reports(request.user).select_related("report"), pk=pk)
        return redirect(found.report)
    able = assignment.step in ACTIONS and rights.may_do(assignment, request.user)
    if request.method == "POST":
        if not able:
            raise PermissionDenied(_("This task lies at another post."))
        return _submit(request, assignment)
    form = ACTIONS[assignment.step].form_for(assignment, request.user) if able and _can_be_done(assignment) else None
    return show(request, assignment, form)


def _can_be_done(assignment: Assignment) -> bool:
    return assignment.state == AssignmentState.OPEN and (not assignment.case.paused_at or ACTIONS[assignment.step].despite_pause)


def _submit(request: OfficerRequest, assignment: Assignment) -> HttpResponseBase:
    user, now, submission = request.user, clock.now(), submission_of(request) or uuid4()
    form = ACTIONS[assignment.step].form_for(assignment, user, request.POST, request.FILES)
    ended, words = doing.submit(assignment, form, by=user, now=now, submission=submission)
    if ended is doing.Ended.REFUSED:
        return show(request, assignment, form, status=422)
    if ended is doing.Ended.TOO_LATE:
        assignment.refresh_from_db(fields=["state", "done_at", "done_by"])
        return show(request, assignment, None, status=409, too_late=words, typed=doing.typed(form))
    if ended is doing.Ended.REPEATED:
        messages.info(request, words)
    if STEPS[assignment.step].outside:
        return outsider.after(request, assignment, ended)
    waiting = doing.opened_after(assignment)
    if ended is doing.Ended.DONE:
        messages.success(request, doing.what_next(assignment, waiting))
    if any(row.pk == assignment.pk for row in waiting):
        return redirect("task", assignment.pk)
    mine = doing.mine_among(waiting, assignment, user)
    return redirect("task", mine.pk) if mine else redirect("inbox")


def show(
    request: OfficerRequest, assignment: Assignment, form: forms.BaseForm | None, *, status: int = 200, too_late: str = "", typed: Any = ()
) -> HttpResponseBase:
    """The page with or without its form."""
    if outside.is_outsider(assignment, request.user):
        return outsider.show(request, assignment, form, status=status, too_late=too_late, typed=typed)
    user, case, now = request.user, assignment.case, clock.now()
    today = localdate(now)
    context = {
        "now": now,
        "crumbs": [(_("My tasks"), "/tasks/"), *to_case(case), (_titled(assignment), "")],
        "assignment": assignment,
        "case": case,
        "title": _titled(assignment),
        "kind": Kind(assignment.kind).label,
        "form": form,
        "submission": submission_of(request) or uuid4(),
        "too_late": too_late,
        "typed": typed,
        "closed": "" if assignment.state == AssignmentState.OPEN else opentasks.closed_by(assignment),
        "whose": progress.whose(assignment),
        "why": _why(assignment),
        "basis": basis.in_words(BASIS.get(assignment.step, "")),
        "claimable": _claimable(assignment, user),
        "supervises": _supervises(assignment, user),
        "may_order": may(user, Capability.ISSUE_SUPERVISION, case),
        "ahead": ahead.after(assignment.kind, assignment.step, county_id=case.county_id, on=today),
        "subject": subject.of(assignment),
        "standing": progress.tag_of(case),
        "age": summary.age(case.student.born_on, today),
        "facts": summary.facts(case, today),
        "guardians": summary.guardians(case),
        "groups": summary.groups(case),
        "visits": summary.last_visits(case),
        "history": history.in_words(history.lately(case, RECENT)),
    }
    return render(request, "workflows/task.html", context, status=status)


def _titled(assignment: Assignment) -> str:
    """The name of the step; of an extra task what it asks for, since nobody can tell two of them apart otherwise."""
    if assignment.step != EXTRA or assignment.seed is None:
        return title(assignment.step)
    return titled(assignment.step, ExtraTask.objects.filter(pk=assignment.seed).values_list("title", flat=True).first())


def _why(assignment: Assignment) -> str:
    """The explanation of the deadline: which days count."""
    deadline = getattr(assignment, "deadline", None)
    return why(deadline.explanation, provisional=deadline.provisional) if deadline and deadline.explanation else ""


def _supervises(assignment: Assignment, user: User) -> bool:
    """Whether the means of supervision are offered: not on a task of one's own, nor on one above."""
    is_open = assignment.state == AssignmentState.OPEN and assignment.organisation_id is not None
    return is_open and rights.stands_above(assignment, user) and not rights.is_own(assignment, user)


def _claimable(assignment: Assignment, user: User) -> bool:
    at_my_post = any(post.organisation_id == assignment.organisation_id and post.role == assignment.role for post in user.posts())
    return assignment.state == AssignmentState.OPEN and assignment.holder_id is None and at_my_post
