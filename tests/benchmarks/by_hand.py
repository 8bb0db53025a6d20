"""The rows of a completed step written by hand-made SQL: no faster way exists, with the same locks and the same durability."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import connection
from psycopg import Cursor, sql
from psycopg.types.json import Jsonb

from workflows.models import Assignment

Row = dict[str, Any]
STATEMENTS_BY_HAND = 14


class ByHand:
    """Writes what the product wrote for `done`, a step that it completed, for other cases that wait at the same step."""

    def __init__(self, done: Assignment, following: Assignment) -> None:
        case = done.case_id
        self.plan = self._row("cases_caseplan", "case_id", case)
        self.entry = self._row("cases_entry", "case_id", case)
        self.task = self._row("viewflow_task", "id", following.task_id)
        self.assignment = self._row("workflows_assignment", "id", following.pk)
        self.deadline = self._row("workflows_deadline", "assignment_id", following.pk)
        self.notification = self._row("notifications_notification", "link", f"/tasks/{following.pk}/")
        self.delivery = self._row("notifications_delivery", "notification_id", self.notification["id"])

    def complete(self, pk: int) -> None:
        """All of it for one open task."""
        raw = connection.connection
        with raw.transaction(), raw.cursor() as cursor:
            case, task, process = cursor.execute(
                "SELECT a.case_id, a.task_id, t.process_id FROM workflows_assignment a"
                " JOIN viewflow_task t ON t.id = a.task_id JOIN cases_case c ON c.id = a.case_id"
                " WHERE a.id = %s AND a.state = 'open' AND c.school_id = a.organisation_id",
                [pk],
            ).fetchone()
            cursor.execute("SELECT id FROM cases_case WHERE id = %s FOR NO KEY UPDATE", [case])
            plan = self._insert(cursor, "cases_caseplan", self.plan, case_id=case)
            self._insert(cursor, "cases_entry", self.entry, case_id=case, submission=uuid4(), data={"plan": plan, "version": 1})
            cursor.execute(
                "UPDATE viewflow_task SET status = 'DONE', owner_id = %s, started = now(), finished = now() WHERE id = %s",
                [self.entry["actor_id"], task],
            )
            cursor.execute(
                "UPDATE workflows_assignment SET state = 'done', done_at = now(), done_by_id = %s WHERE id = %s", [self.entry["actor_id"], pk]
            )
            cursor.execute("UPDATE workflows_deadline SET state = 'met', next_at = NULL WHERE assignment_id = %s", [pk])
            after = self._insert(cursor, "viewflow_task", self.task, process_id=process)
            cursor.execute("INSERT INTO viewflow_task_previous (from_task_id, to_task_id) VALUES (%s, %s)", [after, task])
            cursor.execute(
                "SELECT user_id FROM cases_appointment"
                " WHERE organisation_id = %s AND role = %s AND since <= now() AND (until IS NULL OR until >= now())",
                [self.assignment["organisation_id"], self.assignment["role"]],
            ).fetchall()
            given = self._insert(cursor, "workflows_assignment", self.assignment, task_id=after, case_id=case)
            self._insert(cursor, "workflows_deadline", self.deadline, assignment_id=given, case_id=case)
            said = self._insert(cursor, "notifications_notification", self.notification, key=f"by hand:{after}", link=f"/tasks/{given}/")
            self._insert(cursor, "notifications_delivery", self.delivery, notification_id=said, key=f"by hand:{after}:email")

    @staticmethod
    def _insert(cursor: Cursor[Any], table: str, row: Row, **other: Any) -> int:
        values = {
            name: Jsonb(value) if isinstance(value, dict) or name == "rungs" else value for name, value in (row | other).items() if name != "id"
        }
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(sql.Placeholder() * len(values))
        )
        [[pk]] = cursor.execute(statement, list(values.values())).fetchall()
        return int(pk)

    @staticmethod
    def _row(table: str, column: str, value: Any) -> Row:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s ORDER BY id DESC LIMIT 1", [value])
            names = [item[0] for item in cursor.description]
            found = cursor.fetchone()
        return dict(zip(names, found, strict=True))
