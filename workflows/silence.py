"""A task that a phone took along and of which nothing was heard for two days: a visit may be waiting there, and somebody should call."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from cases.journal.verbs import Verb
from workflows.rows.phone import ends_with_a_visit
from workflows.steps import STEPS

SILENCE = timedelta(hours=48)

# heard of again, or nothing left to wait for
OVER = """
UPDATE cases_phonetask AS taken SET silent_at = NULL
FROM cases_phone phone, workflows_assignment task
WHERE taken.silent_at IS NOT NULL AND phone.id = taken.phone_id AND task.id = taken.task
  AND (task.state <> 'open' OR phone.heard_at > taken.silent_at)
"""

# Of the visits alone that are still that person's to make, and only if the person has not been at work in the case in another way.
# The bell is not rung: nothing reacts to a silence, and it goes on record once.
FALLEN = """
WITH fallen AS (
    UPDATE cases_phonetask AS taken SET silent_at = %(now)s
    FROM cases_phone phone, workflows_assignment task
    WHERE phone.heard_at < %(before)s AND taken.phone_id = phone.id AND taken.silent_at IS NULL AND task.id = taken.task
      AND task.state = 'open' AND task.step = ANY(%(steps)s) AND coalesce(task.holder_id, phone.user_id) = phone.user_id
      AND NOT EXISTS (
          SELECT FROM cases_entry entry WHERE entry.case_id = taken.case_id AND entry.actor_id = phone.user_id AND entry.recorded_at > phone.heard_at
      )
    RETURNING taken.case_id, taken.task, phone.id AS phone, phone.heard_at, task.organisation_id
)
INSERT INTO cases_entry (verb, case_id, episode, organisation_id, occurred_at, data)
SELECT %(verb)s, fallen.case_id, "case".episode, fallen.organisation_id, %(now)s,
       jsonb_build_object('phone', fallen.phone, 'task', fallen.task, 'assignment', fallen.task, 'heard_at', fallen.heard_at)
FROM fallen JOIN cases_case "case" ON "case".id = fallen.case_id
"""


@transaction.atomic
def listen(now: datetime) -> int:
    """Mark the tasks whose phones have fallen silent, each silence once; take the mark from those that are heard again. How many fell silent."""
    steps = [step for step in STEPS if ends_with_a_visit(step)]
    with connection.cursor() as cursor:
        cursor.execute(OVER)
        cursor.execute(FALLEN, {"now": now, "before": now - SILENCE, "steps": steps, "verb": str(Verb.PHONE_SILENT)})
        return int(cursor.rowcount)
