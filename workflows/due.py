"""Deadlines whose moment has come: found, read, and what passing their rungs means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from workflows import outside
from workflows.ladders import Addressee
from workflows.models import FireOutcome

ABOVE_ALL = 32767  # no rung has a number so high


@dataclass(slots=True)
class Due:
    """A deadline whose moment has come, with its task and its case as they are now. Slim, because thousands a second are read."""

    pk: int
    generation: int
    due_at: datetime
    rungs: Any  # as planned; may be anything in a row that somebody broke
    next_rung: int | None
    attempts: int
    assignment_id: int
    case_id: int | None  # None: the task is a report's or a unit's matter, whose number and county stand in the case's place
    task_state: str
    step: str
    organisation_id: int | None
    role: str
    holder_id: int | None
    number: str
    episode: int
    county_id: str  # of a task that fell to another unit: that unit's, whose superiors answer for it
    school_class_id: int | None
    paused_at: datetime | None
    beside: str  # "report" or "matter" where it is about no case


@dataclass(frozen=True)
class Passing:
    """A deadline with the rungs that it has passed, and what follows from the highest of them."""

    row: Due
    missed: list[dict[str, Any]]  # the lowest first; all but the last collapse into it
    following: dict[str, Any] | None
    addressees: list[tuple[int, Addressee]]  # (rung, post and people), the highest first
    told: tuple[int, ...]  # whoever holds the task
    nobody: bool

    @property
    def acting(self) -> dict[str, Any]:
        return self.missed[-1]

    @property
    def outcome(self) -> str:
        return FireOutcome.NOBODY if self.nobody else FireOutcome.ACTED

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody who is told, once."""
        return tuple(dict.fromkeys([*(person for _, addressee in self.addressees for person in addressee.people), *self.told]))


def look(limit: int, now: datetime, below: int | None) -> list[Due]:
    """One look at an index, however many deadlines are armed; their tasks and cases only if it finds any."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM workflows_deadline
            WHERE state = 'armed' AND NOT changes_road AND next_at <= %s AND (not_before IS NULL OR not_before <= %s) AND coalesce(next_rung, 0) < %s
            ORDER BY next_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
            """,
            [now, now, ABOVE_ALL if below is None else below, limit],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    return read(ids) if ids else []


def read(ids: Sequence[int]) -> list[Due]:
    """These deadlines, in the order in which they are due."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT deadline.id, deadline.generation, deadline.due_at, deadline.rungs, deadline.next_rung, deadline.attempts, task.id, "case".id,
                   task.state, task.step, task.organisation_id, task.role, task.holder_id,
                   coalesce("case".number, report.number, matter.number), coalesce("case".episode, 0),
                   CASE WHEN task.kind = ANY(%s) THEN (SELECT left(area_id, 6) FROM cases_organisation WHERE id = task.organisation_id)
                        ELSE coalesce("case".county_id, report.unit_id, matter.county_id) END,
                   "case".school_class_id, "case".paused_at,
                   CASE WHEN matter.id IS NOT NULL THEN 'matter' WHEN report.id IS NOT NULL THEN 'report' ELSE '' END
            FROM workflows_deadline deadline JOIN workflows_assignment task ON task.id = deadline.assignment_id
            LEFT JOIN cases_case "case" ON "case".id = deadline.case_id LEFT JOIN cases_report report ON report.id = task.report_id
            LEFT JOIN workflows_unitmatter matter ON matter.id = task.matter_id
            WHERE deadline.id = ANY(%s) ORDER BY deadline.next_at, deadline.id
            """,
            [list(outside.KINDS), list(ids)],
        )
        return [Due(pk, generation, due_at, json.loads(rungs), *rest) for pk, generation, due_at, rungs, *rest in cursor.fetchall()]
