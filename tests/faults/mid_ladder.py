"""What people and administrators change between two rungs: each generation passes each rung once, and what lost its reason is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from cases.directory.models import Appointment, User
from cases.journal import clock
from cases.register.models import Case
from cases.register.opening import open_case
from cases.visits.rounds import hold_round
from tests.cast import NOON
from tests.factories import Place, make_student
from tests.faults.size import Size
from tests.faults.table import Table
from tests.faults.verdict import verdict
from tests.workflows.clockwork import SOON, clock_of, make_case, make_task, moment_of
from tests.workflows.roads import persuade
from workflows import audit, casewide, escalation, planning, policies, replanning, services
from workflows.models import (
    Assignment,
    AssignmentState,
    CalendarDay,
    Deadline,
    DeadlineState,
    Escalation,
    EscalationState,
    Ladder,
    StepPolicy,
)

Change = Callable[[Assignment, User, datetime], Assignment]  # gives back the task that goes on


def extension(task: Assignment, by: User, now: datetime) -> Assignment:
    services.extend(task, until=timezone_day(now) + timedelta(days=25), note="说明", by=by, now=now)
    return task


def reassignment(task: Assignment, by: User, now: datetime) -> Assignment:
    to = Appointment.objects.get(user__username="principal")
    return services.reassign(task, to=to, note="说明", by=by, now=now)


def suspension(task: Assignment, by: User, now: datetime) -> Assignment:
    casewide.pause_case(task.case, note="说明", by=by, now=now)
    casewide.resume_case(Case.objects.get(pk=task.case.pk), by=by, now=now + timedelta(days=9))
    return task


def calendar(task: Assignment, by: User, now: datetime) -> Assignment:
    """A day of the allowance turns out not to count: what was overdue is not, and its ladder begins anew."""
    counted = next(date.fromisoformat(first) for first, _last, counts, _why in clock_of(task).explanation["days"] if counts)
    CalendarDay.objects.get_or_create(kind="work", county_id=task.case.county_id, day=counted, defaults={"working": False, "reason": "洪水"})
    policies.invalidate()
    replanning.replan_all(now=now)
    return task


def policy(task: Assignment, by: User, now: datetime) -> Assignment:
    """An edited allowance and ladder hold for what begins from then on: the running one goes on as it began."""
    before = clock_of(task)
    steep, _new = Ladder.objects.get_or_create(code="steep", defaults={"name": "急", "rungs": [{"rung": 1, "offset": 0, "to": "prefecture"}]})
    version = {"step": task.step, "county_id": task.case.county_id, "valid_from": timezone_day(now)}
    StepPolicy.objects.get_or_create(**version, defaults={"amount": 1, "unit": "working_days", "ladder": steep})
    policies.invalidate()
    replanning.replan_all(now=now)
    after = clock_of(task)
    assert (after.generation, after.due_at, after.rungs) == (before.generation, before.due_at, before.rungs)
    assert planning.plan(task.step, now=now, county_id=task.case.county_id).amount == 1
    return task


def sending_back(task: Assignment, by: User, now: datetime) -> Assignment:
    """The overdue step ends, and the earlier one begins with a ladder of its own."""
    services.send_back(task, step="write_plan", note="方案不实", by=by, now=now)
    assert clock_of(task).state == DeadlineState.CANCELLED
    again: Assignment = Assignment.objects.select_related("case").get(case=task.case_id, step="write_plan", state=AssignmentState.OPEN)
    return again


CHANGES: dict[str, Change] = {change.__name__: change for change in (extension, reassignment, suspension, calendar, policy, sending_back)}


def timezone_day(moment: datetime) -> date:
    return (moment + timedelta(hours=8)).date()  # the test's moments are UTC or Shanghai's own; a day later at most


def changed(place: Place, table: Table, size: Size, *, change: str) -> None:
    """Rung 2 is passed, then the change, then whatever rungs are still to come, to the last."""
    by = User.objects.get(username="county")
    begin = _in_joint_persuasion if change == "sending_back" else _persuading
    expected, number = 0, max(size.some // 200, 3)
    tasks = [begin(place) for _ in range(number)]
    first = max(moment_of(task, 2) for task in tasks)
    expected += _sweep(first)
    assert Escalation.objects.filter(assignment__in=tasks, state=EscalationState.OPEN).count() >= number
    now = first + SOON
    tasks = [CHANGES[change](task, by, now) for task in tasks]
    while (ahead := Deadline.objects.filter(state=DeadlineState.ARMED).order_by("next_at").first()) and ahead.next_at:
        expected += _sweep(ahead.next_at)
    end = clock.now() + timedelta(days=300)
    assert {finding.invariant.code for finding in audit.look(end) if finding.count} == set()
    passed = [sorted(clock_of(task).fires.filter(generation=clock_of(task).generation).values_list("rung", flat=True)) for task in tasks]
    assert all(rungs and rungs[-1] == 5 for rungs in passed), passed
    found = verdict(expected)
    table.add(f"{change.replace('_', ' ')} in mid-ladder, {number:,} tasks", replace(found, late=-1))
    assert found.holds, found


def _sweep(now: datetime) -> int:
    count = 0
    while done := escalation.sweep(now=now):
        count += done
    return count


def _persuading(place: Place) -> Assignment:
    return make_task(make_case(place), now=NOON)


def _in_joint_persuasion(place: Place) -> Assignment:
    """The long road there, by the people whose work it is, so that there are steps to be sent back to."""
    people: dict[str, Any] = {user.username: user for user in User.objects.all()}
    teacher, village, principal, township = (people[name] for name in ("teacher", "village", "principal", "township"))
    case = open_case(
        make_student(place),
        channel="attendance",
        last_attended_on=(NOON - timedelta(days=8)).date(),
        reason="tired_of_school",
        note="",
        by=teacher,
        now=NOON,
    )
    later = persuade(case, teacher, village, principal, township, NOON)
    hold_round(case, held_on=later.date(), participants="镇、校、村", result="refused", note="不愿返校", by=township, now=later)
    found: Assignment = Assignment.objects.select_related("case").get(case=case, step="joint_persuasion", state=AssignmentState.OPEN)
    return found
