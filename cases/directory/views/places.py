"""Organisations, classes, villages and zones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory import areas, offices
from cases.directory.areas import BadArea
from cases.directory.authority import may_fill
from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.forms import ClassForm, EditOrganisationForm, OrganisationFilter, OrganisationForm, SheetForm, VillageForm, ZoneForm
from cases.directory.jurisdiction import manages, manages_area
from cases.directory.models import Appointment, Area, Level, Organisation, OrganisationKind, SchoolClass
from cases.directory.offices import BadOrganisation
from cases.directory.posts import HELD_AT
from cases.directory.views.importing import faults_context
from cases.journal import clock
from cases.sheets.reading import BadSheet, Sheet

PAGE = 50


@require_safe
@officers_only
@needs(Capability.MANAGE_ACCOUNTS, Capability.RESET_PASSWORD, Capability.MANAGE_POSTS)
def organisations(request: OfficerRequest) -> HttpResponse:
    """The organisations whose people the user looks after."""
    form = OrganisationFilter(request.GET)
    found = Organisation.objects.managed_by(request.user).select_related("area", "superior")
    if form.is_valid():
        if words := form.cleaned_data["q"].strip():
            found = found.filter(Q(name__icontains=words) | Q(code=words))
        if kind := form.cleaned_data["kind"]:
            found = found.filter(kind=kind)
    page = Paginator(found.order_by("-active", "area_id", "kind", "name"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filter": form, "may_add": request.user.can(Capability.MANAGE_ACCOUNTS)}
    return render(request, "cases/directory/organisations.html", context)


@require_safe
@officers_only
@needs(Capability.MANAGE_ACCOUNTS, Capability.RESET_PASSWORD, Capability.MANAGE_POSTS)
def organisation(request: OfficerRequest, pk: int) -> HttpResponse:
    """Who works there today, its classes, and its place in the line."""
    found = _find(request, pk)
    me = request.user
    people = (
        Appointment.objects.present().filter(organisation=found).select_related("user", "school_class").order_by("role", "school_class__grade", "pk")
    )
    is_school = found.kind == OrganisationKind.SCHOOL
    roles = [role for role, kinds in HELD_AT.items() if found.kind in kinds]
    context = {
        "organisation": found,
        "people": people,
        "classes": SchoolClass.objects.filter(school=found, active=True).order_by("grade", "name") if is_school else None,
        "class_form": ClassForm() if is_school and _may_add_class(request, found) else None,
        "may_edit": manages(me, found, Capability.MANAGE_ACCOUNTS),
        "may_add_person": found.active and me.can(Capability.MANAGE_ACCOUNTS) and any(may_fill(me, role, found) for role in roles),
        "township": found.area if found.kind == OrganisationKind.TOWNSHIP and manages_area(me, found.area_id) else None,
        "crumbs": [*_crumbs(), (found.name, "")],
    }
    return render(request, "cases/directory/organisation.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def add_organisation(request: OfficerRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        area = Area.objects.filter(pk=data["area"], active=True).first()
        if area is None:
            form.add_error("area", _("There is no such area."))
        else:
            try:
                made = offices.add_organisation(**data | {"area": area}, by=request.user, now=clock.now())
            except (BadOrganisation, NotAllowed) as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return redirect("organisation", made.pk)
    return _form(request, form, title=_("New organisation"), crumbs=_crumbs())


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def edit_organisation(request: OfficerRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    initial = {"name": found.name, "code": found.code, "phone": found.phone, "active": found.active}
    form = EditOrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            offices.edit_organisation(found, **form.cleaned_data, by=request.user, now=clock.now())
        except (BadOrganisation, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("organisation", pk)
    return _form(request, form, title=_("Correct"), crumbs=[*_crumbs(), (found.name, reverse("organisation", args=[pk]))])


@require_POST
@officers_only
def add_class(request: OfficerRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = ClassForm(request.POST)
    if form.is_valid():
        try:
            offices.add_class(found, **form.cleaned_data, by=request.user, now=clock.now())
        except (BadOrganisation, NotAllowed) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Give the grade and the name of the class."))
    return redirect("organisation", pk)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def villages(request: OfficerRequest, code: str) -> HttpResponse:
    """The villages of a township: enter one, or a list of them."""
    township = get_object_or_404(Area, pk=code, level=Level.TOWNSHIP)
    if not manages_area(request.user, township.code):
        raise PermissionDenied
    one, many = VillageForm(prefix="one"), SheetForm(prefix="many")
    context: dict[str, Any] = {}
    if request.method == "POST" and "many" in request.POST:
        many = SheetForm(request.POST, request.FILES, prefix="many")
        done = many.is_valid() and _enter_villages(request, many, township, context)
    elif request.method == "POST":
        one = VillageForm(request.POST, prefix="one")
        done = one.is_valid() and _enter_village(request, one, township)
    else:
        done = False
    if done:
        return redirect("villages", code)
    context |= {
        "township": township,
        "villages": Area.objects.filter(parent=township, level=Level.VILLAGE).order_by("code"),
        "one": one,
        "many": many,
        "crumbs": [*_crumbs(), (township.name, "")],
    }
    return render(request, "cases/directory/villages.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.CONFIGURE)
def zones(request: OfficerRequest) -> HttpResponse:
    """Zones that the national list lacks, each with a code of its own."""
    form = ZoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        above = Area.objects.filter(pk=form.cleaned_data["reports_to"], active=True).first()
        try:
            if above is None:
                raise BadArea(_("There is no such area."))
            zone = areas.add_zone(name=form.cleaned_data["name"], reports_to=above, by=request.user, now=clock.now())
        except BadArea as bad:
            form.add_error("reports_to", str(bad))
        else:
            messages.success(request, _("%(name)s has the code %(code)s.") % {"name": zone.name, "code": zone.code})
            return redirect("zones")
    found = Area.objects.filter(is_custom=True).select_related("parent").order_by("code")
    return render(request, "cases/directory/zones.html", {"form": form, "zones": found, "crumbs": [*_crumbs(), (_("Zones"), "")]})


def _enter_village(request: OfficerRequest, form: VillageForm, township: Area) -> bool:
    try:
        village = areas.add_village(township=township, **form.cleaned_data, by=request.user, now=clock.now())
    except BadArea as bad:
        form.add_error("number", str(bad))
        return False
    messages.success(request, _("%(name)s has the code %(code)s.") % {"name": village.name, "code": village.code})
    return True


def _enter_villages(request: OfficerRequest, form: SheetForm, township: Area, context: dict[str, Any]) -> bool:
    try:
        rows, faults = areas.read_villages(Sheet.read(form.cleaned_data["file"]), township)
    except BadSheet as bad:
        form.add_error("file", str(bad))
        return False
    if faults:
        context |= faults_context(faults)
        return False
    count = areas.import_villages(rows, township=township, by=request.user, now=clock.now())
    messages.success(request, _("%(count)s villages entered.") % {"count": count})
    return True


def _find(request: OfficerRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.managed_by(request.user).select_related("area", "superior"), pk=pk)


def _may_add_class(request: OfficerRequest, school: Organisation) -> bool:
    return manages(request.user, school, Capability.EDIT_STUDENT) or manages_area(request.user, school.area_id)


def _form(request: OfficerRequest, form: Any, *, title: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    return render(request, "cases/directory/form.html", {"form": form, "title": title, "crumbs": [*crumbs, (title, "")]})


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Schools and people"), reverse("people")), (_("Organisations"), reverse("organisations"))]
