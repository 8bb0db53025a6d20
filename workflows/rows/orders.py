"""Supervision orders as lists and pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from cases.directory.scoping import NOTHING
from cases.supervision.models import OPEN, OrderState, SupervisionOrder, Verdict
from workflows.models import Assignment
from workflows.rows.pages import page_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from cases.directory.models import User

TABS = ("answer", "issued", "all")
TONES: dict[str, tuple[str, str]] = {
    OrderState.ISSUED: ("amber", "clock"),
    OrderState.ANSWERED: ("blue", "message"),
    OrderState.ACCEPTED: ("green", "circle-check"),
    OrderState.ACCOUNTABLE: ("red", "gavel"),
    OrderState.WITHDRAWN: ("grey", "ban"),
}


def tag_of(order: SupervisionOrder) -> tuple[str, str, str]:
    """Colour, icon and words of the state."""
    return (*TONES[order.state], order.get_state_display())


def to_my_unit(user: User) -> Q:
    """Orders that one of the user's posts has to answer."""
    scope = NOTHING
    for post in user.posts():
        scope |= Q(addressee_id=post.organisation_id, addressee_role=post.role)
    return scope


def from_my_post(user: User) -> Q:
    """The orders that one of the user's present posts issued, whoever held it then."""
    scope = NOTHING
    for post in user.posts():
        scope |= Q(issuer_id=post.organisation_id, issuer_role=post.role)
    return scope


def with_task(rows: QuerySet[SupervisionOrder]) -> QuerySet[Any]:
    """With the open task of each order: its pk and the moment at which it is due."""
    task = Assignment.objects.filter(case=OuterRef("case"), kind="order", seed=OuterRef("pk"), state="open").order_by("-pk")
    return rows.annotate(task=Subquery(task.values("pk")[:1]), due_at=Subquery(task.values("due_at")[:1]))


@dataclass
class Found:
    page: Page[Any]
    counts: dict[str, int]


def listed(user: User, *, tab: str, q: str, state: str, unit: str, late: bool, page: str | None, now: datetime) -> Found:
    """Two queries: every number around the list, and the rows of its page, what is due first on top."""
    seen = SupervisionOrder.objects.visible_to(user)
    tabs = {"answer": to_my_unit(user), "issued": from_my_post(user), "all": Q(pk__isnull=False)}
    chosen = tabs[tab]
    if q:
        chosen &= Q(number__contains=q) | Q(case__number__contains=q.upper()) | Q(addressee__name__contains=q) | Q(case__student__name__contains=q)
    if state:
        chosen &= Q(state=state)
    if unit:
        chosen &= Q(addressee__kind=unit)
    if late:
        chosen &= Q(state__in=OPEN, due_at__lt=now)
    rows = with_task(seen)
    counts = rows.aggregate(
        **{name: Count("pk", filter=condition & Q(state__in=OPEN)) for name, condition in tabs.items()}, shown=Count("pk", filter=chosen)
    )
    wanted = rows.filter(chosen).select_related("case__student", "addressee", "issuer", "issued_by").order_by(F("due_at").asc(nulls_last=True), "-pk")
    return Found(page_of(wanted, page, length=counts["shown"]), counts)


def rounds(order: SupervisionOrder) -> list[dict[str, Any]]:
    """The order, each answer and what was decided on it, in the order of time: what the component `timeline` shows."""
    told: list[dict[str, Any]] = [
        {
            "text": _("Issued to %(unit)s") % {"unit": order.addressee.name},
            "at": order.issued_at,
            "actor": f"{order.issuer.name} · {order.issued_by.name}",
            "icon": "gavel",
            "tone": "red",
        }
    ]
    for reply in order.replies.select_related("by", "decision__by").order_by("pk"):
        actor = f"{order.addressee.name} · {reply.by.name}"
        told.append({"text": _("Unit answered"), "detail": reply.text, "at": reply.at, "actor": actor, "icon": "message", "tone": "blue"})
        if decision := getattr(reply, "decision", None):
            told.append(_decided(order, decision))
    if order.state == OrderState.WITHDRAWN:
        told.append({"text": order.get_state_display(), "at": order.settled_at, "actor": order.issuer.name, "icon": "ban"})
    return told


def _decided(order: SupervisionOrder, decision: Any) -> dict[str, Any]:
    words, icon, tone = {
        Verdict.ACCEPTED: (_("Answer accepted"), "circle-check", "green"),
        Verdict.SENT_BACK: (_("Sent back"), "corner-up-left", "amber"),
        Verdict.ACCOUNTABLE: (_("Accountability finding: %(kind)s") % {"kind": decision.get_measure_display()}, "gavel", "red"),
    }[Verdict(decision.outcome)]
    actor = f"{order.issuer.name} · {decision.by.name}"
    return {"text": words, "detail": decision.reason, "at": decision.at, "actor": actor, "icon": icon, "tone": tone}
