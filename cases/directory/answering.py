"""Who answers for a unit, what may be demanded of which unit by whom, and how somebody is held accountable."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.directory.models import OrganisationKind as Kind
from cases.directory.models import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.directory.models import Appointment, Organisation, User


class Accountability(models.TextChoices):
    """What follows when a unit did not do its duty (问责; notice 2023-6, section 6)."""

    TALK = "talk", _("formal talk")
    SELF_EXAMINATION = "self_examination", _("written self-examination")
    CRITICISM = "criticism", _("notice of criticism")
    REFERRAL = "referral", _("referral to the authority in charge")


# The post that answers for a unit.
ANSWERS_FOR: Final[Mapping[str, Role]] = MappingProxyType(
    {
        Kind.SCHOOL: Role.PRINCIPAL,
        Kind.VILLAGE: Role.VILLAGE_CADRE,
        Kind.TOWNSHIP: Role.TOWNSHIP_HEAD,
        Kind.DEPARTMENT: Role.DEPARTMENT_OFFICER,
        Kind.COUNTY_EDUCATION: Role.COUNTY_HEAD,
        Kind.CONFERENCE_OFFICE: Role.CONFERENCE_OFFICE,
        Kind.COUNTY_GOVERNMENT: Role.CONVENER,
        Kind.PREFECTURE_EDUCATION: Role.PREFECTURE_OFFICER,
    }
)

_FIELD: Final = frozenset({Kind.SCHOOL, Kind.VILLAGE, Kind.TOWNSHIP})
_CONFERENCE: Final = _FIELD | {Kind.DEPARTMENT, Kind.COUNTY_EDUCATION}
_ABOVE: Final = _CONFERENCE | {Kind.CONFERENCE_OFFICE, Kind.COUNTY_GOVERNMENT}

# Downwards only, as all supervision: the bureau to schools, villages and townships; the joint conference to its members as well.
BELOW: Final[Mapping[str, frozenset[Kind]]] = MappingProxyType(
    {
        Role.COUNTY_OFFICER: _FIELD,
        Role.COUNTY_HEAD: _FIELD,
        Role.CONFERENCE_OFFICE: _CONFERENCE,
        Role.CONVENER: _CONFERENCE | {Kind.CONFERENCE_OFFICE},
        Role.INSPECTOR: _CONFERENCE | {Kind.CONFERENCE_OFFICE},
        Role.PREFECTURE_OFFICER: _ABOVE,
        Role.PROVINCE_OFFICER: _ABOVE | {Kind.PREFECTURE_EDUCATION},
    }
)


def stands_below(unit: Organisation, post: Appointment) -> bool:
    """Whether a post may demand something of a unit: of a kind below it, in its own area, and never of its own organisation."""
    return unit.kind in BELOW.get(post.role, frozenset()) and unit.area_id.startswith(post.organisation.area_id) and unit.pk != post.organisation_id


def answers_for(user: User, unit: Organisation) -> bool:
    """Whether the user holds the post that answers for the unit."""
    return any(post.organisation_id == unit.pk and post.role == ANSWERS_FOR.get(unit.kind) for post in user.posts())
