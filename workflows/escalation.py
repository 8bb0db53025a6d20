"""The ladder and the sweep: what is overdue is said to whoever must know, each rung once, never to nobody.

Stateless, and any number of copies may run at once: rows that one holds the others skip, and `each_rung_once` refuses a second fire.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from notifications.services import Message, notify_many
from workflows import ladders
from workflows.calendars import working_days_between
from workflows.ladders import Addressee, Directory, Held
from workflows.models import AssignmentState, Deadline, DeadlineState, Escalation, FireOutcome
from workflows.policies import calendar_of
from workflows.stepped_clock import punishing_rungs_wait

log = logging.getLogger(__name__)

BATCH = 500
TRIES = 8  # then a deadline is set aside and the administrators are told
COLUMNS = (
    *("generation", "due_at", "rungs", "next_rung", "attempts"),
    *(f"assignment__{name}" for name in ("state", "step", "organisation_id", "role", "holder_id")),
    *(f"case__{name}" for name in ("number", "episode", "county_id", "school_class_id", "paused_at")),
)
FROZEN = "20s"  # between two statements of one sweep lie milliseconds
PUNISHING = 3  # from this rung on a superior organisation learns of it
ON_RECORD = 4  # from this rung on whoever is told confirms that they were (签收)


@dataclass(frozen=True)
class Passing:
    """A deadline with the rungs that it has passed, and what follows from the highest of them."""

    row: Deadline
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


def sweep(limit: int = BATCH, now: datetime | None = None) -> int:
    """Pass every rung whose moment has come, at most `limit` deadlines in one short transaction. Returns how many it dealt with.

    The moment is the database's unless `now` is given. Finding nothing costs one index look-up.
    """
    with transaction.atomic():
        moment = now or _begin()
        below = PUNISHING if now is None and punishing_rungs_wait(moment) else None
        rows = _due(limit, moment, below)
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


def _due(limit: int, now: datetime, below: int | None) -> list[Deadline]:
    due = (
        Deadline.objects.select_related("assignment", "case")
        .only(*COLUMNS)
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(Q(not_before=None) | Q(not_before__lte=now), state=DeadlineState.ARMED, changes_road=False, next_at__lte=now)
        .order_by("next_at", "id")
    )
    return list((due if below is None else due.filter(next_rung__lt=below))[:limit])


def _attempt(rows: Sequence[Deadline], batch: Callable[[Sequence[Deadline]], None], now: datetime) -> None:
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


def set_back(row: Deadline, error: Exception, now: datetime) -> None:
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


def _pass(rows: Sequence[Deadline], now: datetime, below: int | None) -> None:
    """Look again at the tasks; write the fires; lay them before the posts; tell the journal and the people; arm the next rungs."""
    live = [row for row in rows if row.assignment.state == AssignmentState.OPEN and row.case.paused_at is None]
    passings = _decide(live, now, below) if live else []
    fires = _write_fires(passings, now) if passings else {}
    new = [(fires[passing.row.pk], passing) for passing in passings if passing.row.pk in fires]
    if new:
        _lay_before_posts(new, now)
        _journal(new, now)
        _tell(new, now)
        _alarm("nobody_answers", [passing.row for _, passing in new if passing.nobody], now)
    _advance(rows, {passing.row.pk: passing for passing in passings})


def _decide(rows: Sequence[Deadline], now: datetime, below: int | None) -> list[Passing]:
    tasks = {row.pk: _held(row) for row in rows}
    directory = ladders.directory(list(tasks.values()), timezone.localdate(now))
    return [_passing(row, tasks[row.pk], directory, now, below) for row in rows]


def _held(row: Deadline) -> Held:
    task = row.assignment
    if task.organisation_id is None:
        raise ValueError("a wait is nobody's task and has no ladder")
    return Held(ladders.Post(task.organisation_id, task.role), task.holder_id, row.case.school_class_id, row.case.county_id)


def _passing(row: Deadline, task: Held, directory: Directory, now: datetime, below: int | None) -> Passing:
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


def _write_fires(passings: Sequence[Passing], now: datetime) -> dict[int, int]:
    """The rungs that were passed, on record for ever. Returns the acting fire of each deadline whose rung nobody had passed before."""
    columns: list[tuple[Any, ...]] = []
    for passing in passings:
        for rung in passing.missed:
            acting = rung is passing.acting
            outcome, people = (passing.outcome, passing.people) if acting else (FireOutcome.COLLAPSED, ())
            columns.append((passing.row.pk, passing.row.generation, rung["rung"], rung["at"], str(outcome), json.dumps(people)))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO workflows_fire (deadline_id, generation, rung, planned_at, decided_at, outcome, recipients)
            SELECT deadline_id, generation, rung, planned_at, %s, outcome, recipients::jsonb
            FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::timestamptz[], %s::text[], %s::text[])
                AS given (deadline_id, generation, rung, planned_at, outcome, recipients)
            ON CONFLICT (deadline_id, generation, rung) DO NOTHING
            RETURNING id, deadline_id, outcome
            """,
            [now, *(list(column) for column in zip(*columns, strict=True))],
        )
        return {deadline: fire for fire, deadline, outcome in cursor.fetchall() if outcome != FireOutcome.COLLAPSED}


def _lay_before_posts(new: Sequence[tuple[int, Passing]], now: datetime) -> None:
    Escalation.objects.bulk_create(
        Escalation(
            fire_id=fire,
            case_id=passing.row.case_id,
            assignment_id=passing.row.assignment_id,
            rung=rung,
            organisation_id=addressee.post.organisation_id,
            role=addressee.post.role,
            line=addressee.line,
            at=now,
        )
        for fire, passing in new
        for rung, addressee in passing.addressees
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


def _journal(new: Sequence[tuple[int, Passing]], now: datetime) -> None:
    # The bell is not rung: nothing reacts to a rung, and one entry at a time would cost a statement each.
    Entry.objects.bulk_create(
        Entry(
            verb=Verb.DEADLINE_FIRED,
            case_id=passing.row.case_id,
            episode=passing.row.case.episode,
            organisation_id=passing.row.assignment.organisation_id,
            occurred_at=now,
            data={
                "deadline": passing.row.pk,
                "assignment": passing.row.assignment_id,
                "step": passing.row.assignment.step,
                "rung": passing.acting["rung"],
                "outcome": str(passing.outcome),
                "collapsed": [rung["rung"] for rung in passing.missed[:-1]],
            },
        )
        for _, passing in new
    )


def _tell(new: Sequence[tuple[int, Passing]], now: datetime) -> None:
    notify_many([_message(passing, person, now) for _, passing in new for person in passing.people])


def _message(passing: Passing, person: int, now: datetime) -> Message:
    """One a person, however many rungs were passed at once."""
    row, rung = passing.row, passing.acting["rung"]
    case, task = row.case, row.assignment
    params: dict[str, Any] = {"case": case.number, "step": task.step}
    above = any(person in addressee.people for _, addressee in passing.addressees)
    if above and person not in passing.told:
        days = working_days_between(timezone.localdate(row.due_at), timezone.localdate(now), calendar_of(case.county_id))
        message, params = "escalated", params | {"days": max(days, 0)}
    else:
        message, params = "task_overdue" if row.due_at <= now else "task_reminder", params | {"due": row.due_at}
    return Message(
        recipient_id=person,
        message=message,
        params=params,
        link=f"/tasks/{row.assignment_id}/",
        key=f"fire:{row.pk}:{row.generation}:{rung}:{person}",
        urgent=rung >= PUNISHING,
        receipt=message == "escalated" and rung >= ON_RECORD,
    )


def _alarm(message: str, rows: Sequence[Deadline], now: datetime) -> None:
    if not rows:
        return
    notify_many(
        [
            Message(
                recipient_id=person,
                message=message,
                params={"case": row.case.number, "step": row.assignment.step},
                link=f"/tasks/{row.assignment_id}/",
                key=f"{message}:{row.pk}:{row.generation}:{row.next_rung}:{person}",
                urgent=True,
            )
            for person in ladders.system_administrators(timezone.localdate(now))
            for row in rows
        ]
    )


def _advance(rows: Sequence[Deadline], passings: dict[int, Passing]) -> None:
    """The next rung of each; what has no more is exhausted, what turned out stale stops."""
    columns = [(row.pk, *_next(row, passings.get(row.pk))) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE workflows_deadline AS deadline
            SET state = given.state, next_rung = given.next_rung, next_at = given.next_at, paused_at = given.paused_at,
                fired = GREATEST(deadline.fired, given.fired), attempts = 0, not_before = NULL, last_error = ''
            FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::timestamptz[], %s::timestamptz[], %s::smallint[])
                AS given (id, state, next_rung, next_at, paused_at, fired)
            WHERE deadline.id = given.id
            """,
            [list(column) for column in zip(*columns, strict=True)],
        )


def _next(row: Deadline, passing: Passing | None) -> tuple[str, int | None, str | None, datetime | None, int]:
    if passing is not None:
        fired = passing.acting["rung"]
        if passing.following:
            return DeadlineState.ARMED, passing.following["rung"], passing.following["at"], None, fired
        return DeadlineState.EXHAUSTED, None, None, None, fired
    if row.assignment.state == AssignmentState.OPEN:  # so the case is suspended
        return DeadlineState.PAUSED, row.next_rung, None, row.case.paused_at, 0
    return DeadlineState.CANCELLED, None, None, None, 0
