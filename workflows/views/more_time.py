"""More time for a task: one page where it is asked for, and where somebody above answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from workflows import extensions, opentasks, reporttasks, rights
from workflows.models import AssignmentState
from workflows.steps import title
from workflows.views.crumbs import to_subject
from workflows.views.task import any_task

if TYPE_CHECKING:
    from cases.directory.models import User
    from workflows.models import Assignment, ExtensionRequest


class AskForm(PlainForm):
    until = forms.DateField(label=gettext_lazy("New last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=gettext_lazy("Why more time is needed"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)

    def __init__(self, data: Any = None, *, today: Any) -> None:
        super().__init__(data)
        self.fields["until"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()


class AnswerForm(PlainForm):
    grant = forms.TypedChoiceField(
        label=gettext_lazy("Answer"),
        choices=[("yes", gettext_lazy("grant")), ("no", gettext_lazy("refuse, with a reason"))],
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
    )
    answer = forms.CharField(label=gettext_lazy("Reason or note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def more_time(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Whoever may do the task asks; whoever supervises the case answers what another asked for."""
    assignment = any_task(request.user, pk)
    asked, user = extensions.waiting(assignment), request.user
    if assignment.state != AssignmentState.OPEN:
        messages.error(request, opentasks.closed_by(assignment))
        return redirect("task", pk)
    if asked and asked.asked_by_id != user.pk and _answers(user, assignment):
        return _answer(request, assignment, asked)
    if not rights.may_do(assignment, user):
        raise PermissionDenied(_("This task lies at another post."))
    if asked:
        messages.info(request, _("More time was already asked for; please wait for the answer."))
        return redirect("task", pk)
    return _ask(request, assignment)


def _answers(user: User, assignment: Assignment) -> bool:
    """Whether the user answers requests about this task."""
    return rights.may_supervise(assignment, user) if assignment.beside else may(user, Capability.SUPERVISE, assignment.case)


def _ask(request: OfficerRequest, assignment: Assignment) -> HttpResponseBase:
    now = clock.now()
    form = AskForm(request.POST or None, today=localdate(now))
    if day := reporttasks.last_day(assignment):
        form.fields["until"].widget.attrs["max"], form.fields["until"].help_text = day.isoformat(), reporttasks.never_moves(assignment)
    order = {
        "title": _("Ask for more time"),
        "text": _("Whoever stands above you is asked. The deadline runs on until they grant it."),
        "button": _("Ask"),
        "icon": "calendar-plus",
    }
    return _page(
        request,
        assignment,
        form,
        order,
        lambda submission: extensions.ask_extension(assignment, **form.cleaned_data, by=request.user, now=now, submission=submission),
        _("More time was asked for."),
    )


def _answer(request: OfficerRequest, assignment: Assignment, asked: ExtensionRequest) -> HttpResponseBase:
    now = clock.now()
    form = AnswerForm(request.POST or None)
    order = {
        "title": _("More time is asked for"),
        "text": _("%(name)s asks for time until %(day)s: %(reason)s")
        % {"name": asked.asked_by.name, "day": asked.until.isoformat(), "reason": asked.reason},
        "button": _("Answer"),
        "icon": "calendar-plus",
    }
    return _page(
        request,
        assignment,
        form,
        order,
        lambda submission: extensions.decide_extension(asked, **form.cleaned_data, by=request.user, now=now, submission=submission),
        _("The request was answered."),
    )


def _page(request: OfficerRequest, assignment: Assignment, form: forms.Form, order: dict[str, str], act: Any, done: str) -> HttpResponseBase:
    submission = submission_of(request) or uuid4()
    if form.is_valid():
        try:
            carry_out(form, lambda: act(submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect("task", assignment.pk)
        if not form.errors:
            messages.success(request, done)
            return redirect(f"{reverse('queue')}?tab=requests") if request.POST.get("next") == "queue" else redirect("task", assignment.pk)
    context = {
        "order": order,
        "form": form,
        "submission": submission,
        "crumbs": [*to_subject(assignment), (title(assignment.step), f"/tasks/{assignment.pk}/"), (order["title"], "")],
        "back": f"/tasks/{assignment.pk}/",
    }
    return render(request, "workflows/supervise.html", context, status=422 if form.errors else 200)
