"""Whose people does somebody look after? Asked by the pages and services about accounts and posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from cases.directory.capabilities import BY_SCHOOL, CAPABILITIES, Capability
from cases.directory.models import Role
from cases.directory.scoping import NOTHING, under

if TYPE_CHECKING:
    from cases.directory.models import Appointment, Organisation, User

_EVERYWHERE = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
_LOOKING_AFTER = frozenset({Capability.MANAGE_ACCOUNTS, Capability.RESET_PASSWORD})


def sees_all_people(user: User) -> bool:
    """Whether one of the user's posts looks after people everywhere, not only in an area."""
    return any(post.role in _EVERYWHERE for post in user.posts())


def managed_organisations(user: User) -> Q:
    """See `OrganisationQuerySet.managed_by`."""
    if sees_all_people(user):
        return Q()
    scope = Q()
    for post in _looking_after(user):
        scope |= Q(pk=post.organisation_id) if post.role in BY_SCHOOL else under("area_id", post.organisation.area_id)
    return scope or NOTHING


def manages(user: User, organisation: Organisation, capability: Capability) -> bool:
    """Whether one of the user's posts has the capability and covers the organisation, read from its own columns."""
    for post in user.posts():
        if capability not in CAPABILITIES[post.role]:
            continue
        if post.role in _EVERYWHERE or _covers(post, organisation):
            return True
    return False


def manages_area(user: User, code: str) -> bool:
    """Whether the user may enter offices and villages in an area: whoever manages accounts there."""
    return any(
        Capability.MANAGE_ACCOUNTS in CAPABILITIES[post.role] and (post.role in _EVERYWHERE or code.startswith(post.organisation.area_id))
        for post in user.posts()
    )


def _looking_after(user: User) -> list[Appointment]:
    return [post for post in user.posts() if CAPABILITIES[post.role] & _LOOKING_AFTER]


def _covers(post: Appointment, organisation: Organisation) -> bool:
    if post.role in BY_SCHOOL:
        return post.organisation_id == organisation.pk
    return organisation.area_id.startswith(post.organisation.area_id)
