"""Requests for more time that wait for one person's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.models import Role
from notifications.models import Notification
from workflows.models import ExtensionRequest
from workflows.rows.pages import page_of
from workflows.steps import title

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.db.models import QuerySet

    from cases.directory.models import User

COUNTY_DIGITS = 6
UNIT_HEADS = frozenset({Role.PRINCIPAL, Role.TOWNSHIP_HEAD})


def waiting_for(user: User) -> QuerySet[ExtensionRequest]:
    """Those that this person was asked about; a head also those of the own unit, a county's supervisor those of every case that they see.

    Above the county only what was brought before one: nobody there reads the requests of a whole prefecture. Never one's own.
    """
    posts = [post for post in user.posts() if Capability.SUPERVISE in CAPABILITIES[post.role]]
    rows: QuerySet[ExtensionRequest] = ExtensionRequest.objects.visible_to(user).waiting().exclude(asked_by=user)
    if not posts:
        return rows.none()
    # the key under which extensions.ask_extension told them
    key = Concat(Value("extension:"), Cast(OuterRef("pk"), CharField()), Value(f":{user.pk}"))
    mine = Q(Exists(Notification.objects.filter(key=key)))
    for post in posts:
        if post.role in UNIT_HEADS:
            mine |= Q(assignment__organisation=post.organisation_id)
        elif len(post.organisation.area_id) >= COUNTY_DIGITS:
            mine |= Q(assignment__report=None)  # a report's request is answered above its own office
    return rows.filter(mine)


@dataclass(frozen=True)
class RequestRow:
    request: Any
    title: str


def list_page(user: User, page: str | None, *, length: int) -> Page[Any]:
    """The oldest first; what is due soonest among those of a day."""
    rows = (
        waiting_for(user)
        .select_related(
            "asked_by",
            "assignment__report__unit",
            "assignment__case__student",
            "assignment__case__school",
            "assignment__case__township",
            "assignment__organisation",
        )
        .order_by(F("assignment__due_at").asc(nulls_last=True), "pk")
    )
    found = page_of(rows, page, length=length)
    found.object_list = [RequestRow(row, title(row.assignment.step)) for row in found.object_list]
    return found
