"""What can be said about a case without having a task: the child is back, a deduction, a deferral, a proposal taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.directory.capabilities import Capability
from cases.directory.edge import OfficerRequest, officers_only
from cases.register import clearance, decisions
from cases.register.actpage import act, case_for, take_back
from cases.register.clearanceforms import DeductionForm, DeferralForm, ReturnReportForm
from cases.register.models import Case, Clearance


@require_http_methods(["GET", "POST"])
@officers_only
def report_return(request: OfficerRequest, pk: int) -> HttpResponse:
    """The child is back at school."""
    case = case_for(request, pk, Capability.REPORT_RETURN)
    return act(
        request,
        case,
        ReturnReportForm(request.POST or None, request.FILES or None, case=case, user=request.user),
        clearance.report_return,
        title=_("Report the return"),
        hint=_("The school confirms it after five school days, then the county approves. The child is watched at 30, 60 and 90 days."),
        done=_("The return is on record. The school confirms it after five school days of attendance."),
    )


@require_http_methods(["GET", "POST"])
@officers_only
def propose_deduction(request: OfficerRequest, pk: int) -> HttpResponse:
    """核减, with the evidence that the ground demands."""
    case = case_for(request, pk, Capability.PROPOSE_DEDUCTION)
    return act(
        request,
        case,
        DeductionForm(request.POST or None, request.FILES or None, case=case, user=request.user),
        clearance.propose_deduction,
        title=_("Propose a deduction"),
        hint=_("Another person of the county education bureau decides. Each ground names the evidence that it needs."),
        done=_("The proposal waits for the county."),
    )


@require_http_methods(["GET", "POST"])
@officers_only
def apply_deferral(request: OfficerRequest, pk: int) -> HttpResponse:
    """延缓入学, for the guardian."""
    case = case_for(request, pk, Capability.APPLY_DEFERRAL)
    return act(
        request,
        case,
        DeferralForm(request.POST or None, request.FILES or None, case=case, user=request.user),
        clearance.apply_deferral,
        title=_("Apply for deferred enrolment"),
        hint=_("Only the state of the body defers enrolment (compulsory education law, article 11). The township head or the county decides."),
        done=_("The application waits for a decision."),
    )


@require_POST
@officers_only
def withdraw(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    found = get_object_or_404(Clearance.objects.select_related("case").filter(case__in=Case.objects.visible_to(request.user)), pk=pk)
    take_back(request, found, decisions.withdraw, _("The proposal was withdrawn."))
    return redirect(found.case)
