"""The page on which somebody says a thing about a case without having a task, and the button that takes it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, may
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import CaseForm, submission_of
from cases.register.edge import carry_out
from cases.register.models import Case

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cases.directory.edge import OfficerRequest

MOST = 2000  # characters of a note that takes something back


class WhyForm(PlainForm):
    """Why something is taken back, in the words that go on record with it."""

    note = forms.CharField(max_length=MOST, required=False)


def case_for(request: OfficerRequest, pk: int, capability: Capability) -> Case:
    """The case with its child. 404 for a stranger; raises PermissionDenied where the user's post does not allow the act."""
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school", "school_class"), pk=pk)
    if not may(request.user, capability, case):
        raise PermissionDenied(_("Your post does not allow this."))
    return case


def act(
    request: OfficerRequest,
    case: Case,
    form: CaseForm,
    service: Callable[..., Any],
    *,
    title: str,
    hint: str,
    done: str,
    template: str = "cases/register/act.html",
    **more: Any,
) -> HttpResponse:
    """Show the form, or call the service with what it says and go back to the case. A refusal stands in the form, with status 422.

    `done` is said when the fact is on record; `more` is for the template alone.
    """
    submission = submission_of(request)
    if form.is_valid():
        try:
            fact = carry_out(form, lambda: service(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect(case)
        if fact is not None:
            messages.success(request, done)
            return redirect(case)
    page = more | {"case": case, "form": form, "title": title, "hint": hint, "submission": submission or uuid4(), "crumbs": crumbs(case, title)}
    return render(request, template, page, status=422 if form.errors else 200)


def crumbs(case: Case, title: str) -> list[tuple[str, str]]:
    return [(f"{case.student.name} {case.number}", case.get_absolute_url()), (title, "")]


def take_back(request: OfficerRequest, found: Any, service: Callable[..., Any], done: str) -> None:
    """Call the service that withdraws what was found, and say on the next page what came of it."""
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["note"][0]))
        return
    try:
        service(found, note=form.cleaned_data["note"], by=request.user, now=clock.now(), submission=submission_of(request))
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    except AlreadyRecorded:
        pass
    else:
        messages.success(request, done)
