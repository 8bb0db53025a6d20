"""What a supervisor does to a task or a case: each a small form with a reason, on a page of its own that also opens as a dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from workflows import casewide, extratasks, opentasks, reporttasks, rights, running, services, supervising
from workflows.forms import ExtendForm, ExtraTaskForm, NoteForm, ReassignForm, SendBackForm
from workflows.models import AssignmentState
from workflows.steps import title
from workflows.views.crumbs import to_case, to_subject
from workflows.views.task import any_task

if TYPE_CHECKING:
    from django import forms
    from django.utils.functional import _StrPromise

    from workflows.models import Assignment


@dataclass(frozen=True)
class Order:
    """One thing that a supervisor may do: its form and its service, its words before and after."""

    title: _StrPromise
    text: _StrPromise
    button: _StrPromise
    icon: str
    form: Callable[..., forms.Form]
    service: Callable[..., Any]
    done: _StrPromise
    dangerous: bool = False


def _send_back_form(data: Any = None, *, case: Case, user: Any, subject: Assignment) -> forms.Form:
    return SendBackForm(data, case=case, user=user, steps=running.earlier_steps(subject))


ORDERS: dict[str, Order] = {
    "remind": Order(
        gettext_lazy("Remind"),
        gettext_lazy("Whoever holds the task gets your words at once."),
        gettext_lazy("Send the reminder"),
        "bell",
        NoteForm,
        services.remind,
        gettext_lazy("The reminder was sent."),
    ),
    "reassign": Order(
        gettext_lazy("Reassign"),
        gettext_lazy("Another person's post gets the task; both are told."),
        gettext_lazy("Reassign"),
        "user-plus",
        ReassignForm,
        services.reassign,
        gettext_lazy("The task was reassigned."),
    ),
    "extend": Order(
        gettext_lazy("Extend"),
        gettext_lazy("The deadline moves; the reason goes on record."),
        gettext_lazy("Extend"),
        "calendar-time",
        ExtendForm,
        services.extend,
        gettext_lazy("The deadline was extended."),
    ),
    "take-over": Order(
        gettext_lazy("Take over"),
        gettext_lazy("You do the task yourself from now on."),
        gettext_lazy("Take over"),
        "user-check",
        NoteForm,
        services.take_over,
        gettext_lazy("The task is yours now."),
    ),
    "raise": Order(
        gettext_lazy("Raise to the superior"),
        gettext_lazy("The next rung of the ladder gets the task now, with your reason, and confirms that it did. You can do this once."),
        gettext_lazy("Raise"),
        "stairs-up",
        NoteForm,
        supervising.raise_to_superior,
        gettext_lazy("The task was raised; the people above were told."),
    ),
    "agenda": Order(
        gettext_lazy("Put on the joint conference's agenda"),
        gettext_lazy("The county's joint conference deals with the case; its office gets your reason."),
        gettext_lazy("Put on the agenda"),
        "users",
        NoteForm,
        supervising.put_on_agenda,
        gettext_lazy("The case waits for the joint conference."),
    ),
    "noted": Order(
        gettext_lazy("Note, and take it off my queue"),
        gettext_lazy("It lies before you no more; your words go on record. The task stays where it is."),
        gettext_lazy("Note"),
        "check",
        NoteForm,
        supervising.note_what_lies_before,
        gettext_lazy("Noted. It left your queue."),
    ),
    "send-back": Order(
        gettext_lazy("Send back"),
        gettext_lazy("The case goes back to an earlier step. What is open now is cancelled; what was done stays on record."),
        gettext_lazy("Send back"),
        "corner-up-left",
        _send_back_form,
        services.send_back,
        gettext_lazy("The case was sent back."),
        dangerous=True,
    ),
}

CASE_ORDERS: dict[str, Order] = {
    "extra": Order(
        gettext_lazy("Add an extra task"),
        gettext_lazy("One more thing for somebody to do, beside the main work."),
        gettext_lazy("Add the task"),
        "plus",
        ExtraTaskForm,
        extratasks.add_extra_task,
        gettext_lazy("The extra task was added."),
    ),
    "agenda": Order(
        gettext_lazy("Put on the joint conference's agenda"),
        gettext_lazy("The county's joint conference deals with the case; its office gets your reason."),
        gettext_lazy("Put on the agenda"),
        "users",
        NoteForm,
        supervising.put_case_on_agenda,
        gettext_lazy("The case waits for the joint conference."),
    ),
    "pause": Order(
        gettext_lazy("Suspend the case"),
        gettext_lazy("All clocks of the case stop, and nothing can be done to it until somebody resumes it."),
        gettext_lazy("Suspend"),
        "player-pause",
        NoteForm,
        casewide.pause_case,
        gettext_lazy("The case is suspended."),
    ),
    "resume": Order(
        gettext_lazy("Resume the case"),
        gettext_lazy("The clocks run on with what was left of them."),
        gettext_lazy("Resume"),
        "player-play",
        NoteForm,
        casewide.resume_case,
        gettext_lazy("The case is running again."),
    ),
    "cancel": Order(
        gettext_lazy("Cancel the case"),
        gettext_lazy("Only for a case that was opened by mistake. It is closed and stays on record."),
        gettext_lazy("Cancel the case"),
        "ban",
        NoteForm,
        casewide.cancel_case,
        gettext_lazy("The case was cancelled."),
        dangerous=True,
    ),
}


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
