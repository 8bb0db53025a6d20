"""Who may see which lists of the school-roll system and which differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.models import Role
from cases.directory.scoping import NOTHING, under

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cases.directory.models import Appointment, User

# Who answers for the ledger of a county, and who looks after that.
READS = frozenset({Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.INSPECTOR, Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER})


def reach(posts: Sequence[Appointment], prefix: str = "") -> Q:
    """What these posts let see; `prefix` leads to the county and the school from another table."""
    scope = NOTHING
    for post in posts:
        if post.role in READS:
            scope |= under(f"{prefix}county_id", post.organisation.area_id)
        elif post.role == Role.PRINCIPAL:
            scope |= Q(**{f"{prefix}school_id": post.organisation_id})
    return scope


class RosterQuerySet(models.QuerySet["Roster"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Lists of the counties that one of the user's posts at the county or above looks after, and those of a principal's own school."""
        return self.filter(reach(user.posts()))


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Differences of these counties, and those of a principal's own school; one about a case only while the case is theirs, too."""
        return self.filter(reach(user.posts())).filter(Q(case=None) | reach(user.posts(), "case__"))

    def open(self) -> Self:
        return self.filter(settled="")
