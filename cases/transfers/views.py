"""Offering a case to another county, moving it inside the own one, asking another county for help, and taking either back."""

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
from cases.directory.models import Area
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import CaseForm, submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from cases.transfers import inquiries, services
from cases.transfers.forms import CountyForm, InquiryForm, MoveForm, OfferForm, counties
from cases.transfers.models import Inquiry, Transfer


@require_http_methods(["GET", "POST"])
@officers_only
def offer(request: OfficerRequest, pk: int) -> HttpResponse:
    """First the county, then the school and the township there, with the proof."""
    case = _case(request, pk)
    title = _("Offer the case to another county")
    hint = _("Until the other county accepts, the child stays on your ledger and all tasks stay with you. It has five working days to answer.")
    county = _county(request, case)
    if county is None:
        return _choose_county(request, case, title, hint)
    form = OfferForm(request.POST or None, request.FILES or None, case=case, user=request.user, county=county.code)
    said = _("The offer lies before the education bureau of %(county)s.") % {"county": county.name}
    return _act(request, case, form, lambda **given: services.offer(case, **given), title, hint, said, county=county)


@require_http_methods(["GET", "POST"])
@officers_only
def move_within(request: OfficerRequest, pk: int) -> HttpResponse:
    """Another school, township or village of the own county."""
    case = _case(request, pk)
    form = MoveForm(request.POST or None, request.FILES or None, case=case, user=request.user, county=case.county_id)
    title = _("Change school or place inside the county")
    hint = _("The open tasks go to the new school and township at once, each with a new day; both schools are told.")
    return _act(
        request, case, form, lambda **given: services.move_within(case, **given), title, hint, _("The child was moved; both schools were told.")
    )


@require_http_methods(["GET", "POST"])
@officers_only
def ask(request: OfficerRequest, pk: int) -> HttpResponse:
    """协查: the county first, then where the child is believed to be and what is asked."""
    case = _case(request, pk)
    title = _("Ask another county for help")
    hint = _("The other county sees the child's name, year of birth and school, and your words: nothing else. It has five working days to answer.")
    county = _county(request, case)
    if county is None:
        return _choose_county(request, case, title, hint)
    form = InquiryForm(request.POST or None, case=case, user=request.user)
    said = _("The request lies before the education bureau of %(county)s.") % {"county": county.name}
    return _act(request, case, form, lambda **given: inquiries.ask(case, to_county=county, **given), title, hint, said, county=county)


@require_POST
@officers_only
def withdraw_transfer(request: OfficerRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Transfer.objects.visible_to(request.user).select_related("case"), pk=pk)
    return _withdraw(request, found, services.withdraw, _("The offer was withdrawn."))


@require_POST
@officers_only
def withdraw_inquiry(request: OfficerRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Inquiry.objects.visible_to(request.user).select_related("case"), pk=pk)
    return _withdraw(request, found, inquiries.withdraw, _("The request was withdrawn."))


def _withdraw(request: OfficerRequest, found: Transfer | Inquiry, service: Callable[..., Any], done: str) -> HttpResponse:
    note = request.POST.get("note", "")[:1000]
    try:
        service(found, note=note, by=request.user, now=clock.now(), submission=submission_of(request))
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    except AlreadyRecorded:
        pass
    else:
        messages.success(request, done)
    return redirect(found)


def _case(request: OfficerRequest, pk: int) -> Case:
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school", "school_class"), pk=pk)
    if not may(request.user, Capability.TRANSFER, case):
        raise PermissionDenied(_("Your post does not allow this."))
    return case


def _county(request: OfficerRequest, case: Case) -> Area | None:
    found: Area | None = counties(case.county_id).filter(pk=request.GET.get("county", "")[:12]).first()
    return found


def _choose_county(request: OfficerRequest, case: Case, title: str, hint: str) -> HttpResponse:
    context = {"case": case, "title": title, "hint": hint, "form": CountyForm(own=case.county_id), "crumbs": _crumbs(case, title)}
    return render(request, "cases/transfers/county.html", context)


def _act(
    request: OfficerRequest,
    case: Case,
    form: CaseForm,
    service: Callable[..., Any],
    title: str,
    hint: str,
    done: str,
    *,
    county: Area | None = None,
) -> HttpResponse:
    submission = submission_of(request)
    if form.is_valid():
        try:
            fact = carry_out(form, lambda: service(**form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect(case)
        if fact is not None:
            messages.success(request, done)
            return redirect(case)
    context = {
        "case": case,
        "county": county,
        "form": form,
        "title": title,
        "hint": hint,
        "submission": submission or uuid4(),
        "crumbs": _crumbs(case, title),
    }
    return render(request, "cases/transfers/act.html", context, status=422 if form.errors else 200)


def _crumbs(case: Case, title: str) -> list[tuple[str, str]]:
    return [(f"{case.student.name} {case.number}", case.get_absolute_url()), (title, "")]
