"""Running deadlines by the hundred thousand, as plain rows written by the database itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from viewflow.workflow.status import PROCESS

from cases.register.models import Case
from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import _serial, make_case
from workflows.models import CaseProcess, Kind

# What a rung of the standard ladder says; its moment is the one of rung 2 and so many hours.
LADDER = ((2, 0, "head"), (3, 72, "superior"), (4, 168, "both_lines"))


def cases_for(place: Place, number: int) -> list[Case]:
    return [make_case(place) for _ in range(number)]


def make_running(
    cases: Sequence[Case], number: int, *, due: str, role: str = "class_teacher", step: str = "school_persuasion", armed_at: datetime = NOON
) -> None:
    """So many open tasks of these cases, in turn, each with its clock. `due` is the moment of rung 2 in SQL; `n` counts the clocks from 1."""
    processes = [
        CaseProcess.objects.create(
            flow_class="workflows/flows.dropout.DropoutFlow", case=case, episode=1, kind=Kind.DROPOUT, round=next(_serial), status=PROCESS.NEW
        ).pk
        for case in cases
    ]
    rungs = ", ".join(
        f"jsonb_build_object('rung', {rung}, 'offset', 0, 'to', '{to}', 'at', to_jsonb(due + interval '{hours} hours'))" for rung, hours, to in LADDER
    )
    values: dict[str, Any] = {"processes": processes, "number": number, "role": role, "step": step, "armed": armed_at}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO viewflow_task (flow_task, flow_task_type, status, created, token, process_id, data)
            SELECT 'workflows/flows.dropout.DropoutFlow.' || %(step)s, 'HUMAN', 'ASSIGNED', now(), 'start',
                   (%(processes)s::bigint[])[1 + n %% cardinality(%(processes)s::bigint[])], '{}'
            FROM generate_series(1, %(number)s) n
            """,
            values,
        )
        cursor.execute(
            """
            INSERT INTO workflows_assignment (task_id, case_id, kind, step, line, organisation_id, role, state, created_at)
            SELECT task.id, process.case_id, 'dropout', %(step)s, 'education', "case".school_id, %(role)s, 'open', %(armed)s
            FROM viewflow_task task JOIN workflows_caseprocess process ON process.process_ptr_id = task.process_id
            JOIN cases_case "case" ON "case".id = process.case_id
            WHERE task.process_id = ANY(%(processes)s)
            """,
            values,
        )
        cursor.execute(
            f"""
            INSERT INTO workflows_deadline (assignment_id, case_id, generation, state, amount, unit, armed_at, due_at, provisional, explanation,
                                            rungs, next_rung, next_at, fired, changes_road, attempts, last_error)
            SELECT id, case_id, 1, 'armed', 3, 'working_days', %(armed)s, due, false, '{{}}', jsonb_build_array({rungs}), 2, due, 0, false, 0, ''
            FROM (
                SELECT id, case_id, ({due})::timestamptz AS due
                FROM (SELECT task.id, task.case_id, row_number() OVER (ORDER BY task.id) AS n
                      FROM workflows_assignment task JOIN viewflow_task token ON token.id = task.task_id
                      WHERE token.process_id = ANY(%(processes)s)) AS counted
            ) AS planned
            """,
            values,
        )
        cursor.execute("UPDATE workflows_assignment task SET due_at = deadline.due_at FROM workflows_deadline deadline"
                       " WHERE deadline.assignment_id = task.id AND task.due_at IS NULL")  # fmt: skip
        cursor.execute("ANALYZE")
