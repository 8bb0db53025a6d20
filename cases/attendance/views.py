"""Noting from the class list on which days a child under watch was absent."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.attendance.forms import AbsenceForm
from cases.attendance.services import note_absences
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case


@require_http_methods(["GET", "POST"])
@officers_only
def absences(request: OfficerRequest, pk: int) -> HttpResponse:
    """One form for as many days as the class list shows."""
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school", "school_class"), pk=pk)
    if not may(request.user, Capability.RECORD_WATCH, case):
        raise PermissionDenied(_("Your post does not allow this."))
    form = AbsenceForm(request.POST or None, case=case, user=request.user)
    submission = submission_of(request)
    if form.is_valid():
        try:
            done = carry_out(form, lambda: note_absences(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded:
            return redirect(case)
        if done is not None:
            messages.success(request, _("Noted. The next watch begins with these figures."))
            return redirect(case)
    title = _("Note days of absence")
    context = {
        "case": case,
        "form": form,
        "title": title,
        "hint": _("The watches at 30, 60 and 90 days are filled in from here. If the child stays away again, record the watch at once."),
        "submission": submission or uuid4(),
        "crumbs": [(f"{case.student.name} {case.number}", case.get_absolute_url()), (title, "")],
    }
    return render(request, "cases/register/act.html", context, status=422 if form.errors else 200)
