"""Who may see which children and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from cases.directory.scoping import case_scope, student_scope

if TYPE_CHECKING:
    from cases.directory.models import User


class CaseQuerySet(models.QuerySet["Case"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Cases that one of the user's present posts covers by place, school or class, or that its organisation has a part in; no others."""
        return self.filter(case_scope(user))


class StudentQuerySet(models.QuerySet["Student"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Children of the user's class, school or place, and those whose case the user may see; no others."""
        return self.filter(student_scope(user))
