"""Who may see which bulk jobs and saved filters: whoever made them, nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from cases.directory.models import User


class BulkJobQuerySet(models.QuerySet["BulkJob"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Jobs that the user asked for."""
        return self.filter(asked_by=user)


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """The user's own."""
        return self.filter(user=user)
