"""Who may see which findings of the inspectorate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.answering import BELOW
from cases.directory.models import Role
from cases.directory.scoping import NOTHING, under

if TYPE_CHECKING:
    from cases.directory.models import User

_UNIT = frozenset(Role) - {Role.CLASS_TEACHER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}


class FindingQuerySet(models.QuerySet["Finding"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Findings of the inspectorates of the user's area and above it, for an inspector; those on the own unit, for who works in its office; and
        those on units of a kind below a post of the user's, in its area."""
        scope = NOTHING
        for post in user.posts():
            if post.role in _UNIT:
                scope |= Q(unit_id=post.organisation_id) | Q(inspectorate_id=post.organisation_id)
            if kinds := BELOW.get(post.role):
                scope |= under("place_id", post.organisation.area_id) & Q(unit_kind__in=sorted(kinds))
        return self.filter(scope)
