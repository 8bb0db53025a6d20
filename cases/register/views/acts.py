"""What can be said about a case without having a task: the child is back, a deduction, a deferral, a proposal taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register import clearance
from cases.register.caseform import CaseForm, submission_of
from cases.register.edge import carry_out
from cases.register.forms import DeductionForm, DeferralForm, ReturnReportForm
from cases.register.models import Case, Clearance


@require_http_methods(["GET", "POST"])
@officers_only
def report_return(request: OfficerRequest, pk: int) -> HttpResponse:
    """The child is back at school."""
    case = _case(request, pk, Capability.REPORT_RETURN)
    hint = _("The school confirms it after five school days, then the county approves. The child is watched at 30, 60 and 90 days.")
    said = _("The return is on record. The school confirms it after five school days of attendance.")
    return _act(request, case, ReturnReportForm, clearance.report_return, _("Report the return"), hint, said)


@require_http_methods(["GET", "POST"])
@officers_only
def propose_deduction(request: OfficerRequest, pk: int) -> HttpResponse:
    """核减, with the evidence that the ground demands."""
    case = _case(request, pk, Capability.PROPOSE_DEDUCTION)
    hint = _("Another person of the county education bureau decides. Each ground names the evidence that it needs.")
    return _act(request, case, DeductionForm, clearance.propose_deduction, _("Propose a deduction"), hint, _("The proposal waits for the county."))


@require_http_methods(["GET", "POST"])
@officers_only
def apply_deferral(request: OfficerRequest, pk: int) -> HttpResponse:
    """延缓入学, for the guardian."""
    case = _case(request, pk, Capability.APPLY_DEFERRAL)
    hint = _("Only the state of the body defers enrolment (compulsory education law, article 11). The township head or the county decides.")
    return _act(
        request, case, DeferralForm, clearance.apply_deferral, _("Apply for deferred enrolment"), hint, _("The application waits for a decision.")
    )


@require_POST
@officers_only
def withdraw(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    found = get_object_or_404(Clearance.objects.select_related("case").filter(case__in=Case.objects.visible_to(request.user)), pk=pk)
    try:
        clearance.withdraw(found, note=request.POST.get("note", "")[:2000], by=request.user, now=clock.now(), submission=submission_of(request))
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    except AlreadyRecorded:
        pass
    else:
        messages.success(request, _("The proposal was withdrawn."))
    return redirect(found.case)


def _case(request: OfficerRequest, pk: int, capability: Capability) -> Case:
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school", "school_class"), pk=pk)
    if not may(request.user, capability, case):
        raise PermissionDenied(_("Your post does not allow this."))
    return case


def _act(
    request: OfficerRequest, case: Case, form_class: type[CaseForm], service: Callable[..., Any], title: str, hint: str, done: str
) -> HttpResponse:
    form = form_class(request.POST or None, request.FILES or None, case=case, user=request.user)
    submission = submission_of(request)
    if form.is_valid():
        try:
            fact = carry_out(form, lambda: service(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect(case)
        if fact is not None:
            messages.success(request, done)
            return redirect(case)
    context = {
        "case": case,
        "form": form,
        "title": title,
        "hint": hint,
        "submission": submission or uuid4(),
        "crumbs": [(case.number, case.get_absolute_url()), (title, "")],
    }
    return render(request, "cases/register/act.html", context, status=422 if form.errors else 200)
