"""Who may see which draws and spot checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.models import Role
from cases.directory.scoping import NOTHING, at_my_posts, under

if TYPE_CHECKING:
    from cases.directory.models import User

# Who answers for the clearances of a county, and who looks after them.
READS = frozenset(
    {
        Role.COUNTY_OFFICER,
        Role.COUNTY_HEAD,
        Role.CONVENER,
        Role.CONFERENCE_OFFICE,
        Role.INSPECTOR,
        Role.PREFECTURE_OFFICER,
        Role.PROVINCE_OFFICER,
    }
)


def _counties(user: User, column: str) -> Q:
    scope = NOTHING
    for post in user.posts():
        if post.role in READS:
            scope |= under(column, post.organisation.area_id)
    return scope


class DrawQuerySet(models.QuerySet["Draw"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Draws of the counties in which one of the user's posts at the county or above looks after the clearances; no others."""
        return self.filter(_counties(user, "county_id"))


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Spot checks of the draws that the user may see, those that one of the user's posts was given, and those that the user made for a unit,
        as long as the user is there."""
        here = [post.organisation_id for post in user.posts()]
        return self.filter(_counties(user, "draw__county_id") | at_my_posts(user) | Q(by=user, organisation__in=here))
