"""Who may see which transfers and requests for help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.models import Role
from cases.directory.scoping import NOTHING, case_scope, under

if TYPE_CHECKING:
    from cases.directory.models import User

BUREAU = frozenset({Role.COUNTY_OFFICER, Role.COUNTY_HEAD})
ABOVE = frozenset({Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER})


def _of_the_bureaus(user: User, *sides: str) -> Q:
    """Rows of which one of the named bureaus is the user's, or stands below a post of the prefecture or the province."""
    scope = NOTHING
    for post in user.posts():
        for side in sides:
            if post.role in BUREAU:
                scope |= Q((f"{side}_education_id", post.organisation_id))
            elif post.role in ABOVE:
                scope |= under(f"{side}_education__area_id", post.organisation.area_id)
    return scope


class TransferQuerySet(models.QuerySet["Transfer"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Transfers of the cases that the user may see; for the education bureaus of both sides and those above them every one of theirs, for
        good; for the principal of a school that gave a child away, that one."""
        scope = case_scope(user, "case__") | _of_the_bureaus(user, "from", "to")
        for post in user.posts():
            if post.role == Role.PRINCIPAL and Capability.TRANSFER in CAPABILITIES[post.role]:
                scope |= Q(from_school_id=post.organisation_id)
        return self.filter(scope)


class InquiryQuerySet(models.QuerySet["Inquiry"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Requests about the cases that the user may see, and for the education bureaus of both sides and those above them every one of theirs."""
        return self.filter(case_scope(user, "case__") | _of_the_bureaus(user, "from", "to"))
