"""Offering a case to another county, moving it inside the own one, asking another county for help, and taking either back."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.directory.capabilities import Capability
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Area
from cases.register.actpage import act, case_for, crumbs, take_back
from cases.register.models import Case
from cases.transfers import inquiries, services
from cases.transfers.forms import CountyForm, InquiryForm, MoveForm, OfferForm, counties
from cases.transfers.models import Inquiry, Transfer

PAGE = "cases/transfers/act.html"


@require_http_methods(["GET", "POST"])
@officers_only
def offer(request: OfficerRequest, pk: int) -> HttpResponse:
    """First the county, then the school and the township there, with the proof."""
    case = case_for(request, pk, Capability.TRANSFER)
    title = _("Offer the case to another county")
    hint = _("Until the other county accepts, the child stays on your ledger and all tasks stay with you. It has five working days to answer.")
    county = _county(request, case)
    if county is None:
        return _choose_county(request, case, title, hint)
    form = OfferForm(request.POST or None, request.FILES or None, case=case, user=request.user, county=county.code)
    said = _("The offer lies before the education bureau of %(county)s.") % {"county": county.name}
    return act(request, case, form, services.offer, title=title, hint=hint, done=said, template=PAGE, county=county)


@require_http_methods(["GET", "POST"])
@officers_only
def move_within(request: OfficerRequest, pk: int) -> HttpResponse:
    """Another school, township or village of the own county."""
    case = case_for(request, pk, Capability.TRANSFER)
    form = MoveForm(request.POST or None, request.FILES or None, case=case, user=request.user, county=case.county_id)
    title = _("Change school or place inside the county")
    hint = _("The open tasks go to the new school and township at once, each with a new day; both schools are told.")
    said = _("The child was moved; both schools were told.")
    return act(request, case, form, services.move_within, title=title, hint=hint, done=said, template=PAGE)


@require_http_methods(["GET", "POST"])
@officers_only
def ask(request: OfficerRequest, pk: int) -> HttpResponse:
    """协查: the county first, then where the child is believed to be and what is asked."""
    case = case_for(request, pk, Capability.TRANSFER)
    title = _("Ask another county for help")
    hint = _("The other county sees the child's name, year of birth and school, and your words: nothing else. It has five working days to answer.")
    county = _county(request, case)
    if county is None:
        return _choose_county(request, case, title, hint)
    form = InquiryForm(request.POST or None, case=case, user=request.user)
    said = _("The request lies before the education bureau of %(county)s.") % {"county": county.name}
    return act(request, case, form, partial(inquiries.ask, to_county=county), title=title, hint=hint, done=said, template=PAGE, county=county)


@require_POST
@officers_only
def withdraw_transfer(request: OfficerRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Transfer.objects.visible_to(request.user).select_related("case"), pk=pk)
    take_back(request, found, services.withdraw, _("The offer was withdrawn."))
    return redirect(found)


@require_POST
@officers_only
def withdraw_inquiry(request: OfficerRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Inquiry.objects.visible_to(request.user).select_related("case"), pk=pk)
    take_back(request, found, inquiries.withdraw, _("The request was withdrawn."))
    return redirect(found)


def _county(request: OfficerRequest, case: Case) -> Area | None:
    found: Area | None = counties(case.county_id).filter(pk=request.GET.get("county", "")[:12]).first()
    return found


def _choose_county(request: OfficerRequest, case: Case, title: str, hint: str) -> HttpResponse:
    form = CountyForm(request.GET if "county" in request.GET else None, own=case.county_id)
    context = {"case": case, "title": title, "hint": hint, "form": form, "crumbs": crumbs(case, title)}
    return render(request, "cases/transfers/county.html", context)
