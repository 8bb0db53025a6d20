"""Children: found, registered, corrected; the identity number in full only for a purpose."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded
from cases.register import students as services
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.forms import PurposeForm
from cases.register.identity import looks_like_identity
from cases.register.models import Student
from cases.register.studentforms import FindByNumberForm, GuardianForm, RegisterForm, StudentForm

PAGE = 25


def found(request: OfficerRequest, words: str) -> Any:
    """The children that the person may see, by name or school-roll number; newest first."""
    rows = Student.objects.visible_to(request.user).select_related("school", "school_class", "lives_at", "case")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(roll_number__iexact=words))
    return rows.order_by("-pk")


def searched(request: OfficerRequest) -> str:
    """The words of a search. Raises NumberInAddress for what looks like an identity number: nothing on the page leads to that address again."""
    words = request.GET.get("q", "").strip()[:40]
    if looks_like_identity(words):
        raise NumberInAddress
    return words


class NumberInAddress(Exception):
    """Somebody put an identity number into an address."""


def without_number(request: OfficerRequest, name: str) -> HttpResponse:
    """The same page without the search, and why."""
    messages.warning(request, _("An identity number must not stand in an address. Use the search by identity number instead."))
    return redirect(name)


@require_safe
@officers_only
def students(request: OfficerRequest) -> HttpResponse:
    """Look a child up."""
    try:
        words = searched(request)
    except NumberInAddress:
        return without_number(request, "students")
    page = Paginator(found(request, words), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "may_register": may(request.user, Capability.EDIT_STUDENT),
        "number_form": FindByNumberForm(),
        "crumbs": [(_("Children"), "")],
    }
    return render(request, "cases/register/students.html", context)


@require_POST
@officers_only
def search(request: OfficerRequest) -> HttpResponse:
    """The words of the search go on to the list they came from; an identity number among them is looked up, and stands in no address."""
    words = request.POST.get("q", "")
    if looks_like_identity(words):
        return _by_number(request, FindByNumberForm({"identity_number": words}))
    return redirect(f"{reverse(_list_of(request))}?{urlencode({'q': words.strip()[:40]})}")


@require_POST
@officers_only
def find_by_number(request: OfficerRequest) -> HttpResponse:
    """By identity number: posted, so that it stands in no address and no log."""
    return _by_number(request, FindByNumberForm(request.POST))


def _by_number(request: OfficerRequest, form: FindByNumberForm) -> HttpResponse:
    back = _list_of(request)
    if form.is_valid():
        student = services.find_by_identity(form.cleaned_data["identity_number"])
        if student and Student.objects.visible_to(request.user).filter(pk=student.pk).exists():
            return redirect("report-student" if back == "report" else "student", student.pk)
        messages.info(request, _("No child with this number is registered here."))
    else:
        messages.error(request, " ".join(str(problem) for problem in form.errors["identity_number"]))
    return redirect(back)


def _list_of(request: OfficerRequest) -> str:
    return "report" if request.POST.get("back") == "report" else "students"


@require_safe
@officers_only
def student(request: OfficerRequest, pk: int) -> HttpResponse:
    """One child."""
    return _show(request, _student(request, pk), PurposeForm())


@never_cache
@require_POST
@officers_only
def show_identity(request: OfficerRequest, pk: int) -> HttpResponse:
    """The number in full, once, on this answer alone."""
    child = _student(request, pk)
    form = PurposeForm(request.POST)
    number = ""
    if form.is_valid():
        number = carry_out(form, lambda: services.show_identity(child, **form.cleaned_data, by=request.user, now=clock.now())) or ""
    return _show(request, child, form, number)


@require_http_methods(["GET", "POST"])
@officers_only
def register(request: OfficerRequest) -> HttpResponse:
    """A new child."""
    _require_edit(request)
    form = RegisterForm(request.POST or None, user=request.user)
    if form.is_valid():
        submission = submission_of(request)
        try:
            child = carry_out(form, lambda: services.register_student(**form.cleaned_data, by=request.user, now=clock.now(), submission=submission))
        except AlreadyRecorded:
            return redirect("students")
        if child is not None:
            messages.success(request, _("The child is registered."))
            return redirect("student", child.pk)
    return _form(request, form, _("Register a child"), [(_("Children"), "/students/")])


@require_http_methods(["GET", "POST"])
@officers_only
def edit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Correct a child's data."""
    child = _student(request, pk)
    _require_edit(request)
    names = [name for name in StudentForm.base_fields if name != "identity_number"]
    form = StudentForm(request.POST or None, user=request.user, student=child, initial={name: getattr(child, name) for name in names})
    if form.is_valid():
        submission = submission_of(request)
        try:
            done = carry_out(form, lambda: services.edit_student(child, **form.cleaned_data, by=request.user, now=clock.now(), submission=submission))
        except AlreadyRecorded:
            return redirect("student", pk)
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect("student", pk)
    return _form(request, form, _("Correct the data"), [(_("Children"), "/students/"), (child.name, f"/students/{pk}/")])


@require_http_methods(["GET", "POST"])
@officers_only
def add_guardian(request: OfficerRequest, pk: int) -> HttpResponse:
    """A further guardian."""
    child = _student(request, pk)
    _require_edit(request)
    form = GuardianForm(request.POST or None)
    if form.is_valid():
        submission = submission_of(request)
        try:
            done = carry_out(form, lambda: services.add_guardian(child, **form.cleaned_data, by=request.user, now=clock.now(), submission=submission))
        except AlreadyRecorded:
            return redirect("student", pk)
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect("student", pk)
    return _form(request, form, _("Add a guardian"), [(_("Children"), "/students/"), (child.name, f"/students/{pk}/")])


def _student(request: OfficerRequest, pk: int) -> Student:
    rows = Student.objects.visible_to(request.user).select_related("school", "school_class", "lives_at", "registered_at", "case")
    child: Student = get_object_or_404(rows, pk=pk)
    return child


def _require_edit(request: OfficerRequest) -> None:
    if not may(request.user, Capability.EDIT_STUDENT):
        raise PermissionDenied(_("Your post does not allow this."))


def _show(request: OfficerRequest, child: Student, form: PurposeForm, number: str = "") -> HttpResponse:
    case = getattr(child, "case", None)
    guardians = [(one, label(CodeList.RELATION, one.relation)) for one in child.guardians.order_by("-is_main", "pk")]
    context = {
        "student": child,
        "case": case,
        "groups": [label(CodeList.SPECIAL_GROUP, code) for code in child.groups],
        "guardians": guardians,
        "number": number,
        "form": form,
        "may_show": bool(child.id_cipher) and may(request.user, Capability.SHOW_IDENTITY),
        "may_edit": may(request.user, Capability.EDIT_STUDENT),
        "may_report": (case is None or case.closed_at is not None) and may(request.user, Capability.OPEN_CASE),
        "crumbs": [(_("Children"), "/students/"), (child.name, "")],
    }
    return render(request, "cases/register/student.html", context, status=422 if form.errors else 200)


def _form(request: OfficerRequest, form: Any, title: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    context = {"form": form, "title": title, "submission": submission_of(request) or uuid4(), "crumbs": [*crumbs, (title, "")]}
    return render(request, "cases/register/student_form.html", context, status=422 if form.errors else 200)
