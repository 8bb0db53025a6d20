"""What a passed rung leaves behind, for a whole batch in one statement each: fires, escalations, journal, the next rung.

Rows go as one JSON document: made by the interpreter's own C, and read by PostgreSQL as fast as it writes them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from cases.journal.verbs import Verb
from workflows.due import Due, Passing
from workflows.models import AssignmentState, DeadlineState, FireOutcome

PUNISHING = 3  # from this rung on a superior organisation learns of it


def write_fires(passings: Sequence[Passing], now: datetime) -> dict[int, int]:
    """The rungs that were passed, on record for ever. Returns the acting fire of each deadline whose rung nobody had passed before."""
    passed = [
        {
            "deadline_id": passing.row.pk,
            "generation": passing.row.generation,
            "rung": rung["rung"],
            "planned_at": rung["at"],
            "outcome": passing.outcome if rung is passing.acting else FireOutcome.COLLAPSED,
            "recipients": passing.people if rung is passing.acting else (),
        }
        for passing in passings
        for rung in passing.missed
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO workflows_fire (deadline_id, generation, rung, planned_at, decided_at, outcome, recipients)
            SELECT deadline_id, generation, rung, planned_at, %s, outcome, recipients
            FROM jsonb_to_recordset(%s::jsonb)
                AS given (deadline_id bigint, generation smallint, rung smallint, planned_at timestamptz, outcome text, recipients jsonb)
            ON CONFLICT (deadline_id, generation, rung) DO NOTHING
            RETURNING id, deadline_id, outcome
            """,
            [now, json.dumps(passed)],
        )
        return {deadline: fire for fire, deadline, outcome in cursor.fetchall() if outcome != FireOutcome.COLLAPSED}


def lay_before_posts(new: Sequence[tuple[int, Passing]], now: datetime) -> None:
    laid = [
        {
            "fire_id": fire,
            "case_id": passing.row.case_id,
            "assignment_id": passing.row.assignment_id,
            "rung": rung,
            "organisation_id": addressee.post.organisation_id,
            "role": addressee.post.role,
            "line": addressee.line,
        }
        for fire, passing in new
        for rung, addressee in passing.addressees
    ]
    if laid:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO workflows_escalation (fire_id, case_id, assignment_id, rung, organisation_id, role, line, at, state, decision)
                SELECT fire_id, case_id, assignment_id, rung, organisation_id, role, line, %s, 'open', ''
                FROM jsonb_to_recordset(%s::jsonb)
                    AS given (fire_id bigint, case_id bigint, assignment_id bigint, rung smallint, organisation_id bigint, role text, line text)
                """,
                [now, json.dumps(laid)],
            )
    if any(passing.acting["rung"] >= PUNISHING for _, passing in new):
        with connection.cursor() as cursor:
            # The same task lies before the same post once: the higher rung takes the place of the lower.
            cursor.execute(
                """
                UPDATE workflows_escalation AS lower SET state = 'raised', handled_at = %s
                FROM workflows_escalation AS higher
                WHERE higher.fire_id = ANY(%s) AND lower.assignment_id = higher.assignment_id AND lower.state = 'open'
                  AND lower.organisation_id = higher.organisation_id AND lower.role = higher.role AND lower.fire_id <> higher.fire_id
                """,
                [now, [fire for fire, _ in new]],
            )


def journal(new: Sequence[tuple[int, Passing]], now: datetime) -> None:
    # The bell is not rung: nothing reacts to a rung, and one entry at a time would cost a statement each.
    said = [
        {
            "case_id": passing.row.case_id,
            "episode": passing.row.episode,
            "organisation_id": passing.row.organisation_id,
            "data": {
                "deadline": passing.row.pk,
                "assignment": passing.row.assignment_id,
                "step": passing.row.step,
                "rung": passing.acting["rung"],
                "outcome": passing.outcome,
                "collapsed": [rung["rung"] for rung in passing.missed[:-1]],
            },
        }
        for _, passing in new
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cases_entry (verb, case_id, episode, organisation_id, occurred_at, data)
            SELECT %s, case_id, episode, organisation_id, %s, data
            FROM jsonb_to_recordset(%s::jsonb) AS given (case_id bigint, episode smallint, organisation_id bigint, data jsonb)
            """,
            [str(Verb.DEADLINE_FIRED), now, json.dumps(said)],
        )


def advance(rows: Sequence[Due], passings: dict[int, Passing]) -> None:
    """The next rung of each; what has no more is exhausted, what turned out stale stops."""
    given = [{"id": row.pk, **_next(row, passings.get(row.pk))} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE workflows_deadline AS deadline
            SET state = given.state, next_rung = given.next_rung, next_at = given.next_at, paused_at = given.paused_at,
                fired = GREATEST(deadline.fired, given.fired), attempts = 0, not_before = NULL, last_error = ''
            FROM jsonb_to_recordset(%s::jsonb)
                AS given (id bigint, state text, next_rung smallint, next_at timestamptz, paused_at timestamptz, fired smallint)
            WHERE deadline.id = given.id
            """,
            [json.dumps(given)],
        )


def _next(row: Due, passing: Passing | None) -> dict[str, Any]:
    if passing is not None:
        if passing.following:
            at = {"next_rung": passing.following["rung"], "next_at": passing.following["at"]}
            return {"state": DeadlineState.ARMED, "fired": passing.acting["rung"], **at}
        return {"state": DeadlineState.EXHAUSTED, "fired": passing.acting["rung"]}
    if row.paused_at and row.task_state == AssignmentState.OPEN:
        return {"state": DeadlineState.PAUSED, "fired": 0, "next_rung": row.next_rung, "paused_at": row.paused_at.isoformat()}
    return {"state": DeadlineState.CANCELLED, "fired": 0}
