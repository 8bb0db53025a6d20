"""Who may read a mandatory report: it says more about a child than the rest of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.scoping import case_scope

if TYPE_CHECKING:
    from cases.directory.models import User


class ReceiptQuerySet(models.QuerySet["Receipt"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Receipts of the cases that the user may see, if, and only if, the user holds a post at the addressee, made the report, or supervises."""
        seen = self.filter(case_scope(user, "report__case__"))
        if any(Capability.SUPERVISE in CAPABILITIES[post.role] for post in user.posts()):
            return seen
        return seen.filter(Q(organisation_id__in=[post.organisation_id for post in user.posts()]) | Q(report__by=user))
