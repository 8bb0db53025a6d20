"""How punctual the escalator was in a month, unit by unit: what became due, what was passed, how late, and what is missing.

A rung counts in the month for which it was planned, whenever it was passed; a rung whose task was done before never became due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from workflows.invariants import RUNGS

LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Count:
    """Tasks whose last day lay in the month, and rungs that were planned for it."""

    tasks: int = 0
    in_time: int = 0  # done by then, or told later and credited
    late: int = 0  # done, but later
    open: int = 0  # not done yet
    due: int = 0  # rungs that became due: passed and missing
    fired: int = 0
    behind: int = 0  # passed later than a minute after their moment
    missing: int = 0  # due for more than a minute, and not passed
    granted: int = 0  # extensions
    refused: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(*(getattr(self, column.name) + getattr(other, column.name) for column in fields(self)))


@dataclass(frozen=True)
class Unit:
    """One organisation; without a name the terms that are nobody's task."""

    name: str
    place: str
    count: Count


ABOUT = """LEFT JOIN cases_case "case" ON "case".id = task.case_id
    LEFT JOIN cases_report report ON report.id = task.report_id
    LEFT JOIN workflows_unitmatter matter ON matter.id = task.matter_id"""

PLACE = 'coalesce("case".county_id, report.unit_id, matter.county_id)'

_REPORT = f"""
WITH tasks AS (
    SELECT task.organisation_id AS unit, count(*) AS tasks,
           count(*) FILTER (WHERE task.state = 'done' AND coalesce(deadline.met_as_of, task.done_at) <= task.due_at) AS in_time,
           count(*) FILTER (WHERE task.state = 'done' AND coalesce(deadline.met_as_of, task.done_at) > task.due_at) AS late,
           count(*) FILTER (WHERE task.state = 'open') AS open
    FROM workflows_assignment task {ABOUT}
    JOIN workflows_deadline deadline ON deadline.assignment_id = task.id
    WHERE task.due_at >= %(since)s AND task.due_at < %(until)s AND task.state IN ('open', 'done')
      AND {PLACE} LIKE ANY(%(places)s)
    GROUP BY 1
), passed AS (
    SELECT task.organisation_id AS unit, count(*) AS fired, count(*) FILTER (WHERE fire.decided_at > fire.planned_at + %(late)s) AS behind
    FROM workflows_fire fire JOIN workflows_deadline deadline ON deadline.id = fire.deadline_id
    JOIN workflows_assignment task ON task.id = deadline.assignment_id {ABOUT}
    WHERE fire.planned_at >= %(since)s AND fire.planned_at < %(until)s AND {PLACE} LIKE ANY(%(places)s)
    GROUP BY 1
), missing AS (
    SELECT task.organisation_id AS unit, count(*) AS missing
    FROM workflows_deadline deadline JOIN workflows_assignment task ON task.id = deadline.assignment_id
    {ABOUT}, {RUNGS}
    WHERE deadline.state IN ('armed', 'quarantined') AND deadline.next_at < %(behind)s AND planned.rung >= deadline.next_rung
      AND planned.at >= %(since)s AND planned.at < least(%(until)s, %(behind)s) AND {PLACE} LIKE ANY(%(places)s)
    GROUP BY 1
), asked AS (
    SELECT task.organisation_id AS unit, count(*) FILTER (WHERE request.state = 'granted') AS granted,
           count(*) FILTER (WHERE request.state = 'refused') AS refused
    FROM workflows_extensionrequest request JOIN workflows_assignment task ON task.id = request.assignment_id
    {ABOUT}
    WHERE request.decided_at >= %(since)s AND request.decided_at < %(until)s AND {PLACE} LIKE ANY(%(places)s)
    GROUP BY 1
), counted AS (
    SELECT unit, sum(tasks) AS tasks, sum(in_time) AS in_time, sum(late) AS late, sum(open) AS open, sum(fired + missing) AS due, sum(fired) AS fired,
           sum(behind) AS behind, sum(missing) AS missing, sum(granted) AS granted, sum(refused) AS refused
    FROM (
        SELECT unit, tasks, in_time, late, open, 0 AS fired, 0 AS behind, 0 AS missing, 0 AS granted, 0 AS refused FROM tasks
        UNION ALL SELECT unit, 0, 0, 0, 0, fired, behind, 0, 0, 0 FROM passed
        UNION ALL SELECT unit, 0, 0, 0, 0, 0, 0, missing, 0, 0 FROM missing
        UNION ALL SELECT unit, 0, 0, 0, 0, 0, 0, 0, granted, refused FROM asked
    ) AS every GROUP BY unit
)
SELECT coalesce(office.name, ''), coalesce(place.name, ''), tasks, in_time, late, open, due, fired, behind, missing, granted, refused
FROM counted LEFT JOIN cases_organisation office ON office.id = counted.unit LEFT JOIN cases_area place ON place.code = left(office.area_id, 6)
ORDER BY missing DESC, behind DESC, office.area_id NULLS LAST, office.id
"""  # noqa: S608  the text of another room, no value


def month(first: date, *, places: Sequence[str], now: datetime) -> list[Unit]:
    """The units that had anything due in the month that begins on `first`, the worst first; cases and reports of counties whose code begins so."""
    since = timezone.make_aware(datetime.combine(first, time()))
    until = timezone.make_aware(datetime.combine((first.replace(day=28) + timedelta(days=4)).replace(day=1), time()))
    values: dict[str, Any] = {
        "since": since, "until": until, "late": LATE, "behind": now - LATE, "places": [f"{place}%" for place in places],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, values)
        return [Unit(name, place, Count(*map(int, counts))) for name, place, *counts in cursor.fetchall()]
