"""Who may see what the joint conference deals with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.models import Role
from cases.directory.scoping import NOTHING, under

if TYPE_CHECKING:
    from cases.directory.models import User

# The office and the convener keep the agenda; the bureau takes part; whoever stands above, and the inspectorate, read along.
READERS = frozenset(
    {
        Role.CONFERENCE_OFFICE,
        Role.CONVENER,
        Role.COUNTY_OFFICER,
        Role.COUNTY_HEAD,
        Role.PREFECTURE_OFFICER,
        Role.PROVINCE_OFFICER,
        Role.INSPECTOR,
    }
)
KEEPERS = frozenset({Role.CONFERENCE_OFFICE, Role.CONVENER})


class AgendaQuerySet(models.QuerySet["AgendaItem"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Items of the counties in the area of one of the user's posts at the county, above it or at the inspectorate, and those that the user put
        on the agenda, as long as they are at the organisation for which they did."""
        scope = NOTHING
        for post in user.posts():
            if post.role in READERS:
                scope |= under("county_id", post.organisation.area_id)
            scope |= Q(proposed_by=user, organisation_id=post.organisation_id)
        return self.filter(scope)
