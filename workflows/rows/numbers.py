"""The numbers that the side bar shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Value

from workflows.models import Assignment
from workflows.rows import queue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.directory.models import User


def side_bar(user: User) -> Mapping[str, int]:
    """How many tasks are in the inbox, and how many escalations wait: one query."""
    tasks = Assignment.objects.inbox_of(user).order_by().annotate(key=Value("inbox")).values("key").annotate(n=Count("pk"))
    waits = queue.waiting(user).order_by().annotate(key=Value("queue")).values("key").annotate(n=Count("pk"))
    return {"inbox": 0, "queue": 0} | dict(tasks.union(waits, all=True).values_list("key", "n"))
