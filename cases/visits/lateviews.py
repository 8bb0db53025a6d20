"""A late record as its page shows it, and the decision about one of which only a copy was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import label, setting
from cases.directory.capabilities import Capability, may
from cases.journal import clock
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.protection.models import Danger
from cases.register.caseform import submission_of
from cases.register.contacts import contacts
from cases.register.edge import carry_out
from cases.visits import deciding
from cases.visits.models import Met, Mode, VisitOutcome
from cases.visits.officeforms import DecisionForm

if TYPE_CHECKING:
    from cases.directory.edge import OfficerRequest
    from cases.visits.receiving import LateVisit


def decide(request: OfficerRequest, late: LateVisit) -> HttpResponseBase:
    """Take the record over or not; the photos are shown to whoever decides."""
    form = DecisionForm(request.POST or None, case=late.case, user=request.user)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {**form.cleaned_data, "by": request.user, "now": form.now, "submission": submission_of(request)}
        take = request.POST.get("how") == "take"
        try:
            done = carry_out(form, lambda: deciding.take_over(late, **said) if take else deciding.refuse(late, **said))
        except AlreadyRecorded:
            return redirect("late-visits")
        if done is not None:
            messages.success(request, _("The visit is on record; its visitor was told.") if take else _("Not taken over; the visitor was told why."))
            return redirect("late-visits")
    elif request.method == "GET":
        record(Verb.CASE_VIEWED, case=late.case, actor=request.user, at=clock.now(), late=late.pk)
    return show(request, late, form)


def show(request: OfficerRequest, late: LateVisit, form: Any) -> HttpResponse:
    able = late.seen_at is None and late.visitor_id != request.user.pk and may(request.user, Capability.SUPERVISE, late.case)
    code, usual = deciding.REFUSED_PHOTOS_DAYS
    context = {
        "late": late,
        "case": late.case,
        "form": form,
        "facts": _said(late.said),
        "may_note": able and late.visit_id is not None,
        "may_decide": able and late.visit_id is None,
        "photos": list(late.photos.order_by("uploaded_at", "pk")),
        "days": setting(code, late.case.county_id, usual),
        "guardians": contacts(late.case.student),
        "submission": submission_of(request) or uuid4(),
        "crumbs": [(_("Late visits and phones"), reverse("late-visits")), (late.case.number, "")],
    }
    return render(request, "cases/visits/late_visit.html", context, status=422 if form.errors else 200)


def _said(said: dict[str, Any]) -> list[tuple[str, str]]:
    """The words of a copy, as the form would name them."""
    worded = {
        _("How"): _label(Mode, said.get("mode")),
        _("Who was met or spoken to"): _(", ").join(_label(Met, code) for code in said.get("met") or ()),
        _("Where the child is now"): label(CodeList.WHEREABOUTS, str(said.get("whereabouts") or "")),
        _("Main reason why the child stays away"): label(CodeList.REASON, str(said.get("reason") or "")),
        _("Result of the talk"): _label(VisitOutcome, said.get("outcome")),
        _("What was seen and said"): str(said.get("account") or ""),
        _("Which danger"): _label(Danger, said.get("danger_kind")) if said.get("danger") else "",
    }
    return [(name, words) for name, words in worded.items() if words]


def _label(kind: Any, code: object) -> str:
    return str(kind(code).label) if code in kind.values else ""
