"""The desk on which a supervisor arrives: own numbers, what is most urgent, who waits, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Window

from cases.journal.clock import EngineNow
from notifications.models import Notification
from workflows.models import Assignment
from workflows.rows import queue, requests, silent
from workflows.rows.asked import asked_of, titled
from workflows.steps import title

if TYPE_CHECKING:
    from cases.directory.models import User
    from workflows.rows.days import Borders

URGENT, ASKED, NOTICES = 3, 3, 5


@dataclass(frozen=True)
class Numbers:
    tasks: int
    late: int
    today: int


def own(user: User, borders: Borders) -> tuple[Numbers, list[tuple[Any, str]]]:
    """The numbers of the own inbox, and the three tasks that are due first: one query."""
    late, today = Q(due_at__lt=borders.now), Q(due_at__gte=borders.now, due_at__lt=borders.tomorrow)
    rows = (
        Assignment.objects.inbox_of(user)
        .select_related("case__student", "case__school", "case__township", "report__unit", "report__school", "matter", "organisation")
        .annotate(
            n_tasks=Window(Count("pk")),
            asked=asked_of(OuterRef("seed")),
            n_late=Window(Count("pk", filter=late)),
            n_today=Window(Count("pk", filter=today)),
        )
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    found: list[Any] = list(rows[:URGENT])  # rows with what was annotated
    numbers = Numbers(found[0].n_tasks, found[0].n_late, found[0].n_today) if found else Numbers(0, 0, 0)
    return numbers, [(row, titled(row.step, row.asked)) for row in found]


def urgent(user: User) -> list[tuple[Any, str]]:
    """The escalations that nobody has answered yet, the highest rung first: (escalation, title); one query."""
    rows = (
        queue.waiting(user)
        .filter(handled_by=None)
        .annotate(silent_since=silent.since("assignment_id"))
        .select_related("case__student", "case__school", "case__township", "assignment__organisation", "assignment__holder")
        .order_by("-rung", F("assignment__due_at").asc(nulls_last=True), "pk")
    )
    return [(row, title(row.assignment.step)) for row in rows[:URGENT]]


def asked(user: User) -> list[tuple[Any, str]]:
    """Requests for more time that wait: (request, title); one query."""
    rows = requests.waiting_for(user).select_related("asked_by", "assignment__case__student", "assignment__organisation")
    return [(row, title(row.assignment.step)) for row in rows.order_by(F("assignment__due_at").asc(nulls_last=True), "pk")[:ASKED]]


def notices(user: User) -> list[Any]:
    """The newest lines of the own notifications, as `by_day` takes them; one query."""
    return list(Notification.objects.visible_to(user).annotate(asked_at=EngineNow()).order_by("-pk")[:NOTICES])
