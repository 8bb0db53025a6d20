"""One's own records of visits, those that somebody else entered among them; and the word that it was not so."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from cases.visits import denying
from cases.visits.models import HomeVisit
from cases.visits.officeforms import DenialForm, SettlementForm
from cases.visits.receiving import Denial

PAGE = 30


@require_safe
@officers_only
def mine(request: OfficerRequest) -> HttpResponse:
    """Every visit that stands under my name, the newest on record first. Cases that went to others are named by their number alone."""
    rows: Any = HomeVisit.objects.filter(visitor=request.user)
    theirs = request.GET.get("tab") == "entered"
    entered = denying.entered_for(request.user)
    if theirs:
        rows = rows.filter(pk__in=entered.values("visit"))
    rows = rows.annotate(open_to_me=Exists(Case.objects.visible_to(request.user).filter(pk=OuterRef("case"))))
    rows = rows.select_related("case", "arrival__entered_by", "denial", "correction_request", "corrected_by").order_by("-recorded_at", "-pk")
    path = reverse("my-visits")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "tabs": [
            {"label": _("All"), "url": path, "current": not theirs},
            {"label": _("Entered by somebody else"), "url": f"{path}?tab=entered", "count": entered.count(), "current": theirs},
        ],
        "theirs": theirs,
        "crumbs": [(_("My records of visits"), "")],
    }
    return render(request, "cases/visits/mine.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
def deny(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """A visit that somebody else entered under my name: who, when, what; and saying that it was not so."""
    arrival = denying.entered_for(request.user).filter(visit=pk).select_related("visit__case", "entered_by").first()
    if arrival is None:
        raise Http404
    visit = arrival.visit
    form = DenialForm(request.POST or None, case=visit.case, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            said = {**form.cleaned_data, "by": request.user, "now": clock.now(), "submission": submission_of(request)}
            done = carry_out(form, lambda: denying.deny(visit, **said))
        except AlreadyRecorded:
            return redirect("my-visits")
        if done is not None:
            messages.success(request, _("Whoever is in charge has been told and looks into it."))
            return redirect("my-visits")
    context = {
        "visit": visit,
        "arrival": arrival,
        "denial": Denial.objects.filter(visit=visit).select_related("settled_by").first(),
        "form": form,
        "submission": submission_of(request) or uuid4(),
        "crumbs": [(_("My records of visits"), reverse("my-visits")), (visit.case.number, "")],
    }
    return render(request, "cases/visits/deny.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officers_only
def settle(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """Somebody in charge says what was found about a denied visit."""
    rows = Denial.objects.visible_to(request.user).select_related("visit__case__student", "visit__visitor", "visit__arrival__entered_by", "said_by")
    denial: Denial = get_object_or_404(rows, visit=pk)
    if not denying.may_settle(request.user, denial):
        raise PermissionDenied(_("Somebody who neither denied nor entered the visit looks into it."))
    visit = denial.visit
    form = SettlementForm(request.POST or None, case=visit.case, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            said = {**form.cleaned_data, "by": request.user, "now": clock.now(), "submission": submission_of(request)}
            done = carry_out(form, lambda: denying.settle(denial, **said))
        except AlreadyRecorded:
            return redirect(visit)
        if done is not None:
            messages.success(request, _("On record. Both were told."))
            return redirect(visit)
    context = {
        "visit": visit,
        "denial": denial,
        "form": form,
        "submission": submission_of(request) or uuid4(),
        "crumbs": [(_("Late visits and phones"), reverse("late-visits")), (visit.case.number, "")],
    }
    return render(request, "cases/visits/settle.html", context, status=422 if form.errors else 200)
