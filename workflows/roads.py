"""Deadlines that change the road: when an order's term has run out, that is a fact, and the case goes on differently.

Apart from the sweep, because a fact moves the flow and needs the case: the case is locked first, then the deadline, one transaction each.
A case that somebody is working on is passed over and comes next time.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from cases.journal import clock
from cases.register.models import Case
from workflows.due import read
from workflows.escalation import FROZEN, set_back
from workflows.models import AssignmentState, Deadline, DeadlineState, Fire, FireOutcome
from workflows.roadfacts import ROADS


def sweep(limit: int = 50, now: datetime | None = None) -> int:
    """Record what has come true, at most `limit` facts. Returns how many were dealt with."""
    moment = now or clock.now()
    due = (
        Deadline.objects.filter(Q(not_before=None) | Q(not_before__lte=moment), state=DeadlineState.ARMED, changes_road=True, next_at__lte=moment)
        .order_by("next_at", "id")
        .values_list("pk", "case_id")
    )
    return sum(_take(deadline_id, case_id, moment) for deadline_id, case_id in due[:limit])


def _take(deadline_id: int, case_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:  # as in the sweep: a frozen process holds nobody up
                cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [FROZEN])
            case = Case.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=case_id).first()
            row = _locked(deadline_id, now) if case else None
            if case is None or row is None:
                return False
            _change(case, row, now)
    except Exception as error:
        if connection.connection is None or connection.connection.closed:
            raise  # nothing is wrong with a row when the database is gone
        _set_back(deadline_id, error, now)
    return True


def _locked(deadline_id: int, now: datetime) -> Deadline | None:
    live = Deadline.objects.select_related("assignment").select_for_update(no_key=True, skip_locked=True, of=("self",))
    return live.filter(pk=deadline_id, state=DeadlineState.ARMED, next_at__lte=now).first()


def _change(case: Case, row: Deadline, now: datetime) -> None:
    if row.assignment.state != AssignmentState.OPEN:
        Deadline.objects.filter(pk=row.pk).update(state=DeadlineState.CANCELLED, next_at=None)
        return
    if case.paused_at:
        Deadline.objects.filter(pk=row.pk).update(state=DeadlineState.PAUSED, paused_at=case.paused_at, next_at=None)
        return
    rung = row.next_rung or 0
    assert row.next_at is not None
    Fire.objects.create(deadline=row, generation=row.generation, rung=rung, planned_at=row.next_at, decided_at=now, outcome=FireOutcome.ACTED)
    # Passed before the fact is recorded: what the fact ends finds the clock in its place, and meets it.
    Deadline.objects.filter(pk=row.pk).update(state=DeadlineState.EXHAUSTED, next_at=None, fired=rung, attempts=0, not_before=None, last_error="")
    ROADS[row.assignment.step](case, row.assignment, now)


def _set_back(deadline_id: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        armed = Deadline.objects.select_for_update(no_key=True).filter(pk=deadline_id, state=DeadlineState.ARMED)
        if armed.values_list("pk").first():
            set_back(read([deadline_id])[0], error, now)
