"""Tasks on phones of which nothing is heard, as a page about visits shows them. Phones live above this room: asked for by the name of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User


def silent_tasks(user: User) -> QuerySet[Any]:
    """Of the cases that the user may see, the longest silence first."""
    tasks: Any = apps.get_model("cases", "PhoneTask")
    rows: QuerySet[Any] = tasks.objects.visible_to(user).silent().filter(case__closed_at=None)
    return rows.select_related("case__student", "phone__user").order_by("phone__heard_at", "pk")
