"""The ladder and the sweep: what is overdue is said to whoever must know, each rung once, never to nobody.

Stateless, and any number of copies may run at once: rows that one holds the others skip, and `each_rung_once` refuses a second fire.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notifications.messages import worded
from notifications.services import Message, notify_many
from workflows import effects, ladders
from workflows.calendars import working_days_between
from workflows.due import Due, Passing, look
from workflows.effects import PUNISHING
from workflows.ladders import Addressee, Directory, Held
from workflows.models import AssignmentState, Deadline, DeadlineState
from workflows.policies import calendar_of
from workflows.stepped_clock import punishing_rungs_wait
from workflows.steps import NEVER_WAIT

log = logging.getLogger(__name__)

BATCH = 500
TRIES = 8  # then a deadline is set aside and the administrators are told
FROZEN = "20s"  # between two statements of one sweep lie milliseconds
AN_HOUR = timedelta(hours=1)
ON_RECORD = 4  # from this rung on whoever is told confirms that they were (签收)


def sweep(limit: int = BATCH, now: datetime | None = None) -> int:
    """Pass every rung whose moment has come, at most `limit` deadlines in one short transaction. Returns how many it dealt with.

    The moment is the database's unless `now` is given. Finding nothing costs one index look-up.
    """
    with transaction.atomic():
        moment = now or _begin()
        below = PUNISHING if now is None and punishing_rungs_wait(moment) else None
        rows = look(limit, moment, below)
        if rows:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # so that a bad row fails alone, and not the whole batch at the commit
            _attempt(rows, lambda batch: _pass(batch, moment, below), moment)
        return len(rows)


def _begin() -> datetime:
    """The engine's moment. In the same breath: should this process freeze, its locks are free again soon, and others pass what it held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine_now(), set_config('idle_in_transaction_session_timeout', %s, true)", [FROZEN])
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def _attempt(rows: Sequence[Due], batch: Callable[[Sequence[Due]], None], now: datetime) -> None:
    """All at once; if that fails, in halves, so that a poisoned row stands alone in the end and delays no other."""
    try:
        with transaction.atomic():
            batch(rows)
    except Exception as error:
        if connection.connection is None or connection.connection.closed:
            raise  # nothing is wrong with a row when the database is gone
        if len(rows) > 1:
            middle = len(rows) // 2
            _attempt(rows[:middle], batch, now)
            _attempt(rows[middle:], batch, now)
        else:
            set_back(rows[0], error, now)


def set_back(row: Due, error: Exception, now: datetime) -> None:
    """A deadline that could not be dealt with waits longer each time; after TRIES it is set aside and the administrators are told."""
    row.attempts += 1
    stuck = row.attempts >= TRIES
    # The type alone: the words of an error may hold a child's data.
    log.error("deadline %s could not be dealt with (%s, try %s)", row.pk, type(error).__name__, row.attempts)
    Deadline.objects.filter(pk=row.pk).update(
        attempts=row.attempts,
        not_before=now + timedelta(seconds=15 * 2**row.attempts),
        last_error=type(error).__name__[:80],
        state=DeadlineState.QUARANTINED if stuck else DeadlineState.ARMED,
    )
    if stuck:
        try:
            with transaction.atomic():
                _alarm("deadline_stuck", [row], now)
        except Exception as failure:  # noqa: BLE001  what poisons the row may poison the alarm; its neighbours go on
            log.error("no alarm could be raised for deadline %s (%s)", row.pk, type(failure).__name__)


# --- One batch, in a few statements; nothing changes a row object before the last of them -----------------------------------


def _pass(rows: Sequence[Due], now: datetime, below: int | None) -> None:
    """Look again at the tasks; write the fires; lay them before the posts; tell the journal and the people; arm the next rungs."""
    live = [row for row in rows if row.task_state == AssignmentState.OPEN and (row.paused_at is None or row.step in NEVER_WAIT)]
    passings = _decide(live, now, below) if live else []
    fires = effects.write_fires(passings, now) if passings else {}
    new = [(fires[passing.row.pk], passing) for passing in passings if passing.row.pk in fires]
    if new:
        effects.lay_before_posts(new, now)
        effects.journal(new, now)
        _tell(new, now)
        _alarm("nobody_answers", [passing.row for _, passing in new if passing.nobody], now)
    effects.advance(rows, {passing.row.pk: passing for passing in passings})


def _decide(rows: Sequence[Due], now: datetime, below: int | None) -> list[Passing]:
    tasks = {row.pk: _held(row) for row in rows}
    directory = ladders.directory(list(tasks.values()), timezone.localdate(now))
    return [_passing(row, tasks[row.pk], directory, now, below) for row in rows]


def _held(row: Due) -> Held:
    if row.organisation_id is None:
        raise ValueError("a wait is nobody's task and has no ladder")
    return Held(ladders.Post(row.organisation_id, row.role), row.holder_id, row.school_class_id, row.county_id)


def _passing(row: Due, task: Held, directory: Directory, now: datetime, below: int | None) -> Passing:
    ahead = [rung for rung in row.rungs if row.next_rung is not None and rung["rung"] >= row.next_rung]
    missed = [rung for rung in ahead if datetime.fromisoformat(rung["at"]) <= now and (below is None or rung["rung"] < below)]
    addressees: dict[ladders.Post, tuple[int, Addressee]] = {}
    told: dict[int, None] = {}
    nobody = False
    for rung in reversed(missed):
        found, holders = directory.addressees(rung["to"], task), directory.told(rung["to"], task)
        if rung is missed[-1]:
            nobody = not found and not holders
        for addressee in found:
            addressees.setdefault(addressee.post, (rung["rung"], addressee))
        told |= dict.fromkeys(holders)
    following = next((rung for rung in ahead if rung["rung"] > missed[-1]["rung"]), None)
    return Passing(row, missed, following, list(addressees.values()), tuple(told), nobody)


def _tell(new: Sequence[tuple[int, Passing]], now: datetime) -> None:
    notify_many([_message(passing, person, now) for _, passing in new for person in passing.people])


def _message(passing: Passing, person: int, now: datetime) -> Message:
    """One a person, however many rungs were passed at once."""
    row, rung = passing.row, passing.acting["rung"]
    params: dict[str, Any] = {"case": row.number, "step": row.step}
    above = any(person in addressee.people for _, addressee in passing.addressees)
    if above and person not in passing.told and "hours" in passing.acting and not row.beside:
        message, params = "escalated_hours", params | {"hours": max(int((now - row.due_at) / AN_HOUR), 0)}
    elif above and person not in passing.told:
        days = working_days_between(timezone.localdate(row.due_at), timezone.localdate(now), calendar_of(row.county_id))
        message, params = "escalated", params | {"days": max(days, 0)}
    else:
        message, params = "task_overdue" if row.due_at <= now else "task_reminder", params | {"due": row.due_at}
    return Message(
        recipient_id=person,
        message=worded(message, beside=row.beside),
        params=params,
        link=f"/tasks/{row.assignment_id}/",
        key=f"fire:{row.pk}:{row.generation}:{rung}:{person}",
        urgent=rung >= PUNISHING,
        receipt=message.startswith("escalated") and rung >= ON_RECORD,
    )


def _alarm(message: str, rows: Sequence[Due], now: datetime) -> None:
    if not rows:
        return
    notify_many(
        [
            Message(
                recipient_id=person,
                message=message,
                params={"case": row.number, "step": row.step},
                link=f"/tasks/{row.assignment_id}/",
                key=f"{message}:{row.pk}:{row.generation}:{row.next_rung}:{person}",
                urgent=True,
            )
            for person in ladders.system_administrators(timezone.localdate(now))
            for row in rows
        ]
    )
