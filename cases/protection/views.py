"""The page from which danger is reported, and the one on which it is answered."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.protection import services
from cases.protection.forms import DangerForm, ReceiptForm
from cases.protection.models import Receipt
from cases.register.caseform import submission_of
from cases.register.contacts import contacts
from cases.register.edge import carry_out
from cases.register.models import Case


@require_http_methods(["GET", "POST"])
@officers_only
def danger(request: OfficerRequest, pk: int) -> HttpResponse:
    """The mandatory report (law on the protection of minors, article 11)."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school", "education"), pk=pk)
    if not may(request.user, Capability.REPORT_DANGER, case):
        raise PermissionDenied(_("Your post does not allow this."))
    form = DangerForm(request.POST or None, case=case, user=request.user)
    submission = submission_of(request)
    if form.is_valid():
        try:
            report = carry_out(form, lambda: services.report_danger(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect(case)
        if report is not None:
            told = ", ".join(receipt.organisation.name for receipt in report.receipts.select_related("organisation").order_by("pk"))
            messages.success(request, _("Reported to: %(names)s. They must confirm within two hours.") % {"names": told})
            if missing := services.missing_addressees(report):
                messages.warning(request, _("Not in this system, so please call them: %(names)s.") % {"names": ", ".join(missing)})
            return redirect(case)
    context = {
        "case": case,
        "form": form,
        "submission": submission or uuid4(),
        "addressees": services.addressees_of(case),
        "crumbs": [(case.number, case.get_absolute_url()), (_("Report danger"), "")],
    }
    return render(request, "cases/protection/danger.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officers_only
def receipt(request: OfficerRequest, pk: int) -> HttpResponse:
    """The report as its addressee sees it, with the answer or the form for it."""
    found = get_object_or_404(
        Receipt.objects.visible_to(request.user).select_related(
            "report__case__student", "report__case__school", "report__case__school_class", "report__by", "organisation", "confirmed_by"
        ),
        pk=pk,
    )
    case = found.report.case
    form = ReceiptForm(request.POST or None, case=case, user=request.user, subject=found)
    submission = submission_of(request)
    if form.is_valid():
        try:
            done = carry_out(form, lambda: services.confirm_receipt(found, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect("receipt", pk)
        if done is not None:
            messages.success(request, _("Receipt confirmed."))
            return redirect("receipt", pk)
    else:
        record(Verb.CASE_VIEWED, case=case, actor=request.user, at=clock.now(), receipt=found.pk)
    context = {
        "receipt": found,
        "case": case,
        "form": form,
        "may_confirm": found.confirmed_at is None
        and services.speaks_for(request.user, found)
        and may(request.user, Capability.CONFIRM_RECEIPT, case),
        "submission": submission or uuid4(),
        "guardians": contacts(case.student),
        "crumbs": [(case.number, case.get_absolute_url()), (_("Mandatory report"), "")],
    }
    return render(request, "cases/protection/receipt.html", context, status=422 if form.errors else 200)
