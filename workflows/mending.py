"""Setting going again what the auditor found standing still. Never a fire: a clock gets its moment back, and the sweep passes the rung.

Each mending is one statement that looks again at what it changes, so that it is harmless beside a sweep and beside people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from cases.ledger.models import Report
from cases.register.models import Case
from workflows import deadlines, planning
from workflows.invariants import LEFT_OUT, PLANNED, RUNGS
from workflows.models import Assignment, AssignmentState, Deadline, DeadlineState, UnitMatter
from workflows.steps import NEVER_WAIT, STEPS

LONGEST_WAIT = timedelta(minutes=40)  # a deadline that failed seven times waits 32
STANDS = '("case".paused_at IS NOT NULL AND task.step <> ALL(%s))'  # the clock of a task stands still with its case
AT_ONCE = 500  # clocks that are made anew or resumed in one run


def mend(codes: Collection[str], now: datetime) -> dict[str, int]:
    """For each of these invariants, how many clocks were set going again; only where there were some."""
    counts = {code: MEND[code](now) for code in MEND if code in codes}
    return {code: count for code, count in counts.items() if count}


def wake(now: datetime) -> int:
    """What is due and waits longer than a failure makes it wait comes at once. What is merely late needs nothing: the sweep finds it."""
    return _run(
        "UPDATE workflows_deadline SET not_before = %s WHERE state = 'armed' AND next_at < %s AND not_before > %s"
        " AND (attempts = 0 OR not_before > %s)",
        now, now, now, now + LONGEST_WAIT,
    )  # fmt: skip


def put_right(now: datetime) -> int:
    """A clock waits for the moment that its plan names."""
    return _run(
        f"UPDATE workflows_deadline deadline SET next_at = {PLANNED}"  # noqa: S608  our own text
        f" WHERE state = 'armed' AND next_at IS DISTINCT FROM {PLANNED} AND {PLANNED} IS NOT NULL"
    )


def go_on(now: datetime) -> int:
    """A clock that stands still while its case runs goes on with what was left of it."""
    standing = Deadline.objects.filter(state=DeadlineState.PAUSED, assignment__state=AssignmentState.OPEN, case__paused_at=None)
    count = 0
    for case_id in standing.values_list("case_id", flat=True).distinct()[:AT_ONCE]:
        with transaction.atomic():
            free = Case.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=case_id, paused_at=None)
            count += deadlines.resume(case_id, now) if free.first() else 0
    return count


def arm_again(now: datetime) -> int:
    """An open task has a clock: the one that it had, or, where it never had any, one that ends when the task is due."""
    again = _run(
        f"""
        UPDATE workflows_deadline deadline
        SET state = CASE WHEN {STANDS} THEN 'paused' WHEN {PLANNED} IS NULL THEN 'exhausted' ELSE 'armed' END,
            next_at = CASE WHEN NOT {STANDS} THEN {PLANNED} END, paused_at = CASE WHEN {STANDS} THEN "case".paused_at END, not_before = %s
        FROM workflows_assignment task LEFT JOIN cases_case "case" ON "case".id = task.case_id
        WHERE task.id = deadline.assignment_id AND task.state = 'open' AND deadline.state IN ('met', 'cancelled')
        """,  # noqa: S608  our own text
        list(NEVER_WAIT),
        list(NEVER_WAIT),
        list(NEVER_WAIT),
        now,
    )
    return again + sum(
        _arm(task_id, now) for task_id in Assignment.objects.filter(state="open", deadline=None).values_list("pk", flat=True)[:AT_ONCE]
    )


def _arm(task_id: int, now: datetime) -> bool:
    with transaction.atomic():
        task = Assignment.objects.select_related("case", "report", "matter").filter(pk=task_id).first()
        free = task and _unlocked(task)
        if not task or not free or Deadline.objects.filter(assignment=task).exists():
            return False
        rule = STEPS[task.step]
        plan = planning.plan(
            task.step,
            now=now,
            county_id=free.county_id,
            on=timezone.localdate(task.due_at - timedelta(microseconds=1)) if task.due_at else None,
            legal=rule.legal,
        )
        deadlines.arm(task, plan, now, road=rule.road)
        if isinstance(free, Case) and free.paused_at:
            deadlines.pause(free.pk, now)
        return True


def _unlocked(task: Assignment) -> Case | Report | UnitMatter | None:
    """What the task is about, locked by us, unless somebody is working on it just now."""
    subject = task.about
    # the default manager of the reports knows the counties' ledgers and no other
    rows = type(subject)._base_manager.select_for_update(no_key=True, skip_locked=True, of=("self",))
    return rows.filter(pk=subject.pk).first()


def step_back(now: datetime) -> int:
    """A clock goes back to the lowest rung that it left out; what was passed above it is not passed again."""
    return _run(
        f"""
        UPDATE workflows_deadline clock
        SET next_rung = missing.rung, next_at = CASE WHEN clock.state <> 'paused' THEN missing.at END, not_before = %s,
            state = CASE WHEN clock.state = 'paused' THEN 'paused' ELSE 'armed' END
        FROM (
            SELECT DISTINCT ON (deadline.id) deadline.id, planned.rung, planned.at
            FROM workflows_deadline deadline JOIN workflows_assignment task ON task.id = deadline.assignment_id, {RUNGS}
            WHERE deadline.state IN ('armed', 'paused', 'exhausted') AND task.state = 'open' AND {LEFT_OUT}
            ORDER BY deadline.id, planned.rung
        ) missing
        WHERE clock.id = missing.id AND clock.state IN ('armed', 'paused', 'exhausted')
        """,  # noqa: S608  our own text
        now,
    )


def try_again(ids: Collection[int], now: datetime) -> int:
    """Give deadlines that were set aside another eight tries; somebody has looked at what was wrong with them."""
    return Deadline.objects.filter(pk__in=list(ids), state=DeadlineState.QUARANTINED, next_at__isnull=False).update(
        state=DeadlineState.ARMED, attempts=0, not_before=now, last_error=""
    )


def run_again(now: datetime) -> int:
    """No suspension stops the clock of a child in danger."""
    return _run(
        f"""
        UPDATE workflows_deadline deadline
        SET state = CASE WHEN {PLANNED} IS NULL THEN 'exhausted' ELSE 'armed' END, next_at = {PLANNED}, paused_at = NULL, not_before = %s
        FROM workflows_assignment task
        WHERE task.id = deadline.assignment_id AND task.state = 'open' AND deadline.state = 'paused' AND task.step = ANY(%s)
        """,  # noqa: S608  our own text
        now, list(NEVER_WAIT),
    )  # fmt: skip


def _run(statement: str, *values: datetime | list[str]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


MEND: dict[str, Callable[[datetime], int]] = {
    "clock_passed": wake,
    "clock_astray": put_right,
    "clock_stands": go_on,
    "danger_waits": run_again,
    "task_without_clock": arm_again,
    "rung_skipped": step_back,
}
