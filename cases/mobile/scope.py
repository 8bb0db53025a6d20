"""Who may see what phones took along and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from cases.directory.scoping import case_scope

if TYPE_CHECKING:
    from cases.directory.models import User


class PhoneQuerySet(models.QuerySet["Phone"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """The user's own phones, and those of the people whose directory entry the user may open; no others."""
        people = user._meta.model._default_manager.visible_to(user)  # type: ignore[attr-defined]  # the directory's manager
        return self.filter(user__in=people)


class PhoneTaskQuerySet(models.QuerySet["PhoneTask"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """What was taken along of the cases that the user may see; nothing else."""
        return self.filter(case_scope(user, "case__"))

    def silent(self) -> Self:
        """Tasks on phones of which nothing has been heard for too long."""
        return self.filter(silent_at__isnull=False)


class UploadQuerySet(models.QuerySet["VisitUpload"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """The user's own; nobody else needs what is not on record yet."""
        return self.filter(owner=user)


class PhoneFileQuerySet(models.QuerySet["PhoneFile"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Files that the user brought in."""
        return self.filter(brought_by=user)
