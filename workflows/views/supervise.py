"""What a supervisor does to a task or a case: each a small form with a reason, on a page of its own that also opens as a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from workflows import opentasks, reporttasks, rights, running, services
from workflows.models import AssignmentState
from workflows.steps import title
from workflows.views.acts import CASE_ORDERS, ORDERS, Order
from workflows.views.crumbs import to_case, to_subject
from workflows.views.task import any_task

if TYPE_CHECKING:
    from workflows.models import Assignment


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def supervise(request: OfficerRequest, pk: int, how: str) -> HttpResponseBase:
    """An order about a task."""
    order = ORDERS.get(how)
    if order is None:
        raise Http404
    assignment = any_task(request.user, pk)
    if assignment.beside:
        _require_of_report(request, assignment, how)
    elif how == "noted":
        raise Http404  # of a case's task that is done on the page of the escalation
    else:
        _require(request, assignment.case)
    if assignment.state != AssignmentState.OPEN:
        messages.error(request, opentasks.closed_by(assignment))
        return redirect("task", assignment.pk)
    if how == "send-back" and not running.earlier_steps(assignment):
        messages.info(request, _("There is no earlier step to which this case could be sent back."))
        return redirect("task", assignment.pk)
    arguments: dict[str, Any] = {"case": assignment.case, "user": request.user, "subject": assignment}
    crumbs = [*to_subject(assignment), (title(assignment.step), f"/tasks/{assignment.pk}/"), (str(order.title), "")]
    back = assignment.case.get_absolute_url() if how == "send-back" else f"/tasks/{assignment.pk}/"
    return _carry_out(request, order, assignment, arguments, crumbs=crumbs, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def of_case(request: OfficerRequest, pk: int, how: str) -> HttpResponseBase:
    """An order about a whole case."""
    order = CASE_ORDERS.get(how)
    if order is None:
        raise Http404
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student"), pk=pk)
    _require(request, case)
    arguments = {"case": case, "user": request.user}
    return _carry_out(request, order, case, arguments, crumbs=[*to_case(case), (str(order.title), "")], back=case.get_absolute_url())


@require_POST
@officers_only
def claim(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Take a task that lies open at one's post."""
    assignment = any_task(request.user, pk)
    try:
        services.claim(assignment, by=request.user, now=clock.now(), submission=submission_of(request))
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    except AlreadyRecorded:
        pass
    else:
        messages.success(request, _("The task is yours now."))
    return redirect("task", assignment.pk)


def _require_of_report(request: OfficerRequest, task: Assignment, how: str) -> None:
    """A report, or what a unit answers for, is acted upon from above its post; a report is sent back on its own page."""
    if how not in reporttasks.ORDERS:
        raise Http404
    if not rights.may_supervise(task, request.user):
        raise PermissionDenied(_("Your post does not allow this."))


def _require(request: OfficerRequest, case: Case) -> None:
    if not may(request.user, Capability.SUPERVISE, case):
        raise PermissionDenied(_("Your post does not allow this."))


def _carry_out(request: OfficerRequest, order: Order, about: Any, arguments: dict[str, Any], *, crumbs: Any, back: str) -> HttpResponseBase:
    form = order.form(request.POST or None, **arguments)
    submission = submission_of(request)
    if form.is_valid():
        now = clock.now()
        try:
            carry_out(form, lambda: order.service(about, **form.cleaned_data, by=request.user, now=now, submission=submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect(back)
        if not form.errors:
            messages.success(request, str(order.done))
            return redirect(back)
    context = {"order": order, "form": form, "submission": submission or uuid4(), "crumbs": crumbs, "back": back}
    return render(request, "workflows/supervise.html", context, status=422 if form.errors else 200)
