"""Who may see which files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from cases.directory.capabilities import Capability, may
from cases.directory.scoping import case_scope

if TYPE_CHECKING:
    from cases.directory.models import User

# What goes between units with its evidence: by name, since this room knows no other.
LENT = ("Transfer", "Inquiry")


class FileQuerySet(models.QuerySet["StoredFile"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Files of the cases that the user may see, and what proves an offer or an answer to those whom it was sent; no others."""
        lent = Q()
        for name in LENT:
            letters: Any = apps.get_model("cases", name)
            lent |= Q(pk__in=letters.objects.visible_to(user).filter(evidence__isnull=False).values("evidence"))
        found = self.filter(case_scope(user, "case__") | lent)
        return found if may(user, Capability.SUPERVISE) else found.exclude(pk__in=undecided())


def undecided() -> models.QuerySet[Any, dict[str, Any]]:
    """Photos of records that nobody took over: they lie before whoever decides, and belong to no visit."""
    files: models.QuerySet[Any, Any] = apps.get_model("cases", "StoredFile").objects.all()
    return files.filter(late_copies__isnull=False, late_copies__visit=None).values("pk")
