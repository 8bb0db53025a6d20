"""A leaver's open tasks go to whoever holds the post now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cases.journal.services import record
from cases.journal.verbs import Verb
from notifications.messages import worded
from workflows import tasks
from workflows.assignment import resolve
from workflows.models import Assignment, AssignmentState
from workflows.steps import STEPS

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import Appointment, User


@transaction.atomic
def hand_over(holder_id: int, *, by: User | None, now: datetime, post: Appointment | None = None) -> int:
    """Give every open task that a person holds (at one post, if named) to the present holders of its post, and tell them.

    The clocks run on: a change of people is no reason for a later day. Returns how many tasks that were.
    """
    held = (
        Assignment.objects.filter(holder_id=holder_id, state=AssignmentState.OPEN)
        .select_related("case", "report", "matter")
        .order_by("case_id", "pk")
    )
    if post is not None:
        held = held.filter(organisation_id=post.organisation_id, role=post.role)
    rows = list(held.select_for_update(of=("self",), no_key=True))
    today = timezone.localdate(now)
    for row in rows:
        rule = STEPS[row.step]
        place: dict[str, Any] = {} if rule.posts else {"organisation_id": row.organisation_id, "role": row.role}
        assigned = resolve(row.about, rule, today=today, not_user=holder_id, **place)
        row.organisation_id, row.role, row.holder_id = assigned.organisation_id, assigned.role, assigned.holder_id
        row.save(update_fields=["organisation", "role", "holder"])
        tasks.tell(row, assigned, message=worded("task_reassigned", beside=row.beside), key=f"handed:{row.pk}:{now.isoformat()}", moment=now)
    if rows:
        record(Verb.TASKS_HANDED_OVER, actor=by, at=now, user=holder_id, count=len(rows))
    return len(rows)
