"""Filing, serving, referring, following: one page each, and the document itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.documents import courts, services
from cases.documents.forms import CourtForm, DocumentForm, ReferralForm, ServiceForm
from cases.documents.models import Document, DocumentKind
from cases.documents.road import road
from cases.documents.rules import SERVED
from cases.journal import clock
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.register.caseform import CaseForm, submission_of
from cases.register.edge import carry_out
from cases.register.models import Case


@require_http_methods(["GET", "POST"])
@officers_only
def new(request: OfficerRequest, pk: int) -> HttpResponse:
    """Any document for the file; `?kind=` fixes the kind."""
    case = _case(request, pk, Capability.FILE_DOCUMENT)
    kind = request.GET.get("kind", "")
    offered = DocumentForm(case=case, user=request.user).kinds()
    form = DocumentForm(request.POST or None, request.FILES or None, case=case, user=request.user, kind=kind if kind in offered else "")
    title = str(DocumentKind(form.fixed).label) if form.fixed else _("File a document")
    return _fill_in(request, case, form, title, services.file_document)


@require_http_methods(["GET", "POST"])
@officers_only
def refer(request: OfficerRequest, pk: int) -> HttpResponse:
    case = _case(request, pk, Capability.REFER)
    form = ReferralForm(request.POST or None, request.FILES or None, case=case, user=request.user)
    return _fill_in(request, case, form, _("Refer the case"), courts.refer)


@require_http_methods(["GET", "POST"])
@officers_only
def court(request: OfficerRequest, pk: int) -> HttpResponse:
    case = _case(request, pk, Capability.FOLLOW_COURT)
    form = CourtForm(request.POST or None, case=case, user=request.user)
    return _fill_in(request, case, form, _("State before the court"), courts.record_court)


@require_http_methods(["GET", "POST"])
@officers_only
def serve(request: OfficerRequest, pk: int) -> HttpResponse:
    """How the document reached the guardian."""
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    case = _case(request, found.case_id, Capability.SERVE_DOCUMENT)
    form = ServiceForm(request.POST or None, request.FILES or None, case=case, user=request.user, subject=found)
    return _fill_in(request, case, form, _("Serve the document"), services.serve_document, about=found)


@require_http_methods(["GET"])
@officers_only
def document(request: OfficerRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Document.objects.visible_to(request.user).select_related("case__student", "organisation", "addressee", "scan", "proof", "filed_by"), pk=pk
    )
    record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=clock.now(), document=found.pk)
    context = {
        "document": found,
        "case": found.case,
        "can_be_served": found.kind in SERVED,
        "may_serve": found.kind in SERVED and not found.served_on and may(request.user, Capability.SERVE_DOCUMENT, found.case),
        "crumbs": [(found.case.number, found.case.get_absolute_url()), (found.get_kind_display(), "")],
    }
    return render(request, "cases/documents/document.html", context)


def _case(request: OfficerRequest, pk: int, capability: Capability) -> Case:
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school"), pk=pk)
    if not may(request.user, capability, case):
        raise PermissionDenied(_("Your post does not allow this."))
    return case


def _fill_in(
    request: OfficerRequest, case: Case, form: CaseForm, title: str, service: Callable[..., Any], *, about: Document | None = None
) -> HttpResponse:
    """Show a form, and hand what it holds to the service."""
    submission: UUID | None = submission_of(request)
    if form.is_valid():
        try:
            done = carry_out(form, lambda: service(about or case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect(about or case)
        if done is not None:
            messages.success(request, _("Recorded."))
            return redirect(done if isinstance(done, Document) else case)
    context = {
        "case": case,
        "document": about,
        "form": form,
        "title": title,
        "submission": submission or uuid4(),
        "road": road(case, form.today),
        "crumbs": [(case.number, case.get_absolute_url()), (title, "")],
    }
    return render(request, "cases/documents/form.html", context, status=422 if form.errors else 200)
