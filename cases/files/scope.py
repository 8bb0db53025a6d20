"""Who may see which files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from cases.directory.scoping import case_scope

if TYPE_CHECKING:
    from cases.directory.models import User


class FileQuerySet(models.QuerySet["StoredFile"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Files of the cases that the user may see; no others."""
        return self.filter(case_scope(user, "case__"))
