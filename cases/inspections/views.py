"""Findings of the inspectorate: the list with its table of units, recording one, and one with its answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.directory.answering import answers_for
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Area
from cases.inspections import lists, services
from cases.inspections.forms import AnswerForm, DecisionForm, FindingForm
from cases.inspections.models import PENDING, Count, Finding, FindingState
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.identity import looks_like_identity
from cases.register.models import Case

if TYPE_CHECKING:
    from cases.directory.models import User

TONES: dict[str, tuple[str, str]] = {
    FindingState.OPEN: ("amber", "clock"),
    FindingState.ANSWERED: ("blue", "message"),
    FindingState.CLOSED: ("green", "circle-check"),
    FindingState.ACCOUNTABLE: ("red", "gavel"),
}
COUNTY_DIGITS = 6
DAYS_TO_ANSWER = 10


class FindingFilter(PlainForm):
    q = forms.CharField(
        label=gettext_lazy("Number, unit or words"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Number, unit or words"), "autocomplete": "off"}),
    )
    unit = forms.CharField(label=gettext_lazy("All units"), required=False, max_length=18, widget=forms.Select)
    count = forms.ChoiceField(label=gettext_lazy("All counts"), required=False, choices=[("", gettext_lazy("All counts")), *Count.choices])
    state = forms.ChoiceField(label=gettext_lazy("All states"), required=False, choices=[("", gettext_lazy("All states")), *FindingState.choices])
    late = forms.ChoiceField(
        label=gettext_lazy("All deadlines"), required=False, choices=[("", gettext_lazy("All deadlines")), ("1", gettext_lazy("Overdue"))]
    )


@require_safe
@officers_only
def findings(request: OfficerRequest) -> HttpResponse:
    """What inspectorates found, as far as the user may see it. At most eight queries."""
    if looks_like_identity(request.GET.get("q", "")):
        messages.warning(request, _("An identity number must not stand in an address. Use “Find by identity number” instead."))
        return redirect("findings")
    today = clock.day(clock.now())
    form = FindingFilter(request.GET, auto_id="filter_%s")
    form.is_valid()
    words = {name: str(form.cleaned_data.get(name) or "").strip() for name in form.fields}
    found = lists.listed(request.user, words, today=today, page=request.GET.get("page"))
    select = form.fields["unit"].widget
    assert isinstance(select, forms.Select)
    select.choices = [("", _("All units")), *found.choices]
    context = {
        "form": form,
        "filtered": any(words.values()),
        "page": found.page,
        "rows": [(row, TONES[row.state], row.state == FindingState.OPEN and row.answer_by < today) for row in found.page],
        "units": found.units,
        "counts": list(Count),
        "kpis": [(str(state.label), found.states[state], TONES[state], state.value, words["state"] == state) for state in FindingState],
        "may_record": may(request.user, Capability.INSPECT),
    }
    return render(request, "cases/inspections/findings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def new(request: OfficerRequest) -> HttpResponse:
    """A new finding; whoever inspects more than one county says first which."""
    user, now = request.user, clock.now()
    if not may(user, Capability.INSPECT):
        raise PermissionDenied(_("Your post does not allow this."))
    counties = _counties(user)
    county = request.GET.get("county", "") if len(counties) > 1 else next(iter(counties), "")
    crumbs = [(_("Inspection"), reverse("findings")), (_("Record a finding"), "")]
    context: dict[str, Any] = {"counties": counties.items(), "county": county, "crumbs": crumbs}
    if county not in counties:
        return render(request, "cases/inspections/form.html", context)
    given = {
        "answer_by": clock.day(now) + timedelta(days=DAYS_TO_ANSWER),
        "number": request.GET.get("case", "")[:40],
        "unit": request.GET.get("unit"),
    }
    form = FindingForm(request.POST or None, request.FILES or None, user=user, county_id=county, initial=given)
    submission = submission_of(request)
    if form.is_valid():
        try:
            done = carry_out(form, lambda: services.record_finding(**form.cleaned_data, by=user, now=now, submission=submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect("findings")
        if done is not None:
            messages.success(request, _("The finding is on record; the unit was told."))
            return redirect(done)
    context |= {"form": form, "submission": submission or uuid4()}
    return render(request, "cases/inspections/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def finding(request: OfficerRequest, pk: int) -> HttpResponse:
    """One finding: the unit answers here, the inspectorate decides here, whoever stands above reads along."""
    rows = Finding.objects.visible_to(request.user).select_related("unit", "inspectorate", "found_by", "answered_by", "decided_by", "case__student")
    found: Finding = get_object_or_404(rows, pk=pk)
    user, now = request.user, clock.now()
    form = _form(request, found)
    submission = submission_of(request)
    if request.method == "POST" and form is None:
        raise PermissionDenied(_("This finding is settled, or waits for somebody else."))
    if request.method == "POST" and form is not None and form.is_valid():
        act = services.answer_finding if isinstance(form, AnswerForm) else services.decide_on_finding
        try:
            carry_out(form, lambda: act(found, **form.cleaned_data, by=user, now=now, submission=submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect(found)
        if not form.errors:
            messages.success(request, _("Recorded."))
            return redirect(found)
    sees_case = found.case_id is not None and Case.objects.visible_to(user).filter(pk=found.case_id).exists()
    if found.case and sees_case and request.method != "POST":
        record(Verb.CASE_VIEWED, case=found.case, actor=user, at=now, finding=found.pk)
    context = {
        "now": now,
        "finding": found,
        "tone": TONES[found.state],
        "late": found.state == FindingState.OPEN and found.answer_by < clock.day(now),
        "form": form,
        "answers": isinstance(form, AnswerForm),
        "submission": submission or uuid4(),
        "sees_case": sees_case,
        "evidence": list(found.evidence.all()) if sees_case else [],
        "proof": list(found.proof.all()) if sees_case else [],
        "crumbs": [(_("Inspection"), reverse("findings")), (found.number, "")],
    }
    return render(request, "cases/inspections/finding.html", context, status=422 if form and form.errors else 200)


def _form(request: OfficerRequest, found: Finding) -> AnswerForm | DecisionForm | None:
    """What this person has to fill in, if anything."""
    data, files = request.POST or None, request.FILES or None
    if found.state == FindingState.OPEN and answers_for(request.user, found.unit):
        return AnswerForm(data, files, with_files=found.case_id is not None)
    if found.state in PENDING and services.inspects(request.user, found):
        answered = found.state == FindingState.ANSWERED
        if answered or found.answer_by < clock.day(clock.now()):
            return DecisionForm(data, answered=answered)
    return None


def _counties(user: User) -> dict[str, str]:
    """The counties that the user inspects: code and name."""
    found: dict[str, str] = {}
    for post in services.inspecting_posts(user):
        area = post.organisation.area_id
        rows = Area.objects.filter(level="county", active=True)
        rows = rows.filter(pk=area) if len(area) >= COUNTY_DIGITS else rows.filter(pk__startswith=area)
        found |= dict(rows.order_by("pk").values_list("pk", "name"))
    return found
