"""The clock of a task: arm, meet, pause, resume, extend, cancel. The only code that moves a deadline; its plan comes from `workflows.planning`.

Everything here runs in the caller's transaction, under the case lock. PostgreSQL keeps the moments; nothing is sent to a broker.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from cases import sql
from workflows import planning
from workflows.calendars import Calendar, counting, days_between, roll_forward, shift
from workflows.models import Assignment, Deadline, DeadlineState, Escalation, EscalationState, Unit
from workflows.planning import Plan, as_road, columns_of, midnight, moment_of, rungs_of
from workflows.policies import Rung, calendar_of
from workflows.steps import NEVER_WAIT

CREDIT = timedelta(hours=72)  # a visit made in time counts if its record arrives so soon after it

LIVE = (DeadlineState.ARMED, DeadlineState.PAUSED, DeadlineState.EXHAUSTED, DeadlineState.QUARANTINED)


def arm(assignment: Assignment, plan: Plan, now: datetime, *, road: bool = False) -> Deadline:
    """Start the clock of a task; one INSERT, together with that of the task if it isn't written yet.

    With `road` the due moment itself records a fact (workflows.roads), even one that has passed.
    """
    plan = as_road(plan) if road else plan
    deadline = Deadline(
        assignment=assignment,
        case_id=assignment.case_id,
        armed_at=now,
        changes_road=road,
        state=DeadlineState.ARMED if plan.next_at else DeadlineState.EXHAUSTED,
        **columns_of(plan),
    )
    if assignment._state.adding:
        sql.insert_pair(assignment, deadline, "assignment")
    else:
        sql.insert(deadline)
    return deadline


def meet(assignment_id: int, *, now: datetime) -> None:
    """The task is done: its clock stops, and what it laid before supervisors ends."""
    _end(assignment_id, DeadlineState.MET, EscalationState.ENDED, now)


def cancel(assignment_id: int, *, now: datetime) -> None:
    """The task is no longer there: its clock stops, and what it laid before supervisors is withdrawn."""
    _end(assignment_id, DeadlineState.CANCELLED, EscalationState.WITHDRAWN, now)


def _end(assignment_id: int, state: str, escalations: str, now: datetime) -> None:
    # Two statements, since one would not see what a sweep that held the row had just committed; the second only if a rung was passed.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_deadline SET state = %s, next_at = NULL WHERE assignment_id = %s AND state = ANY(%s) RETURNING fired",
            [state, assignment_id, [str(live) for live in LIVE]],
        )
        row = cursor.fetchone()
    if row and row[0]:
        _close_escalations(assignment_id, escalations, now)


def _close_escalations(assignment_id: int, state: str, now: datetime) -> None:
    Escalation.objects.filter(assignment_id=assignment_id, state=EscalationState.OPEN).update(state=state, handled_at=now)


def pause(case_id: int, now: datetime) -> int:
    """Stop the clocks of a case, but for those of a child in danger; what is left of each allowance is kept. Returns how many clocks that were."""
    running = Deadline.objects.filter(case_id=case_id, state=DeadlineState.ARMED).exclude(assignment__step__in=NEVER_WAIT)
    return running.update(state=DeadlineState.PAUSED, paused_at=now, next_at=None)


def resume(case_id: int, now: datetime) -> int:
    """Let the clocks of a case run again, each with what was left of its allowance. Returns how many clocks that were."""
    rows = list(
        Deadline.objects.select_related("case", "assignment")
        .select_for_update(of=("self",), no_key=True)
        .filter(case_id=case_id, state=DeadlineState.PAUSED)
    )
    for row in rows:
        _resume(row, now)
    Deadline.objects.bulk_update(rows, ["state", "paused_at", "due_at", "explanation", "rungs", "next_at", "provisional"])
    Assignment.objects.bulk_update([row.assignment for row in rows], ["due_at"])
    return len(rows)


def _resume(row: Deadline, now: datetime) -> None:
    calendar = calendar_of(row.case.county_id)
    assert row.paused_at is not None
    before, last = timezone.localdate(row.paused_at), date.fromisoformat(row.explanation["last"])
    due_at = _after_pause(row, before, last, now, calendar)
    moved = timezone.localdate(due_at - timedelta(microseconds=1))  # 24:00 belongs to the day that it ends
    if due_at != row.due_at:
        move: dict[str, Any] = {"from": before.isoformat(), "to": timezone.localdate(now).isoformat(), "last": moved.isoformat()}
        if row.due_at <= row.paused_at:
            move["overdue"] = True
        row.explanation |= {"last": moved.isoformat(), "moves": [*row.explanation.get("moves", []), move]}
    ladder = tuple(map(Rung.read, row.rungs))
    planned = {rung["rung"]: rung for rung in rungs_of(ladder, due_at, moved, calendar)}
    assert row.next_rung is not None
    row.rungs = [rung if rung["rung"] < row.next_rung else planned[rung["rung"]] for rung in row.rungs]
    row.due_at = row.assignment.due_at = due_at
    row.next_at = moment_of(planned[row.next_rung])
    row.provisional = moved > calendar.published_through
    row.state, row.paused_at = DeadlineState.ARMED, None


def _after_pause(row: Deadline, before: date, last: date, now: datetime, calendar: Calendar) -> datetime:
    """The due moment that leaves as many days as there were at the pause; what was overdue stays as overdue as it was."""
    assert row.paused_at is not None
    overdue = row.due_at <= row.paused_at
    if row.unit == Unit.HOURS:
        return now + (row.due_at - row.paused_at)
    today = timezone.localdate(now)
    if today == before:
        return row.due_at
    counts: Callable[[date], bool] = counting(Unit(row.unit), calendar)
    left = days_between(before, last, counts)
    # The rest of the last day becomes the whole of the next, since its hours may be gone already.
    moved = shift(today, left if left or overdue else 1, counts)
    if row.explanation.get("legal"):
        moved = roll_forward(moved, calendar)
    due_at = midnight(moved) + (row.due_at - midnight(last))
    return min(due_at, now) if overdue else due_at


def credit(assignment: Assignment, *, as_of: datetime, now: datetime) -> tuple[int, ...]:
    """What was done in time and told late (offline, within 72 hours) meets the deadline as of then.

    The fires stay on record; what they laid before supervisors is withdrawn, except where one has already acted. Returns who was told of a
    rung that lay after `as_of` (pks); nobody where the deadline was met in time anyway, or told too late.
    """
    if not (assignment.due_at and as_of <= assignment.due_at < now and now - as_of <= CREDIT):
        return ()
    row = Deadline.objects.filter(assignment_id=assignment.pk, state=DeadlineState.MET).first()
    if row is None:
        return ()
    Deadline.objects.filter(pk=row.pk).update(met_as_of=as_of)
    fires = list(row.fires.filter(generation=row.generation, planned_at__gt=as_of))
    Escalation.objects.filter(fire__in=fires).exclude(state=EscalationState.HANDLED).update(state=EscalationState.WITHDRAWN, handled_at=now)
    return tuple(dict.fromkeys(person for fire in fires for person in fire.recipients))


def extend(assignment: Assignment, *, due_at: datetime, now: datetime) -> Deadline:
    """Give a task until `due_at`: a new generation with all its rungs; what lay before supervisors is withdrawn."""
    return replan(assignment, planning.plan(assignment.step, now=now, county_id=assignment.about.county_id, due_at=due_at), now)


def replan(assignment: Assignment, plan: Plan, now: datetime) -> Deadline:
    """Put a task's clock on a new plan, as a new generation. A suspended clock stays suspended."""
    row = Deadline.objects.select_for_update(of=("self",), no_key=True).get(assignment=assignment)
    if row.changes_road:
        plan = as_road(plan)
    paused = row.state == DeadlineState.PAUSED
    columns = columns_of(plan) | {
        "generation": row.generation + 1,
        "armed_at": now,
        "fired": 0,
        "attempts": 0,
        "not_before": None,
        "last_error": "",
        "paused_at": now if paused else None,
        "state": DeadlineState.PAUSED if paused else DeadlineState.ARMED if plan.next_at else DeadlineState.EXHAUSTED,
    }
    if paused:
        columns["next_at"] = None
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    assignment.due_at = plan.due_at
    assignment.save(update_fields=["due_at"])
    _close_escalations(assignment.pk, EscalationState.WITHDRAWN, now)
    return row
