"""The clock of a task: when it is due and why, what stops it, what moves it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from cases.directory.models import User
from cases.register.models import Case
from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import SOON, at, clock_of, make_case, make_task, moment_of
from workflows import deadlines, planning, policies
from workflows.calendars import Allowance, working_days_between
from workflows.models import Assignment, CalendarDay, Deadline, DeadlineState, Escalation, EscalationState, Ladder, StepPolicy, Unit
from workflows.policies import MissingPolicy
from workflows.steps import STEPS

pytestmark = pytest.mark.django_db
THREE_DAYS = Allowance(3, Unit.WORKING_DAYS)


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


@pytest.fixture
def quiet_case(place: Place) -> Case:
    return make_case(place)


@pytest.fixture
def task(quiet_case: Case) -> Assignment:
    """Due on Sunday 20 September 2026, a make-up workday."""
    return make_task(quiet_case, now=NOON, allowance=THREE_DAYS)


# --- when -------------------------------------------------------------------------------------------------------------------


def test_a_task_is_due_when_the_offices_close_on_its_last_day() -> None:
    plan = planning.plan("school_persuasion", now=NOON, county_id=None)

    assert plan.due_at == at(date(2026, 9, 20), 17, 30)


def test_a_legal_term_runs_to_midnight_and_past_a_holiday() -> None:
    plan = planning.plan("term_runs", now=NOON, county_id=None, from_day=date(2026, 9, 24), legal=True)

    assert plan.due_at == at(date(2026, 10, 9), 0)  # the week ends on 1 October, a holiday; 24:00 of the 8th


def test_hours_count_straight() -> None:
    plan = planning.plan("confirm_receipt", now=at(date(2026, 10, 1), 23), county_id=None)

    assert plan.due_at == at(date(2026, 10, 2), 1)


def test_a_fixed_day_stays_unless_too_few_working_days_remain() -> None:
    on = date(2026, 9, 30)

    assert planning.plan("deferral_ends", now=NOON, county_id=None, on=on).due_at == at(on, 17, 30)
    late = planning.plan("deferral_ends", now=at(on, 20), county_id=None, on=on, at_least=1)
    assert late.due_at == at(date(2026, 10, 8), 17, 30)


def test_the_rungs_are_counted_in_working_days_from_the_due_moment(task: Assignment) -> None:
    days = {
        rung["rung"]: working_days_between(date(2026, 9, 20), datetime.fromisoformat(rung["at"]).date(), policies.calendar_of(None))
        for rung in clock_of(task).rungs
    }

    assert days == {1: -2, 2: 0, 3: 3, 4: 7, 5: 15}


def test_a_rung_that_lies_before_the_arming_is_skipped() -> None:
    assert planning.plan("school_persuasion", now=NOON, county_id=None, allowance=THREE_DAYS).next_rung == 1
    assert planning.plan("first_visit", now=NOON, county_id=None).next_rung == 2
    assert planning.plan("first_visit", now=NOON, county_id=None, from_day=date(2026, 9, 10)).next_rung == 3


def test_beyond_the_published_calendar_a_date_is_provisional() -> None:
    assert not planning.plan("school_persuasion", now=NOON, county_id=None).provisional

    plan = planning.plan("school_persuasion", now=at(date(2026, 12, 30)), county_id=None)
    assert plan.provisional
    with translation.override("en"):
        assert "Provisional" in str(plan)


def test_every_step_has_an_allowance_and_an_unknown_one_fails() -> None:
    for step in STEPS:
        assert policies.policy_of(step, "420526", NOON.date()).ladder

    with pytest.raises(MissingPolicy):
        planning.plan("no_such_step", now=NOON, county_id=None)


def test_what_migrations_planted_is_the_table_in_code() -> None:
    planted = {row.step: (row.amount, row.unit) for row in StepPolicy.objects.filter(county=None)}

    assert planted == {step: (rule.allowance.amount, rule.allowance.unit) for step, rule in STEPS.items()}


def test_a_county_may_have_its_own_allowance_from_a_day_on(place: Place) -> None:
    ladder = Ladder.objects.get(code="standard")
    StepPolicy.objects.create(step="first_visit", county=place.area, valid_from=date(2026, 10, 1), amount=2, unit=Unit.WORKING_DAYS, ladder=ladder)
    policies.invalidate()

    assert policies.policy_of("first_visit", place.area.code, date(2026, 9, 30)).allowance.amount == 1
    assert policies.policy_of("first_visit", place.area.code, date(2026, 10, 1)).allowance.amount == 2
    assert policies.policy_of("first_visit", "420527", date(2026, 10, 1)).allowance.amount == 1


def test_a_county_may_close_on_a_day_of_its_own(place: Place) -> None:
    CalendarDay.objects.create(kind="work", county=place.area, day=date(2026, 9, 17), working=False, reason="洪水")
    policies.invalidate()

    assert planning.plan("first_visit", now=NOON, county_id=place.area.code).due_at.date() == date(2026, 9, 18)
    assert planning.plan("first_visit", now=NOON, county_id="420527").due_at.date() == date(2026, 9, 17)


# --- what it costs ------------------------------------------------------------------------------------------------------------


def test_planning_asks_the_database_nothing_and_arming_is_one_insert(
    task: Assignment, quiet_case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        plan = planning.plan("school_persuasion", now=NOON, county_id=quiet_case.county_id)
    Deadline.objects.all().delete()
    with django_assert_num_queries(1):
        deadlines.arm(task, plan, NOON)


def test_meeting_a_deadline_that_nobody_was_told_of_is_one_statement(task: Assignment, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        deadlines.meet(task.pk, now=NOON)

    assert clock_of(task).state == DeadlineState.MET


def test_what_is_armed_has_a_moment(task: Assignment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.filter(assignment=task).update(next_at=None)


# --- what stops it ------------------------------------------------------------------------------------------------------------


def test_done_and_no_longer_needed_are_told_apart(task: Assignment, quiet_case: Case) -> None:
    other = make_task(quiet_case, now=NOON)

    deadlines.meet(task.pk, now=NOON)
    deadlines.cancel(other.pk, now=NOON)

    assert (clock_of(task).state, clock_of(other).state) == (DeadlineState.MET, DeadlineState.CANCELLED)
    deadlines.cancel(task.pk, now=NOON)
    assert clock_of(task).state == DeadlineState.MET


def test_what_lay_before_supervisors_ends_with_the_task(task: Assignment, principal: User) -> None:
    from workflows import escalation

    escalation.sweep(now=clock_of(task).due_at)
    assert Escalation.objects.get().state == EscalationState.OPEN

    deadlines.meet(task.pk, now=clock_of(task).due_at + SOON)

    assert Escalation.objects.get().state == EscalationState.ENDED


# --- what moves it ------------------------------------------------------------------------------------------------------------


def test_a_pause_really_stops_the_clock(task: Assignment, quiet_case: Case) -> None:
    before = clock_of(task)
    assert deadlines.pause(quiet_case.pk, at(date(2026, 9, 17), 9)) == 1  # two working days are left: Friday and Sunday
    assert clock_of(task).next_at is None

    assert deadlines.resume(quiet_case.pk, at(date(2026, 10, 12), 9)) == 1

    after = clock_of(task)
    task.refresh_from_db()
    assert before.due_at == at(date(2026, 9, 20), 17, 30)
    assert after.due_at == task.due_at == at(date(2026, 10, 14), 17, 30)
    assert (after.state, after.generation) == (DeadlineState.ARMED, 1)
    with translation.override("en"):
        assert "suspended from Thu 17 Sep to Mon 12 Oct, now due on Wed 14 Oct" in planning.words(after.explanation)


def test_a_pause_on_one_day_moves_nothing(task: Assignment, quiet_case: Case) -> None:
    before = clock_of(task)
    deadlines.pause(quiet_case.pk, at(date(2026, 9, 17), 9))
    deadlines.resume(quiet_case.pk, at(date(2026, 9, 17), 16))

    after = clock_of(task)
    assert (after.due_at, after.rungs, after.next_at) == (before.due_at, before.rungs, before.next_at)


def test_a_rung_that_was_passed_before_a_pause_is_not_passed_again(task: Assignment, quiet_case: Case, teacher: User, principal: User) -> None:
    from workflows import escalation

    escalation.sweep(now=moment_of(task, 1))
    deadlines.pause(quiet_case.pk, moment_of(task, 1) + SOON)
    deadlines.resume(quiet_case.pk, at(date(2026, 10, 12), 9))

    clock = clock_of(task)
    assert clock.next_rung == 2
    assert escalation.sweep(now=clock.due_at - SOON) == 0
    assert escalation.sweep(now=clock.due_at) == 1


def test_what_was_overdue_stays_as_overdue_as_it_was(task: Assignment, quiet_case: Case, principal: User) -> None:
    from workflows import escalation

    late = at(date(2026, 9, 22), 9)  # two working days after it was due: rung 3 is one working day away
    escalation.sweep(now=late)
    deadlines.pause(quiet_case.pk, late)
    deadlines.resume(quiet_case.pk, at(date(2026, 10, 14), 9))

    clock = clock_of(task)
    assert clock.due_at == at(date(2026, 10, 12), 17, 30)
    assert (clock.next_rung, clock.next_at) == (3, at(date(2026, 10, 15), 17, 30))


def test_hours_go_on_where_they_stopped(quiet_case: Case) -> None:
    task = make_task(quiet_case, allowance=Allowance(2, Unit.HOURS), now=NOON)
    deadlines.pause(quiet_case.pk, NOON + timedelta(minutes=30))
    deadlines.resume(quiet_case.pk, NOON + timedelta(days=3))

    assert clock_of(task).due_at == NOON + timedelta(days=3, minutes=90)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30)), max_size=4), st.integers(1, 20))
def test_pauses_in_every_order_leave_the_working_days_that_were_given(place: Place, pauses: list[tuple[int, int]], days: int) -> None:
    case = make_case(place)
    task = make_task(case, now=NOON, allowance=Allowance(days, Unit.WORKING_DAYS))
    calendar, moment, used = policies.calendar_of(None), NOON, 0
    for work, rest in pauses:
        paused, resumed = moment + timedelta(days=work), moment + timedelta(days=work + rest)
        if clock_of(task).due_at <= paused + timedelta(days=1):
            break
        used += working_days_between(moment.date(), paused.date(), calendar)
        deadlines.pause(case.pk, paused)
        deadlines.resume(case.pk, resumed)
        moment = resumed

    assert used + working_days_between(moment.date(), clock_of(task).due_at.date(), calendar) == days


def test_an_extension_begins_all_rungs_anew_and_takes_back_what_lay_before_supervisors(task: Assignment, principal: User) -> None:
    from workflows import escalation

    now = clock_of(task).due_at
    escalation.sweep(now=now)
    until = at(date(2026, 9, 30), 17, 30)

    deadlines.extend(task, due_at=until, now=now)

    clock = clock_of(task)
    assert (clock.generation, clock.due_at, clock.next_rung, clock.fired) == (2, until, 1, 0)
    assert Assignment.objects.get(pk=task.pk).due_at == until
    assert Escalation.objects.get().state == EscalationState.WITHDRAWN
    assert escalation.sweep(now=until) == 1
    assert [(fire.generation, fire.rung) for fire in clock.fires.order_by("pk")] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_an_extension_while_suspended_begins_when_the_case_goes_on(task: Assignment, quiet_case: Case) -> None:
    deadlines.pause(quiet_case.pk, NOON)
    deadlines.extend(task, due_at=at(date(2026, 9, 30), 17, 30), now=NOON)
    assert clock_of(task).state == DeadlineState.PAUSED

    deadlines.resume(quiet_case.pk, NOON + SOON)
    assert clock_of(task).due_at == at(date(2026, 9, 30), 17, 30)


def test_an_exhausted_deadline_can_be_extended(task: Assignment, quiet_case: Case) -> None:
    from workflows import escalation

    escalation.sweep(now=moment_of(task, 5))
    assert clock_of(task).state == DeadlineState.EXHAUSTED

    now = moment_of(task, 5) + SOON
    deadlines.extend(task, due_at=now + timedelta(days=7), now=now)

    assert clock_of(task).state == DeadlineState.ARMED
