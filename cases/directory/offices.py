"""Entering organisations: each with the right line and its superior in that line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed
from cases.directory.jurisdiction import manages_area
from cases.directory.models import Area, Level, Organisation, OrganisationKind, SchoolClass
from cases.directory.posts import DEPARTMENT_NAMES, LEVELS_OF, LINE_OF, OFFICE_NAMES, SUPERIOR_OF
from cases.journal.services import record
from cases.journal.verbs import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import User

GRADES = {1: "一", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九"}


class BadOrganisation(Exception):
    """The organisation cannot be entered like this; the words say why."""


@transaction.atomic
def add_organisation(
    *,
    kind: str,
    area: Area,
    by: User,
    now: datetime,
    name: str = "",
    department: str = "",
    superior: Organisation | None = None,
    code: str = "",
    phone: str = "",
) -> Organisation:
    """An organisation; line, superior and, for offices, the name follow from its kind and area unless given.

    Raises NotAllowed unless the person manages the area; BadOrganisation for a kind at the wrong level, a missing name, a name taken in the
    area, a superior of another line.
    """
    _require(by, area)
    name = name.strip() or _usual_name(kind, area, department)
    if area.level not in LEVELS_OF[kind]:
        raise BadOrganisation(_("An organisation of this kind does not belong to an area of this level."))
    if kind == OrganisationKind.DEPARTMENT and not department:
        raise BadOrganisation(_("Say which department it is."))
    if not name:
        raise BadOrganisation(_("The name is missing."))
    if Organisation.objects.filter(area=area, name=name, active=True).exists():
        raise BadOrganisation(_("%(name)s is there already.") % {"name": name})
    line = LINE_OF[kind]
    if superior is not None and superior.line != line:
        raise BadOrganisation(_("The superior must belong to the same line."))
    organisation = Organisation.objects.create(
        name=name,
        kind=kind,
        department=department if kind == OrganisationKind.DEPARTMENT else "",
        line=line,
        area=area,
        superior=superior or superior_of(kind, area),
        code=code.strip(),
        phone=phone.strip(),
    )
    _note(organisation, by=by, now=now)
    return organisation


@transaction.atomic
def edit_organisation(organisation: Organisation, *, name: str, code: str, phone: str, active: bool, by: User, now: datetime) -> Organisation:
    """Raises NotAllowed; BadOrganisation when somebody still holds a post where the doors are to close."""
    _require(by, organisation.area)
    if not name.strip():
        raise BadOrganisation(_("The name is missing."))
    if organisation.active and not active and organisation.appointments.present().exists():
        raise BadOrganisation(_("Somebody still holds a post there. End those appointments first."))
    organisation.name, organisation.code, organisation.phone, organisation.active = name.strip(), code.strip(), phone.strip(), active
    organisation.save(update_fields=["name", "code", "phone", "active"])
    _note(organisation, by=by, now=now)
    return organisation


@transaction.atomic
def add_class(school: Organisation, *, grade: int, by: User, now: datetime, name: str = "", number: int = 1) -> SchoolClass:
    """A class of a school: 七（1）班 unless named. Raises NotAllowed, BadOrganisation."""
    if Capability.EDIT_STUDENT not in _capabilities_at(by, school):
        _require(by, school.area)
    if school.kind != OrganisationKind.SCHOOL:
        raise BadOrganisation(_("Only a school has classes."))
    name = name.strip() or f"{GRADES[grade]}（{number}）班"
    if SchoolClass.objects.filter(school=school, grade=grade, name=name, active=True).exists():
        raise BadOrganisation(_("%(name)s is there already.") % {"name": name})
    school_class = SchoolClass.objects.create(school=school, grade=grade, name=name)
    record(Verb.SETTING_CHANGED, actor=by, at=now, organisation=school, model="schoolclass", pk=school_class.pk)
    return school_class


@transaction.atomic
def standard_departments(county: Area, *, by: User, now: datetime) -> list[Organisation]:
    """The conference's members and the departments that take part elsewhere, those that are missing; returns all of them, in the notice's order."""
    return [
        _find_or_add(OrganisationKind.DEPARTMENT, county, department=department, name=name.format(county.name), by=by, now=now)
        for department, name in DEPARTMENT_NAMES.items()
    ]


@transaction.atomic
def standard_county(county: Area, *, by: User, now: datetime) -> list[Organisation]:
    """Every office that a county needs to begin: government, education bureau, conference office, inspectorate, departments, township governments.

    What stands above (prefecture, province) is entered, too, when it is missing. Harmless to run again.
    """
    if county.level != Level.COUNTY:
        raise BadOrganisation(_("%(name)s is no county.") % {"name": county.name})
    offices = standard_superiors(county, by=by, now=now)
    for kind in (
        OrganisationKind.COUNTY_GOVERNMENT,
        OrganisationKind.COUNTY_EDUCATION,
        OrganisationKind.CONFERENCE_OFFICE,
        OrganisationKind.INSPECTORATE,
    ):
        offices.append(_find_or_add(kind, county, name=_usual_name(kind, county), by=by, now=now))
    offices += standard_departments(county, by=by, now=now)
    for township in Area.objects.filter(parent=county, level=Level.TOWNSHIP, active=True).order_by("code"):
        offices.append(_find_or_add(OrganisationKind.TOWNSHIP, township, name=_usual_name(OrganisationKind.TOWNSHIP, township), by=by, now=now))
    return offices


def standard_superiors(county: Area, *, by: User, now: datetime) -> list[Organisation]:
    """Government and education of the province and, where there is one, of the prefecture; only who manages those areas enters what is missing."""
    kinds = {
        Level.PROVINCE: (OrganisationKind.PROVINCE_GOVERNMENT, OrganisationKind.PROVINCE_EDUCATION),
        Level.PREFECTURE: (OrganisationKind.PREFECTURE_GOVERNMENT, OrganisationKind.PREFECTURE_EDUCATION),
    }
    above: list[Area] = []
    area = county.parent
    while area is not None:
        above.insert(0, area)
        area = area.parent
    return [
        _find_or_add(kind, area, name=_usual_name(kind, area), by=by, now=now)
        for area in above
        if manages_area(by, area.code)
        for kind in kinds.get(Level(area.level), ())
    ]


def superior_of(kind: str, area: Area) -> Organisation | None:
    """The nearest organisation above in the same line: of the first kind that the smallest containing area has."""
    containing = [area.code[:length] for length in range(len(area.code), 1, -1)]
    for wanted in SUPERIOR_OF[kind]:
        found = [
            organisation
            for organisation in Organisation.objects.filter(kind=wanted, area_id__in=containing, active=True).order_by("pk")
            if organisation.kind != kind
        ]
        if found:
            return max(found, key=lambda organisation: len(organisation.area_id))
    return None


def _find_or_add(kind: str, area: Area, *, name: str, by: User, now: datetime, department: str = "") -> Organisation:
    found = Organisation.objects.filter(kind=kind, area=area, department=department, active=True).order_by("pk").first()
    return found or add_organisation(kind=kind, area=area, name=name, department=department, by=by, now=now)


def _usual_name(kind: str, area: Area, department: str = "") -> str:
    if kind == OrganisationKind.TOWNSHIP:
        return f"{area.name}办事处" if area.name.endswith("街道") else f"{area.name}人民政府"
    if kind == OrganisationKind.VILLAGE:
        if area.name.endswith(("委会", "委员会")):
            return area.name
        return f"{area.name}居民委员会" if area.name.endswith(("社区", "居")) else f"{area.name}村民委员会"
    if kind == OrganisationKind.DEPARTMENT:
        return DEPARTMENT_NAMES[department].format(area.name) if department else ""
    return OFFICE_NAMES[kind].format(area.name) if kind in OFFICE_NAMES else ""


def _require(by: User, area: Area) -> None:
    if not manages_area(by, area.code):
        raise NotAllowed(_("Your post does not allow this."))


def _capabilities_at(by: User, organisation: Organisation) -> frozenset[Capability]:
    held = [CAPABILITIES[post.role] for post in by.posts() if post.organisation_id == organisation.pk]
    return frozenset().union(*held)


def _note(organisation: Organisation, *, by: User, now: datetime) -> None:
    record(Verb.SETTING_CHANGED, actor=by, at=now, organisation=organisation, model="organisation", pk=organisation.pk)
