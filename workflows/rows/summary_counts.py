"""How many tasks wait for people: for the morning's summary, many people in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from workflows.rows.days import Borders

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime


def count_tasks(people: Collection[int], now: datetime) -> Mapping[int, Mapping[str, int]]:
    """Of each person who has any: open tasks that are overdue, and those due today. Counted as in the inbox: what one holds, and what nobody
    holds yet at one of one's posts; what is paused does not count."""
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person, count(*) FILTER (WHERE due_at < %(now)s), count(*) FILTER (WHERE due_at >= %(now)s)
            FROM (
                SELECT task.id, task.holder_id AS person, task.due_at, task.case_id
                FROM workflows_assignment task
                WHERE task.state = 'open' AND task.due_at < %(tomorrow)s AND task.organisation_id IS NOT NULL AND task.holder_id = ANY(%(people)s)
                UNION
                SELECT task.id, post.user_id, task.due_at, task.case_id
                FROM cases_appointment post
                JOIN workflows_assignment task ON task.organisation_id = post.organisation_id AND task.role = post.role
                WHERE task.state = 'open' AND task.due_at < %(tomorrow)s AND task.holder_id IS NULL AND post.user_id = ANY(%(people)s)
                  AND post.since <= %(today)s AND (post.until IS NULL OR post.until >= %(today)s)
            ) task
            JOIN cases_case ON cases_case.id = task.case_id AND cases_case.paused_at IS NULL
            GROUP BY person
            """,
            {"now": now, "tomorrow": Borders.at(now).tomorrow, "today": today, "people": list(people)},
        )
        return {person: {"overdue": overdue, "due_today": due_today} for person, overdue, due_today in cursor.fetchall()}
