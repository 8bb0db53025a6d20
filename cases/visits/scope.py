"""Who may see which visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from cases.directory.scoping import case_scope

if TYPE_CHECKING:
    from cases.directory.models import User


class VisitQuerySet(models.QuerySet["HomeVisit"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Visits of the cases that the user may see; no others."""
        return self.filter(case_scope(user, "case__"))
