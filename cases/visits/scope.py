"""Who may see which visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.scoping import case_scope

if TYPE_CHECKING:
    from cases.directory.models import User


class VisitQuerySet(models.QuerySet["HomeVisit"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Visits of the cases that the user may see; no others."""
        return self.filter(case_scope(user, "case__"))


class DenialQuerySet(models.QuerySet["Denial"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Denials of visits of the cases that the user may see, and the user's own; no others."""
        return self.filter(case_scope(user, "visit__case__") | Q(said_by=user))

    def waiting(self) -> Self:
        """Those that nobody in charge has settled yet."""
        return self.filter(settled_at=None)


class LateVisitQuerySet(models.QuerySet["LateVisit"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Late records of the cases that the user may see; no others."""
        return self.filter(case_scope(user, "case__"))

    def waiting(self) -> Self:
        """Those that nobody in charge has seen yet."""
        return self.filter(seen_at=None)


class CorrectionQuerySet(models.QuerySet["CorrectionRequest"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Requests about visits of the cases that the user may see, and about the user's own visits; no others."""
        return self.filter(case_scope(user, "visit__case__") | Q(visit__visitor=user))

    def waiting(self) -> Self:
        """Those that no correction has answered yet."""
        return self.filter(visit__corrected_by=None)
