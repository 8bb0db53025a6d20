"""Logging a visit, reading it, confirming a joint one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Line
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.register.caseform import submission_of
from cases.register.contacts import contacts
from cases.register.edge import carry_out
from cases.register.models import Case
from cases.visits import denying, joint, services
from cases.visits.forms import VisitForm
from cases.visits.models import HomeVisit


@require_http_methods(["GET", "POST"])
@officers_only
def new(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """A visit or another contact with the family, at any time."""
    return _log(request, get_object_or_404(_cases(request), pk=pk))


@require_http_methods(["GET", "POST"])
@officers_only
def correct(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """A new record in the place of one of one's own."""
    old = get_object_or_404(HomeVisit.objects.visible_to(request.user).select_related("signature"), pk=pk)
    if old.visitor_id != request.user.pk or HomeVisit.objects.filter(corrects=old).exists():
        messages.error(request, _("Only the person who made the record can correct it, and only once."))
        return redirect(old)
    return _log(request, get_object_or_404(_cases(request), pk=old.case_id), corrects=old)


def _log(request: OfficerRequest, case: Case, corrects: HomeVisit | None = None) -> HttpResponse:
    if not may(request.user, Capability.LOG_VISIT, case):
        raise PermissionDenied(_("Your post does not allow this."))
    form = VisitForm(request.POST or None, request.FILES or None, case=case, user=request.user, subject=corrects)
    submission = submission_of(request)
    if form.is_valid():
        try:
            visit = carry_out(form, lambda: services.log_visit(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            visit = HomeVisit.objects.filter(pk=form.cleaned_data["visit_id"], case=case).first()
            if visit is None:
                return redirect(case)
        if visit is not None:
            _thank(request, visit)
            return redirect(visit)
    context = {
        "case": case,
        "form": form,
        "corrects": corrects,
        "submission": submission or uuid4(),
        "guardians": contacts(case.student),
        "last_visits": _last_visits(case),
        "crumbs": [(case.number, case.get_absolute_url()), (_("Correct a visit") if corrects else _("Log a visit"), "")],
    }
    return render(request, "cases/visits/new.html", context, status=422 if form.errors else 200)


def _thank(request: OfficerRequest, visit: HomeVisit) -> None:
    messages.success(request, _("The visit is on record."))
    if visit.danger:
        messages.warning(request, _("The mandatory report went to the county. If the danger is acute, call 110 now."))
    if visit.is_joint:
        messages.info(request, _("It also counts for the other line as soon as one of its people confirms it."))


@require_safe
@officers_only
def visit(request: OfficerRequest, pk: UUID) -> HttpResponse:
    """One record with its photos."""
    found = get_object_or_404(
        HomeVisit.objects.visible_to(request.user).select_related(
            "case__student", "case__school", "case__school_class", "visitor", "organisation", "confirmed_by", "signature", "corrects",
            "corrected_by", "correction_request__asked_by", "arrival__entered_by", "late", "denial__said_by", "denial__settled_by",
        ),
        pk=pk,
    )  # fmt: skip
    record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=clock.now(), visit=str(found.pk))
    context = {
        "visit": found,
        "case": found.case,
        "photos": list(found.photos.order_by("uploaded_at", "pk")),
        "corrected_by": getattr(found, "corrected_by", None),
        "whereabouts": label(CodeList.WHEREABOUTS, found.whereabouts),
        "reason": label(CodeList.REASON, found.reason),
        "lines": _(", ").join(str(Line(line).label) for line in found.lines),
        "met": _(", ").join(found.met_names),
        "may_confirm": _may_confirm(request, found),
        "may_correct": found.visitor_id == request.user.pk and getattr(found, "corrected_by", None) is None and not found.case.closed_at,
        "arrival": getattr(found, "arrival", None),
        "late": getattr(found, "late", None),
        "asked": getattr(found, "correction_request", None),
        "may_ask": _may_ask(request, found),
        "denial": (denial := getattr(found, "denial", None)),
        "may_settle": denial is not None and denying.may_settle(request.user, denial),
        "may_deny": denial is None and found.visitor_id == request.user.pk and _entered_by_another(found),
        "may_note": may(request.user, Capability.SUPERVISE, found.case),
        "submission": uuid4(),
        "crumbs": [(found.case.number, found.case.get_absolute_url()), (_("Home visit"), "")],
    }
    return render(request, "cases/visits/visit.html", context)


@require_POST
@officers_only
def confirm(request: OfficerRequest, pk: UUID) -> HttpResponse:
    """The other line's one tap."""
    found = get_object_or_404(HomeVisit.objects.visible_to(request.user).select_related("case"), pk=pk)
    try:
        joint.confirm_visit(found, by=request.user, now=clock.now(), submission=submission_of(request))
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    except AlreadyRecorded:
        pass
    else:
        messages.success(request, _("Confirmed. The visit now counts for both lines."))
    return redirect(found)


def _cases(request: OfficerRequest) -> Any:
    return Case.objects.visible_to(request.user).select_related("student", "school", "school_class", "place", "education")


def _last_visits(case: Case) -> Any:
    return HomeVisit.objects.filter(case=case).select_related("visitor", "organisation").order_by("-occurred_at")[:3]


def _may_confirm(request: OfficerRequest, visit: HomeVisit) -> bool:
    """Whether to show the button; the service decides."""
    try:
        line = joint.line_to_confirm(visit)
    except Refused:
        return False
    return (
        visit.visitor_id != request.user.pk
        and may(request.user, Capability.LOG_VISIT, visit.case)
        and any(post.organisation.line == line for post in request.user.posts())
    )


def _entered_by_another(visit: HomeVisit) -> bool:
    arrival = getattr(visit, "arrival", None)
    return arrival is not None and arrival.entered_by_id not in (None, visit.visitor_id)


def _may_ask(request: OfficerRequest, visit: HomeVisit) -> bool:
    """Whether to offer asking its maker for a correction."""
    settled = getattr(visit, "corrected_by", None) or getattr(visit, "correction_request", None)
    return not settled and visit.visitor_id != request.user.pk and may(request.user, Capability.SUPERVISE, visit.case)
