"""The clock of a task: plan, arm, meet, pause, resume, extend, cancel. The only code that moves a deadline.

Everything here runs in the caller's transaction, under the case lock. PostgreSQL keeps the moments; nothing is sent to a broker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import sql
from workflows.calendars import Allowance, Calendar, add_working_days, counting, days_between, explain, last_day, roll_forward, shift
from workflows.models import Assignment, Deadline, DeadlineState, Escalation, EscalationState, Unit
from workflows.policies import Rung, calendar_of, policy_of
from workflows.steps import NEVER_WAIT

CLOSING_TIME = timedelta(hours=17, minutes=30)  # a task is due when the offices close
MIDNIGHT = timedelta(hours=24)  # a legal term runs to the end of its last day (Civil Code, article 203)
CREDIT = timedelta(hours=72)  # a visit made in time counts if its record arrives so soon after it
AT_DUE = (Rung(2, 0, "road"),)  # the only rung of a deadline that changes the road

LIVE = (DeadlineState.ARMED, DeadlineState.PAUSED, DeadlineState.EXHAUSTED, DeadlineState.QUARANTINED)


@dataclass(frozen=True)
class Plan:
    """By when, why that day, and when which rung comes. Made from memory alone."""

    due_at: datetime
    explanation: dict[str, Any]
    rungs: list[dict[str, Any]]  # [{"rung", "offset", "at", "to"}], the lowest first
    next_rung: int | None  # None: every rung lay before the arming
    next_at: datetime | None
    provisional: bool  # it falls beyond the published calendar, so the day may change
    amount: int
    unit: Unit

    def __str__(self) -> str:
        return words(self.explanation, provisional=self.provisional)


@dataclass(frozen=True)
class Recounted:
    """A running deadline by another calendar, allowance or ladder."""

    due_at: datetime
    explanation: dict[str, Any]
    rungs: list[dict[str, Any]]
    provisional: bool


def plan(
    step: str,
    *,
    now: datetime,
    county_id: str | None,
    allowance: Allowance | None = None,
    amount: int | None = None,
    from_day: date | None = None,
    on: date | None = None,
    due_at: datetime | None = None,
    at_least: int = 0,
    legal: bool = False,
) -> Plan:
    """When a step that begins now is due, and its rungs.

    The allowance is the policy's in force unless one is given (`amount` alone means working days); it counts from the day after
    `from_day`, which is today unless said. `on` fixes the last day, `due_at` the very moment. `at_least` working days remain from today,
    however late we are. A `legal` term ends at 24:00, and on the next working day if its last day is a holiday.
    Asks the database nothing while policy and calendar are in memory. Raises policies.MissingPolicy.
    """
    today = timezone.localdate(now)
    policy, calendar = policy_of(step, county_id, today), calendar_of(county_id)
    given = allowance or (Allowance(amount, Unit.WORKING_DAYS) if amount is not None else policy.allowance)
    explanation: dict[str, Any]
    if due_at is not None:
        last, explanation = timezone.localdate(due_at), _fixed(timezone.localdate(due_at))
    elif given.unit == Unit.HOURS and on is None:
        due_at = now + timedelta(hours=given.amount)
        last = timezone.localdate(due_at)
        begun = timezone.localtime(now)
        explanation = {"unit": str(given.unit), "amount": given.amount, "from": today.isoformat(), "at": f"{begun:%H:%M}", "last": last.isoformat()}
    else:
        if on is None:
            last, explanation = last_day(from_day or today, given, calendar, legal=legal)
        else:
            last = roll_forward(on, calendar) if legal else on
            explanation = _fixed(last)
        if at_least and last < (soonest := add_working_days(today, at_least, calendar)):
            last = soonest
            explanation |= {"last": last.isoformat(), "at_least": at_least, "since": today.isoformat()}
        due_at = _midnight(last) + (MIDNIGHT if legal else CLOSING_TIME)
    if legal:
        explanation["legal"] = True
    rungs = _rungs(policy.ladder, due_at, last, calendar)
    ahead = next((rung for rung in rungs if _moment(rung) > now), None)
    return Plan(
        due_at=due_at,
        explanation=explanation,
        rungs=rungs,
        next_rung=ahead["rung"] if ahead else None,
        next_at=_moment(ahead) if ahead else None,
        provisional=last > calendar.published_through,
        amount=given.amount,
        unit=given.unit,
    )


def arm(assignment: Assignment, plan: Plan, now: datetime, *, road: bool = False) -> Deadline:
    """Start the clock of a task; one INSERT, together with that of the task if it isn't written yet.

    With `road` the due moment itself records a fact (workflows.roads), even one that has passed.
    """
    plan = _as_road(plan) if road else plan
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
    ladder = tuple(Rung(rung["rung"], rung["offset"], rung["to"]) for rung in row.rungs)
    planned = {rung["rung"]: rung for rung in _rungs(ladder, due_at, moved, calendar)}
    assert row.next_rung is not None
    row.rungs = [rung if rung["rung"] < row.next_rung else planned[rung["rung"]] for rung in row.rungs]
    row.due_at = row.assignment.due_at = due_at
    row.next_at = _moment(planned[row.next_rung])
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
    due_at = _midnight(moved) + (row.due_at - _midnight(last))
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
    return replan(assignment, plan(assignment.step, now=now, county_id=assignment.about.county_id, due_at=due_at), now)


def replan(assignment: Assignment, plan: Plan, now: datetime) -> Deadline:
    """Put a task's clock on a new plan, as a new generation. A suspended clock stays suspended."""
    row = Deadline.objects.select_for_update(of=("self",), no_key=True).get(assignment=assignment)
    if row.changes_road:
        plan = _as_road(plan)
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


def recounted(row: Deadline, calendar: Calendar, *, allowance: Allowance | None = None, ladder: tuple[Rung, ...] | None = None) -> Recounted | None:
    """When a running deadline would be due by this calendar, counted again from the day from which it was counted, pauses included.

    It keeps its own allowance and rungs unless others are given. None where no calendar can change it: it was overdue when it was suspended.
    """
    said: dict[str, Any] = dict(row.explanation)
    old = date.fromisoformat(said["last"])
    time_of_day = row.due_at - _midnight(old)
    rungs = ladder or tuple(Rung(rung["rung"], rung["offset"], rung["to"]) for rung in row.rungs)
    if "unit" not in said or said["unit"] == Unit.HOURS:
        last = add_working_days(date.fromisoformat(said["since"]), said["at_least"], calendar) if said.get("at_least") else old
        if said.get("legal"):
            last = roll_forward(last, calendar)
    else:
        given = allowance or Allowance(said["amount"], Unit(said["unit"]))
        legal = bool(said.get("legal"))
        last, counted = last_day(date.fromisoformat(said["from"]), given, calendar, legal=legal)
        said = {name: said[name] for name in ("legal", "at_least", "since", "moves") if name in said} | counted
        if said.get("at_least"):
            last = max(last, add_working_days(date.fromisoformat(said["since"]), said["at_least"], calendar))
        moved = _moved_again(said.get("moves", ()), last, counting(given.unit, calendar), calendar if legal else None)
        if moved is None:
            return None
        last, moves = moved
        if moves:
            said["moves"] = moves
    said["last"] = last.isoformat()
    due_at = row.due_at if said.get("unit") == Unit.HOURS else _midnight(last) + time_of_day
    return Recounted(due_at, said, _rungs(rungs, due_at, last, calendar), last > calendar.published_through)


def _moved_again(
    moves: Iterable[dict[str, Any]], last: date, counts: Callable[[date], bool], legal: Calendar | None
) -> tuple[date, list[dict[str, Any]]] | None:
    """The last day after each pause, as it left what was left then."""
    again = []
    for move in moves:
        paused, resumed = date.fromisoformat(move["from"]), date.fromisoformat(move["to"])
        left = days_between(paused, last, counts)
        if left < 0 or move.get("overdue"):
            return None
        last = shift(resumed, left or 1, counts)
        last = roll_forward(last, legal) if legal else last
        again.append(move | {"last": last.isoformat()})
    return last, again


def words(explanation: Mapping[str, Any], *, provisional: bool = False) -> str:
    """Why this day, in the reader's language."""
    said = explain(explanation)
    return f"{said} {_('Provisional: the calendar of that year is not published yet.')}" if provisional else said


def _fixed(last: date) -> dict[str, Any]:
    # A fixed date counts in working days if a pause moves it.
    return {"fixed": True, "last": last.isoformat()}


def columns_of(plan: Plan) -> dict[str, Any]:
    """What a deadline keeps of its plan."""
    return {
        "amount": plan.amount,
        "unit": plan.unit,
        "due_at": plan.due_at,
        "provisional": plan.provisional,
        "explanation": plan.explanation,
        "rungs": plan.rungs,
        "next_rung": plan.next_rung,
        "next_at": plan.next_at,
    }


def _as_road(plan: Plan) -> Plan:
    rung: dict[str, Any] = {"rung": AT_DUE[0].rung, "offset": 0, "at": _iso(plan.due_at), "to": AT_DUE[0].to}
    return replace(plan, rungs=[rung], next_rung=rung["rung"], next_at=plan.due_at)


def _rungs(ladder: tuple[Rung, ...], due_at: datetime, last: date, calendar: Calendar) -> list[dict[str, Any]]:
    """Each rung at the same time of day as the due moment."""
    time_of_day = due_at - _midnight(last)
    return [
        {
            "rung": rung.rung,
            "offset": rung.offset,
            "at": _iso(_midnight(add_working_days(last, rung.offset, calendar)) + time_of_day),
            "to": rung.to,
        }
        for rung in ladder
    ]


def _midnight(day: date) -> datetime:
    """When a day begins in Shanghai, where every deadline lives."""
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _moment(rung: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(rung["at"])


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
