"""Very many cases with their tasks, written by the database itself: each row a copy of one that was made in the usual way."""

from __future__ import annotations

from django.db import connection

from cases.directory.models import Organisation
from tests.benchmarks.copies import COPIES
from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import clock_of, make_case, make_task
from workflows.models import Escalation, Fire, FireOutcome


class Many:
    """Cases with one open and escalated task each, all at the post `role` of an organisation."""

    def __init__(self, place: Place, organisation: Organisation, role: str) -> None:
        case = make_case(place)
        task = make_task(case, organisation=organisation, role=role)
        clock = clock_of(task)
        fire = Fire.objects.create(deadline=clock, generation=1, rung=2, planned_at=clock.due_at, decided_at=NOON, outcome=FireOutcome.ACTED)
        escalation = Escalation.objects.create(
            fire=fire, case=case, assignment=task, rung=2, organisation=organisation, role=role, line="education", at=NOON
        )
        self.number = 1
        process = task.task.process_id
        self._copies = [
            self._copy("cases_student", case.student_id, name="'学生' || n"),
            self._copy("cases_case", case.pk, number="'B' || n", student_id="pk"),
            self._copy("viewflow_process", process),
            self._copy("workflows_caseprocess", process, "process_ptr_id", case_id="pk", round="n"),
            self._copy("viewflow_task", task.task_id, process_id="pk"),
            self._copy("workflows_assignment", task.pk, task_id="pk", case_id="pk", due_at="due_at + (mod(n, 500) - 250) * interval '1 hour'"),
            self._copy("workflows_deadline", clock.pk, assignment_id="pk", case_id="pk"),
            self._copy("workflows_fire", fire.pk, deadline_id="pk"),
            self._copy("workflows_escalation", escalation.pk, fire_id="pk", case_id="pk", assignment_id="pk", at="at + n * interval '1 minute'"),
        ]

    def grow(self, number: int) -> None:
        """So many of them altogether."""
        with connection.cursor() as cursor:
            for statement in self._copies:
                cursor.execute(statement, [self.number, number - 1])
            cursor.execute("ANALYZE")
        self.number = number

    @staticmethod
    def _copy(table: str, original: int, key: str = "id", **other: str) -> str:
        with connection.cursor() as cursor:
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        values = {name: f'"{name}"' for name in names} | {key: "pk"} | other
        listed = ", ".join(f'"{name}"' for name in names)
        return (
            f"INSERT INTO {table} ({listed}) SELECT {', '.join(values[name] for name in names)}"
            f" FROM {table}, LATERAL (SELECT n, {COPIES} + n AS pk FROM generate_series(%s, %s) n) copies WHERE {key} = {original}"
        )
