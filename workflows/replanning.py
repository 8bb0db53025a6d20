"""When the calendar changes, running deadlines are counted again and those concerned are told.

A running deadline keeps the allowance and the ladder that it began with; the days themselves are for everybody.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.ledger.models import Report
from cases.register.models import Case
from notifications.messages import worded
from notifications.services import Message, notify_many
from workflows import calendars, heartbeat, ladders, planning, policies
from workflows.models import Assignment, Deadline, DeadlineState, Escalation, EscalationState, UnitMatter
from workflows.planning import Recounted, moment_of

CHUNK = 500
ROUNDS = 5  # for cases that somebody is working on just now
ONCE_MORE = " again"

RUNNING = (DeadlineState.ARMED, DeadlineState.PAUSED, DeadlineState.EXHAUSTED)
COLUMNS = (
    *("generation", "state", "amount", "unit", "armed_at", "due_at", "explanation", "rungs", "next_rung", "next_at", "fired", "paused_at"),
    *("provisional", "changes_road", "assignment__state", "assignment__step", "assignment__due_at"),
    *("assignment__organisation_id", "assignment__role", "assignment__holder_id"),
    *("case__number", "case__episode", "case__county_id", "case__school_class_id"),
    *("assignment__report__number", "assignment__report__unit_id", "assignment__matter__number", "assignment__matter__county_id"),
)


@dataclass(frozen=True)
class Replanned:
    """How many running deadlines were looked at, how many moved, and how many wait because somebody works on their case."""

    looked: int
    moved: int
    left: int


def follow_calendar(now: datetime) -> Replanned | None:
    """Count again if the calendar is another one than when everything was last counted. None when it isn't. Twice is harmless.

    And once more in the next run: a process that had not read the new calendar yet may have armed a deadline by the old one meanwhile.
    """
    policies.invalidate()
    present, known = policies.fingerprint(), heartbeat.note_of(heartbeat.CALENDAR)
    if present == known:
        return None
    done = replan_all(now=now) if known else Replanned(0, 0, 0)
    if not done.left:
        heartbeat.write(heartbeat.CALENDAR, present if known in {"", present + ONCE_MORE} else present + ONCE_MORE)
    return done


def replan_all(*, now: datetime, county_id: str | None = None) -> Replanned:
    """Count every running deadline again (of one county, or of all): a new generation and a word for each that moves.

    In small transactions, each case locked before its deadlines; a case that somebody is working on comes later.
    """
    looked = moved = 0
    waiting: list[int] = []
    for rows in _chunks(county_id):
        looked += len(rows)
        stale = [row.pk for row in rows if _new_plan(row, now)]
        done = _replan(stale, now)
        moved += len(done)
        waiting += sorted(set(stale) - done)
    for attempt in range(ROUNDS):
        if not waiting:
            break
        time.sleep(0.2 * attempt)
        done = set().union(*(_replan(waiting[at : at + CHUNK], now) for at in range(0, len(waiting), CHUNK)))
        moved += len(done)
        waiting = [row.pk for row in still_running().filter(pk__in=waiting) if row.pk not in done and _new_plan(row, now)]
    return Replanned(looked, moved, len(waiting))


def subject_of(row: Deadline) -> Case | Report | UnitMatter:
    """What the task is about, all read already."""
    return row.assignment.report or row.assignment.matter or row.case


def still_running(county_id: str | None = None) -> Any:
    """Deadlines that a changed calendar may move, of one county or of all, with no more of each than counting again needs."""
    rows = Deadline.objects.filter(state__in=RUNNING, assignment__state="open").select_related("assignment__report", "assignment__matter", "case")
    if county_id is not None:
        rows = rows.filter(Q(case__county_id=county_id) | Q(assignment__report__unit_id=county_id) | Q(assignment__matter__county_id=county_id))
    rows = rows.exclude(state=DeadlineState.EXHAUSTED, changes_road=True)  # a fact that was recorded stays recorded
    return rows.only(*COLUMNS).order_by("pk")


def _chunks(county_id: str | None) -> Iterator[list[Deadline]]:
    last = 0
    while rows := list(still_running(county_id).filter(pk__gt=last)[:CHUNK]):
        yield rows
        last = rows[-1].pk


def _new_plan(row: Deadline, now: datetime) -> Recounted | None:
    """The plan by the present calendar, if it is another one than the deadline's."""
    plan = planning.recounted(row, policies.calendar_of(subject_of(row).county_id))
    if plan is None:
        return None
    if row.next_rung is None and plan.due_at <= now:
        return None  # all rungs are passed, and it is still overdue
    ahead = [(rung["rung"], rung["at"]) for rung in row.rungs if row.next_rung is None or rung["rung"] >= row.next_rung]
    same = {(rung["rung"], rung["at"]) for rung in plan.rungs}.issuperset(ahead)
    return None if same and plan.due_at == row.due_at else plan


@transaction.atomic
def _replan(ids: Sequence[int], now: datetime) -> set[int]:
    """Move these, as far as nobody is working on their cases. Returns which were dealt with."""
    if not ids:
        return set()
    wanted = Deadline.objects.filter(pk__in=ids)
    free = Q(case__in=_unlocked(Case, wanted.values("case_id")))
    free |= Q(assignment__report__in=_unlocked(Report, wanted.values("assignment__report_id")))
    free |= Q(assignment__matter__in=_unlocked(UnitMatter, wanted.values("assignment__matter_id")))
    rows = list(still_running().select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(free, pk__in=ids))
    moved: list[Deadline] = []
    days: dict[int, str] = {}  # what the calendar changed for each
    for row in rows:
        if plan := _new_plan(row, now):
            if day := calendars.first_difference(row.explanation, plan.explanation):
                days[row.pk] = day.isoformat()
            _move(row, plan, now)
            moved.append(row)
    if moved:
        fields = ["generation", "armed_at", "due_at", "explanation", "rungs", "next_rung", "next_at", "fired", "provisional", "state"]
        Deadline.objects.bulk_update(moved, fields)
        Assignment.objects.bulk_update([row.assignment for row in moved], ["due_at"])
        again = [row.assignment_id for row in moved if not row.fired]
        Escalation.objects.filter(assignment_id__in=again, state=EscalationState.OPEN).update(state=EscalationState.WITHDRAWN, handled_at=now)
        _record(moved, days, now)
        _tell(moved, days, now)
    return {row.pk for row in rows}


def _unlocked(model: type[Case] | type[Report] | type[UnitMatter], wanted: Any) -> list[int]:
    """Those on which nobody is working just now; from here on we are."""
    rows = model._base_manager.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk__in=wanted).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _move(row: Deadline, plan: Recounted, now: datetime) -> None:
    """A new generation. What is not overdue any more begins its ladder anew; what is goes on where it was, and never twice over a rung."""
    before = row.next_rung
    if plan.due_at > now:
        ahead = next((rung for rung in plan.rungs if moment_of(rung) > now), None)
        row.fired, row.rungs = 0, plan.rungs
    else:
        ahead = next((rung for rung in plan.rungs if before is not None and rung["rung"] >= before), None)
        row.rungs = [old if before is None or old["rung"] < before else new for old, new in zip(row.rungs, plan.rungs, strict=True)]
    row.next_rung = ahead["rung"] if ahead else None
    row.next_at = moment_of(ahead) if ahead and row.state != DeadlineState.PAUSED else None
    if row.state != DeadlineState.PAUSED:
        row.state = DeadlineState.ARMED if ahead else DeadlineState.EXHAUSTED
    row.generation, row.armed_at = row.generation + 1, now
    row.due_at = row.assignment.due_at = plan.due_at
    row.explanation, row.provisional = plan.explanation, plan.provisional


def _record(rows: Iterable[Deadline], days: dict[int, str], now: datetime) -> None:
    # The bell is not rung: a day that moved ends no step, and one entry at a time would cost a statement each.
    Entry.objects.bulk_create(
        Entry(
            verb=Verb.TASK_EXTENDED,
            case_id=row.case_id,
            episode=row.case.episode if row.case_id else 0,
            organisation_id=row.assignment.organisation_id,
            occurred_at=now,
            data={"assignment": row.assignment_id, "due_at": row.due_at.isoformat(), "why": "calendar"}
            | ({"on": days[row.pk]} if row.pk in days else {})
            | ({"report": row.assignment.report_id} if row.assignment.report_id else {})
            | ({"matter": row.assignment.matter_id} if row.assignment.matter_id else {}),
        )
        for row in rows
    )


def _tell(rows: Sequence[Deadline], days: dict[int, str], now: datetime) -> None:
    held = {
        row.pk: ladders.Held(
            ladders.Post(row.assignment.organisation_id, row.assignment.role),
            row.assignment.holder_id,
            row.case.school_class_id if row.case_id else None,
            subject_of(row).county_id,
        )
        for row in rows
        if row.assignment.organisation_id is not None
    }
    directory = ladders.directory(list(held.values()), timezone.localdate(now))
    notify_many(
        [
            Message(
                recipient_id=person,
                message=worded("calendar_changed" if row.pk in days else "task_extended", beside=row.assignment.beside),
                params={"case": subject_of(row).number, "step": row.assignment.step, "due": row.due_at}
                | ({"on": days[row.pk]} if row.pk in days else {}),
                link=f"/tasks/{row.assignment_id}/",
                key=f"replanned:{row.pk}:{row.generation}:{person}",
            )
            for row in rows
            if row.pk in held
            for person in directory.holders_of(held[row.pk])
        ]
    )
