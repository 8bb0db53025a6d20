"""What must be true of every clock, rung and word at any moment: for each invariant the question whose answer is what breaks it."""

# ruff: noqa: S608  the questions are joined from parts that stand here; what varies is a parameter

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Invariant:
    """`sql` selects the ids of what breaks it, and only those; `of` says what these ids are."""

    code: str
    of: str  # deadline, task, fire, delivery, escalation or case
    title: _StrPromise
    sql: str


# The rungs of a plan as rows, whatever stands there: what cannot be read is NULL and never an error that would blind the auditor.
RUNGS = """LATERAL (
    SELECT CASE WHEN pg_input_is_valid(item ->> 'rung', 'int2') THEN (item ->> 'rung')::int2 END AS rung,
           CASE WHEN pg_input_is_valid(item ->> 'at', 'timestamptz') THEN (item ->> 'at')::timestamptz END AS at
    FROM jsonb_array_elements(CASE jsonb_typeof(deadline.rungs) WHEN 'array' THEN deadline.rungs ELSE '[]' END) item
) planned"""

# The moment that the plan names for the next rung; NULL where it names none.
PLANNED = f"(SELECT max(planned.at) FROM {RUNGS} WHERE planned.rung = deadline.next_rung)"

# Rungs below the next one that no fire stands for. What lay before the arming is never passed.
LEFT_OUT = """planned.at > deadline.armed_at
    AND (planned.rung < deadline.next_rung OR (deadline.state = 'exhausted' AND (deadline.next_rung IS NULL OR deadline.changes_road)))
    AND NOT EXISTS (
        SELECT FROM workflows_fire fire
        WHERE fire.deadline_id = deadline.id AND fire.generation = deadline.generation AND fire.rung = planned.rung
    )"""

ENTRY_OF_A_FIRE = """entry.verb = 'deadline.fired' AND entry.occurred_at = fire.decided_at
    AND entry.data ->> 'deadline' = fire.deadline_id::text AND entry.data ->> 'rung' = fire.rung::text"""

_PRESENT = "post.since <= %(today)s AND (post.until IS NULL OR post.until >= %(today)s) AND person.is_active"

INVARIANTS = (
    Invariant(
        "clock_passed",
        "deadline",
        _("A running deadline whose moment has passed by more than a minute"),
        # two halves, so that each finds its partial index
        """
        SELECT id FROM workflows_deadline WHERE state = 'armed' AND NOT changes_road AND next_at < %(overdue)s
        UNION ALL
        SELECT id FROM workflows_deadline WHERE state = 'armed' AND changes_road AND next_at < %(overdue)s
        """,
    ),
    Invariant(
        "clock_astray",
        "deadline",
        _("A running deadline that does not wait for the rung that its plan names"),
        f"SELECT deadline.id FROM workflows_deadline deadline WHERE state = 'armed' AND next_at IS DISTINCT FROM {PLANNED}",
    ),
    Invariant(
        "clock_stands",
        "deadline",
        _("A deadline that stands still although its case is not suspended"),
        """
        SELECT deadline.id FROM workflows_deadline deadline
        JOIN workflows_assignment task ON task.id = deadline.assignment_id LEFT JOIN cases_case "case" ON "case".id = deadline.case_id
        WHERE deadline.state = 'paused' AND task.state = 'open' AND "case".paused_at IS NULL
        """,
    ),
    Invariant(
        "danger_waits",
        "deadline",
        _("A deadline of a child in danger that stands still with its case"),
        """
        SELECT deadline.id FROM workflows_deadline deadline
        JOIN workflows_assignment task ON task.id = deadline.assignment_id JOIN cases_case "case" ON "case".id = deadline.case_id
        WHERE deadline.state = 'paused' AND task.state = 'open' AND "case".paused_at IS NOT NULL AND task.step = ANY(%(never_waiting)s)
        """,
    ),
    Invariant(
        "clock_set_aside",
        "deadline",
        _("A deadline that could not be dealt with and was set aside"),
        "SELECT id FROM workflows_deadline WHERE state = 'quarantined'",
    ),
    Invariant(
        "task_without_clock",
        "task",
        _("An open task without a live deadline"),
        """
        SELECT task.id FROM workflows_assignment task LEFT JOIN workflows_deadline deadline ON deadline.assignment_id = task.id
        WHERE task.state = 'open' AND (deadline.id IS NULL OR deadline.state IN ('met', 'cancelled'))
        """,
    ),
    Invariant(
        "clock_of_closed_task",
        "deadline",
        _("A live deadline of a task that is closed"),
        """
        SELECT deadline.id FROM workflows_deadline deadline JOIN workflows_assignment task ON task.id = deadline.assignment_id
        WHERE deadline.state IN ('armed', 'paused', 'exhausted', 'quarantined') AND task.state <> 'open'
        """,
    ),
    Invariant(
        "rung_skipped",
        "deadline",
        _("A rung of the ladder that was left out"),
        f"""
        SELECT DISTINCT deadline.id FROM workflows_deadline deadline, {RUNGS}
        WHERE deadline.state IN ('armed', 'paused', 'exhausted') AND {LEFT_OUT}
        """,
    ),
    Invariant(
        "fired_twice",
        "deadline",
        _("A rung that was passed twice, or a task that lies twice before the same post"),
        """
        SELECT deadline_id FROM workflows_fire GROUP BY deadline_id, generation, rung HAVING count(*) > 1
        UNION
        SELECT deadline.id FROM workflows_escalation escalation JOIN workflows_deadline deadline USING (assignment_id)
        WHERE escalation.state = 'open' GROUP BY deadline.id, escalation.organisation_id, escalation.role HAVING count(*) > 1
        """,
    ),
    Invariant(
        "fire_without_words",
        "fire",
        _("A rung that was passed without a word to those whom it names"),
        """
        SELECT DISTINCT fire.id FROM workflows_fire fire
        CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(fire.recipients) WHEN 'array' THEN fire.recipients ELSE '[]' END) person
        WHERE fire.outcome = 'acted' AND NOT EXISTS (
            SELECT FROM notifications_notification said
            WHERE said.key = format('fire:%%s:%%s:%%s:%%s', fire.deadline_id, fire.generation, fire.rung, person)
        )
        """,
    ),
    Invariant(
        "fire_off_the_record",
        "fire",
        _("A rung that was passed without its entry in the journal"),
        f"""
        SELECT fire.id FROM workflows_fire fire JOIN workflows_deadline deadline ON deadline.id = fire.deadline_id
        WHERE fire.outcome IN ('acted', 'nobody') AND NOT deadline.changes_road AND NOT EXISTS (
            SELECT FROM cases_entry entry WHERE entry.case_id = deadline.case_id AND {ENTRY_OF_A_FIRE}
        ) AND (deadline.case_id IS NOT NULL OR NOT EXISTS (SELECT FROM cases_entry entry WHERE entry.case_id IS NULL AND {ENTRY_OF_A_FIRE}))
        """,
    ),
    Invariant(
        "credit_not_kept",
        "deadline",
        _("A task done in time and told late that still lies before a supervisor, or was credited against the rule"),
        """
        SELECT deadline.id FROM workflows_deadline deadline JOIN workflows_assignment task ON task.id = deadline.assignment_id
        WHERE deadline.met_as_of IS NOT NULL AND (
            deadline.met_as_of > deadline.due_at OR deadline.met_as_of < task.done_at - %(credit)s OR deadline.state <> 'met'
            OR EXISTS (
                SELECT FROM workflows_escalation escalation JOIN workflows_fire fire ON fire.id = escalation.fire_id
                WHERE escalation.assignment_id = task.id AND fire.generation = deadline.generation AND fire.planned_at > deadline.met_as_of
                  AND escalation.state NOT IN ('withdrawn', 'handled')
            )
        )
        """,
    ),
    Invariant(
        "words_stuck",
        "delivery",
        _("A message that was neither delivered nor given up in time"),
        "SELECT id FROM notifications_delivery WHERE state = 'waiting' AND (created_at < %(horizon)s OR next_at IS NULL)",
    ),
    Invariant(
        "case_adrift",
        "case",
        _("An open case that nobody works on and that waits for nothing"),
        """
        SELECT "case".id FROM cases_case "case"
        WHERE "case".closed_at IS NULL AND NOT EXISTS (
            SELECT FROM workflows_assignment task WHERE task.case_id = "case".id AND task.state = 'open'
        )
        """,
    ),
    Invariant(
        "post_vacant",
        "task",
        _("An open task at a post that nobody holds"),
        f"""
        SELECT task.id FROM workflows_assignment task LEFT JOIN cases_case "case" ON "case".id = task.case_id
        WHERE task.state = 'open' AND task.organisation_id IS NOT NULL AND task.holder_id IS NULL AND NOT EXISTS (
            SELECT FROM cases_appointment post JOIN cases_user person ON person.id = post.user_id
            WHERE post.organisation_id = task.organisation_id AND post.role = task.role AND {_PRESENT}
              AND (task.role <> 'class_teacher' OR post.school_class_id = "case".school_class_id)
        )
        """,
    ),
    Invariant(
        "holder_left",
        "task",
        _("An open task held by somebody who has left"),
        # A supervisor who took a task over holds it from the own post.
        f"""
        SELECT task.id FROM workflows_assignment task
        WHERE task.state = 'open' AND task.organisation_id IS NOT NULL AND task.holder_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM cases_appointment post JOIN cases_user person ON person.id = post.user_id
            WHERE post.user_id = task.holder_id AND {_PRESENT}
              AND ((post.organisation_id = task.organisation_id AND post.role = task.role) OR post.role = ANY(%(supervising)s))
        )
        """,
    ),
    Invariant(
        "ledger_does_not_add_up",
        "case",
        _("A child whose place in the ledger is not what the facts say"),
        # On the ledger = returned + deducted + deferred + still out, child by child: entered by a fact, and standing as the last fact says.
        """
        SELECT "case".id FROM cases_case "case"
        LEFT JOIN LATERAL (
            SELECT standing FROM cases_standingchange fact WHERE fact.case_id = "case".id ORDER BY fact.entry_id DESC LIMIT 1
        ) last ON true
        WHERE ("case".entered_ledger_on IS NOT NULL AND "case".standing NOT IN ('returned', 'deducted', 'deferred', 'still_out'))
           OR last.standing <> "case".standing
           OR ("case".entered_ledger_on IS NOT NULL) IS DISTINCT FROM EXISTS (
               SELECT FROM cases_standingchange fact WHERE fact.case_id = "case".id AND fact.episode = "case".episode AND fact.enters_ledger
           )
        """,
    ),
)
BY_CODE = {invariant.code: invariant for invariant in INVARIANTS}
