"""Which county counts a child, and which organisations of both lines answer for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.directory.models import Organisation, OrganisationKind
from cases.register.locking import Refused

if TYPE_CHECKING:
    from cases.directory.models import SchoolClass
    from cases.register.models import Student

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12  # digits of the administrative codes


class NobodyResponsible(Refused):
    """An organisation that must take part is not in the directory."""


class Responsible(TypedDict):
    """The columns of a case that say where it belongs."""

    county_id: str
    place_id: str
    school: Organisation | None
    school_class: SchoolClass | None
    village: Organisation | None
    township: Organisation
    education: Organisation


def responsible(student: Student) -> Responsible:
    """With a school roll, the school's county counts the child; without, that of the household register. The government line is where it lives.

    Two queries. Raises NobodyResponsible when the township government or the education bureau is not in the directory.
    """
    county = county_of(student)
    place = student.lives_at_id or student.registered_at_id
    kind = OrganisationKind
    found = {
        organisation.kind: organisation
        for organisation in Organisation.objects.filter(
            Q(kind=kind.TOWNSHIP, area_id=place[:TOWNSHIP])
            | Q(kind=kind.VILLAGE, area_id=place if len(place) == VILLAGE else "")
            | Q(kind=kind.COUNTY_EDUCATION, area_id=county),
            active=True,
        ).order_by("-pk")
    }
    for needed, code in ((kind.TOWNSHIP, place[:TOWNSHIP]), (kind.COUNTY_EDUCATION, county)):
        if needed not in found:
            raise NobodyResponsible(
                _("No %(kind)s is entered for the area %(code)s. Ask your county's administrator to enter it, then try again.")
                % {"kind": needed.label, "code": code}
            )
    return Responsible(
        county_id=county,
        place_id=place,
        school=student.school,
        school_class=student.school_class,
        village=found.get(kind.VILLAGE),
        township=found[kind.TOWNSHIP],
        education=found[kind.COUNTY_EDUCATION],
    )


def county_of(student: Student) -> str:
    """The code of the county that counts the child."""
    area = student.school.area_id if student.school else student.registered_at_id
    return area[:COUNTY]
