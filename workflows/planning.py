"""When a task is due, why that day, and when which rung of its ladder comes: worked out from memory alone, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.calendars import Allowance, Calendar, add_working_days, counting, days_between, last_day, roll_forward, shift
from workflows.explaining import explain
from workflows.models import Deadline, Unit
from workflows.policies import Rung, calendar_of, policy_of

CLOSING_TIME = timedelta(hours=17, minutes=30)  # a task is due when the offices close
MIDNIGHT = timedelta(hours=24)  # a legal term runs to the end of its last day (Civil Code, article 203)
AT_DUE = (Rung(2, 0, "road"),)  # the only rung of a deadline that changes the road


@dataclass(frozen=True)
class Plan:
    """By when, why that day, and when which rung comes. Made from memory alone."""

    due_at: datetime
    explanation: dict[str, Any]
    rungs: list[dict[str, Any]]  # [{"rung", "offset" or "hours", "at", "to"}], the lowest first
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
        due_at = midnight(last) + (MIDNIGHT if legal else CLOSING_TIME)
    if legal:
        explanation["legal"] = True
    rungs = rungs_of(policy.ladder, due_at, last, calendar)
    ahead = next((rung for rung in rungs if moment_of(rung) > now), None)
    return Plan(
        due_at=due_at,
        explanation=explanation,
        rungs=rungs,
        next_rung=ahead["rung"] if ahead else None,
        next_at=moment_of(ahead) if ahead else None,
        provisional=last > calendar.published_through,
        amount=given.amount,
        unit=given.unit,
    )


def recounted(row: Deadline, calendar: Calendar, *, allowance: Allowance | None = None, ladder: tuple[Rung, ...] | None = None) -> Recounted | None:
    """When a running deadline would be due by this calendar, counted again from the day from which it was counted, pauses included.

    It keeps its own allowance and rungs unless others are given. None where no calendar can change it: it was overdue when it was suspended.
    """
    said: dict[str, Any] = dict(row.explanation)
    old = date.fromisoformat(said["last"])
    time_of_day = row.due_at - midnight(old)
    rungs = ladder or tuple(map(Rung.read, row.rungs))
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
    due_at = row.due_at if said.get("unit") == Unit.HOURS else midnight(last) + time_of_day
    return Recounted(due_at, said, rungs_of(rungs, due_at, last, calendar), last > calendar.published_through)


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


def as_road(plan: Plan) -> Plan:
    rung: dict[str, Any] = {"rung": AT_DUE[0].rung, "offset": 0, "at": _iso(plan.due_at), "to": AT_DUE[0].to}
    return replace(plan, rungs=[rung], next_rung=rung["rung"], next_at=plan.due_at)


def rungs_of(ladder: tuple[Rung, ...], due_at: datetime, last: date, calendar: Calendar) -> list[dict[str, Any]]:
    """Each rung at the same time of day as the due moment, or so many hours from it."""
    time_of_day = due_at - midnight(last)

    def planned(rung: Rung) -> dict[str, Any]:
        if rung.hours is not None:
            return {"rung": rung.rung, "hours": rung.hours, "at": _iso(due_at + timedelta(hours=rung.hours)), "to": rung.to}
        at = midnight(add_working_days(last, rung.offset, calendar)) + time_of_day
        return {"rung": rung.rung, "offset": rung.offset, "at": _iso(at), "to": rung.to}

    return [planned(rung) for rung in ladder]


def midnight(day: date) -> datetime:
    """When a day begins in Shanghai, where every deadline lives."""
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def moment_of(rung: Mapping[str, Any]) -> datetime:
    """When a planned rung comes."""
    return datetime.fromisoformat(rung["at"])


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
