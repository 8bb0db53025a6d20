"""Report a suspected dropout: find the child, say what is known, and a case is open."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case, Student
from cases.register.opening import open_case
from cases.register.studentforms import FindByNumberForm, SuspicionForm
from cases.register.views.students import PAGE, NumberInAddress, found, searched, without_number


@require_safe
@officers_only
def choose(request: OfficerRequest) -> HttpResponse:
    """Which child? The own class, school or place."""
    _require_open(request)
    try:
        words = searched(request)
    except NumberInAddress:
        return without_number(request, "report")
    context = {
        "page": Paginator(_without_a_case_first(found(request, words)), PAGE).get_page(request.GET.get("page")),
        "words": words,
        "reporting": True,
        "may_register": may(request.user, Capability.EDIT_STUDENT),
        "number_form": FindByNumberForm(),
        "crumbs": [(_("Report a suspicion"), "")],
    }
    return render(request, "cases/register/students.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
def report(request: OfficerRequest, pk: int) -> HttpResponse:
    """What is known about this child; an open case is shown instead."""
    _require_open(request)
    rows = Student.objects.visible_to(request.user).select_related("school", "school_class", "case")
    student: Student = get_object_or_404(rows, pk=pk)
    existing: Case | None = getattr(student, "case", None)
    form = SuspicionForm(request.POST or None)
    submission = submission_of(request)
    if form.is_valid():
        try:
            case = carry_out(form, lambda: open_case(student, **form.cleaned_data, by=request.user, now=clock.now(), submission=submission))
        except AlreadyRecorded:
            return redirect(Case.objects.get(student=student))
        if case is not None:
            messages.success(request, _("The case is open: %(number)s. The class teacher and the village have been told.") % {"number": case.number})
            return redirect(case)
    context = {
        "student": student,
        "existing": existing if existing and existing.closed_at is None else None,
        "closed": existing if existing and existing.closed_at else None,
        "form": form,
        "submission": submission or uuid4(),
        "crumbs": [(_("Report a suspicion"), "/report/"), (student.name, "")],
    }
    return render(request, "cases/register/report.html", context, status=422 if form.errors else 200)


def _without_a_case_first(rows: QuerySet[Student]) -> QuerySet[Student]:
    """Whom one may want to report comes before the children whose case is open already."""
    has_one = Q(case__isnull=False) & Q(case__closed_at__isnull=True)
    return rows.order_by(ExpressionWrapper(has_one, output_field=BooleanField()), "-pk")


def _require_open(request: OfficerRequest) -> None:
    if not may(request.user, Capability.OPEN_CASE):
        raise PermissionDenied(_("Your post does not allow this."))
