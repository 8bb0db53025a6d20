"""The office's pages about visits: late records, corrections asked for, the printed form and typing it in."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.codes.models import CodeList
from cases.codes.services import choices
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.protection.models import Danger
from cases.register.caseform import submission_of
from cases.register.contacts import contacts
from cases.register.edge import carry_out
from cases.register.models import Case
from cases.visits import overseeing
from cases.visits.lateviews import decide, show
from cases.visits.models import HomeVisit, Met, Mode, VisitOutcome
from cases.visits.numbers import NUMBERS
from cases.visits.officeforms import CorrectionForm, NoteForm, PaperVisitForm
from cases.visits.receiving import Denial, LateVisit
from cases.visits.silence import silent_tasks

PAGE = 30
ROWS: dict[str, Any] = {"mode": Mode, "met": Met, "outcome": VisitOutcome}


@require_safe
@officers_only
@needs(Capability.SUPERVISE)
def late_visits(request: OfficerRequest) -> HttpResponse:
    """收到补传的家访记录, those that nobody has seen first; and the tasks on phones of which nothing is heard."""
    seen = request.GET.get("tab") == "seen"
    rows = LateVisit.objects.visible_to(request.user).select_related("case__student", "visitor", "seen_by").order_by("-received_at", "-pk")
    waiting = LateVisit.objects.visible_to(request.user).waiting().count()
    silent = silent_tasks(request.user)
    path = reverse("late-visits")
    context = {
        "page": Paginator(rows.filter(seen_at__isnull=not seen), PAGE).get_page(request.GET.get("page")),
        "denied": Denial.objects.visible_to(request.user).waiting().select_related("visit__case__student", "said_by").order_by("said_at")[:PAGE],
        "silent": silent[:PAGE],
        "silent_count": silent.count(),
        "tabs": [
            {"label": _("To look at"), "url": path, "count": waiting, "current": not seen},
            {"label": _("Seen"), "url": f"{path}?tab=seen", "current": seen},
        ],
        "seen": seen,
        "may_import": may(request.user, Capability.EDIT_STUDENT),
        "may_print": may(request.user, Capability.LOG_VISIT),
        "crumbs": [(_("Late visits and phones"), "")],
    }
    return render(request, "cases/visits/late_visits.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.SUPERVISE)
def late_visit(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One late record: what it says, why it lies here, and taking note of it."""
    rows = LateVisit.objects.visible_to(request.user).select_related(
        "case__student", "case__school", "case__school_class", "visitor", "seen_by", "visit"
    )
    late: LateVisit = get_object_or_404(rows, pk=pk)
    if late.visit_id is None:
        return decide(request, late)
    form = NoteForm(request.POST or None, case=late.case, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            done = carry_out(
                form, lambda: overseeing.take_note(late, **form.cleaned_data, by=request.user, now=form.now, submission=submission_of(request))
            )
        except AlreadyRecorded:
            return redirect("late-visits")
        if done is not None:
            messages.success(request, _("Noted. The record is off your list."))
            return redirect("late-visits")
    elif request.method == "GET":
        record(Verb.CASE_VIEWED, case=late.case, actor=request.user, at=clock.now(), late=late.pk)
    return show(request, late, form)


@require_http_methods(["GET", "POST"])
@officers_only
def ask_correction(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """Ask the maker of a record to put it right."""
    rows = HomeVisit.objects.visible_to(request.user).select_related("case__student", "case__school", "case__school_class", "visitor")
    visit: HomeVisit = get_object_or_404(rows, pk=pk)
    if not may(request.user, Capability.SUPERVISE, visit.case):
        raise PermissionDenied(_("Your post does not allow this."))
    form = CorrectionForm(request.POST or None, case=visit.case, user=request.user)
    if request.method == "POST" and form.is_valid():
        submission = submission_of(request)
        try:
            done = carry_out(
                form, lambda: overseeing.ask_correction(visit, **form.cleaned_data, by=request.user, now=form.now, submission=submission)
            )
        except AlreadyRecorded:
            return redirect(visit)
        if done is not None:
            messages.success(request, _("%(name)s has been asked to correct the record.") % {"name": visit.visitor.name})
            return redirect(visit)
    context = {
        "visit": visit,
        "case": visit.case,
        "form": form,
        "submission": submission_of(request) or uuid4(),
        "guardians": contacts(visit.case.student),
        "crumbs": [(visit.case.number, visit.case.get_absolute_url()), (_("Home visit"), visit.get_absolute_url()), (_("Ask for a correction"), "")],
    }
    return render(request, "cases/visits/ask_correction.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officers_only
def from_paper(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The office types in what somebody wrote on the printed form."""
    case = get_object_or_404(_cases(request), pk=pk)
    if not overseeing.may_type_in(request.user, case):
        raise PermissionDenied(_("Your post does not allow this."))
    form = PaperVisitForm(request.POST or None, request.FILES or None, case=case, user=request.user)
    submission = submission_of(request)
    if form.is_valid():
        try:
            visit = carry_out(
                form, lambda: overseeing.log_from_paper(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission)
            )
        except AlreadyRecorded:
            return redirect(case)
        if visit is not None:
            messages.success(request, _("The visit is on record, made by %(name)s, typed in by you.") % {"name": visit.visitor.name})
            return redirect(visit)
    context = {
        "case": case,
        "form": form,
        "submission": submission or uuid4(),
        "guardians": contacts(case.student),
        "crumbs": [(case.number, case.get_absolute_url()), (_("Type in a paper form"), "")],
    }
    return render(request, "cases/visits/from_paper.html", context, status=422 if form.errors else 200)


@require_safe
@officers_only
@needs(Capability.LOG_VISIT)
def blank_paper(request: OfficerRequest) -> HttpResponse:
    """The form for the printer, without a child."""
    return render(request, "cases/visits/paper.html", {**_paper(), "crumbs": [(_("Printed form of a visit"), "")]})


@require_safe
@officers_only
def paper(request: OfficerRequest, pk: int) -> HttpResponse:
    """The form for the printer, with the child's name, place and whom to call."""
    case = get_object_or_404(_cases(request), pk=pk)
    record(Verb.CASE_VIEWED, case=case, actor=request.user, at=clock.now())
    crumbs = [(case.number, case.get_absolute_url()), (_("Printed form of a visit"), "")]
    context = {**_paper(), "case": case, "guardians": contacts(case.student), "printed_by": request.user.name, "crumbs": crumbs}
    return render(request, "cases/visits/paper.html", context)


def _paper() -> dict[str, Any]:
    """The numbers of the fields, and the answers to tick."""
    ticks = {name: [str(member.label) for member in kind] for name, kind in ROWS.items()}
    ticks["whereabouts"] = [words for _code, words in choices(CodeList.WHEREABOUTS)]
    ticks["reason"] = [words for _code, words in choices(CodeList.REASON)]
    ticks["danger_kind"] = [str(member.label) for member in Danger]
    return {"n": NUMBERS, "ticks": ticks}


def _cases(request: OfficerRequest) -> Any:
    return Case.objects.visible_to(request.user).select_related("student", "school", "school_class", "township", "place", "education", "village")
