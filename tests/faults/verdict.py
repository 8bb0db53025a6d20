"""What a fault did to the promise: each rung once, with everything that follows from it, and how late the worst one was."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Verdict:
    """`lost`: rungs without a fire. `doubled`: fires, escalations, journal entries and words beyond one for each.

    `late`: seconds; negative where time was only pretended.
    """

    expected: int
    found: int
    lost: int
    doubled: int
    late: float

    @property
    def holds(self) -> bool:
        return self.found == self.expected and not self.lost and not self.doubled


# For each acting fire one journal entry, one escalation for each addressee, one word for each person; and nothing besides.
_COUNT = """
WITH acted AS (SELECT * FROM workflows_fire WHERE outcome IN ('acted', 'nobody')),
entries AS (
    SELECT data ->> 'deadline' AS deadline, data ->> 'rung' AS rung, case_id, occurred_at, count(*) AS n
    FROM cases_entry WHERE verb = 'deadline.fired' GROUP BY 1, 2, 3, 4
),
promised AS (SELECT format('fire:%s:%s:%s:%s', deadline_id, generation, rung, person) AS key
             FROM acted CROSS JOIN LATERAL jsonb_array_elements_text(recipients) person)
SELECT
    (SELECT count(*) FROM (SELECT DISTINCT deadline_id, generation, rung FROM acted) AS once),
    (SELECT count(*) FROM acted) - (SELECT count(*) FROM (SELECT DISTINCT deadline_id, generation, rung FROM acted) AS once)
    + (SELECT coalesce(sum(n) - count(*), 0) FROM entries)
    + (SELECT count(*) FROM notifications_notification WHERE key LIKE 'fire:%' AND NOT EXISTS (SELECT FROM promised WHERE promised.key = notifications_notification.key))
    + (SELECT count(*) FROM (
        SELECT FROM workflows_escalation WHERE state = 'open' GROUP BY assignment_id, organisation_id, role HAVING count(*) > 1) AS twice),
    (SELECT count(*) FROM acted WHERE NOT EXISTS (
        SELECT FROM entries WHERE entries.deadline = acted.deadline_id::text AND entries.rung = acted.rung::text))
    + (SELECT count(*) FROM promised WHERE NOT EXISTS (SELECT FROM notifications_notification said WHERE said.key = promised.key)),
    (SELECT coalesce(extract(epoch FROM max(decided_at - planned_at)), 0)::float FROM acted)
"""  # noqa: E501  a table of questions


def verdict(expected: int) -> Verdict:
    """Of everything in the database: `expected` rungs should have been acted on. A fire whose effects are missing is lost, too."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        row = cursor.fetchone()
    assert row is not None
    found, doubled, without, late = row
    return Verdict(expected, found, max(expected - found, 0) + without, doubled + max(found - expected, 0), late)
