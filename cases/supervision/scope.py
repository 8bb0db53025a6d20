"""Who may see which supervision orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.directory.models import Role
from cases.directory.scoping import NOTHING, case_scope

if TYPE_CHECKING:
    from cases.directory.models import User

# Below them an order is no business of theirs unless their unit issued it or has to answer it.
READS_ALONG = frozenset(
    {
        Role.COUNTY_OFFICER,
        Role.COUNTY_HEAD,
        Role.CONVENER,
        Role.CONFERENCE_OFFICE,
        Role.PREFECTURE_OFFICER,
        Role.PROVINCE_OFFICER,
        Role.INSPECTOR,
    }
)


class OrderQuerySet(models.QuerySet["SupervisionOrder"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Orders about cases that the user may see, if, and only if, one of the user's posts is at the county or above, at the issuing post, or
        the one that has to answer; those whose answer the user was given and has not given yet; and those that the user answered for a unit,
        as long as the user is there."""
        posts = user.posts()
        own = NOTHING
        for post in posts:
            own |= Q(addressee_id=post.organisation_id, addressee_role=post.role) | Q(issuer_id=post.organisation_id, issuer_role=post.role)
        if any(post.role in READS_ALONG for post in posts):
            own |= case_scope(user, "case__")
        given: Any = apps.get_model("cases", "Case")._meta.get_field("assignments").related_model  # by name: the tasks lie above this room
        here = [post.organisation_id for post in posts]
        mine = given._base_manager.filter(
            Q(state="open", holder=user) | Q(done_by=user, organisation__in=here),
            case_id=OuterRef("case_id"),
            step="answer_order",
            seed=OuterRef("pk"),
        )
        return self.filter(own | Q(Exists(mine)))
