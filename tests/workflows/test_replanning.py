"""What a changed calendar or allowance does to what is running: shown before, done after, said to those concerned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Case
from cases.visits.services import log_visit
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Place, make_user
from tests.workflows import roads
from tests.workflows.clockwork import SOON, at, clock_of, make_case, make_task, moment_of
from workflows import audit, calendar_end, deadlines, escalation, heartbeat, jobs, policies, previewing, replanning, stepped_clock
from workflows.calendars import Allowance
from workflows.models import Assignment, CalendarDay, Deadline, DeadlineState, Escalation, EscalationState, Fire, Ladder, SchoolTerm, StepPolicy, Unit

pytestmark = pytest.mark.django_db
FRIDAY, SUNDAY = date(2026, 9, 18), date(2026, 9, 20)  # this Sunday is a make-up workday


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    policies.invalidate()
    monkeypatch.setattr(stepped_clock, "_seen", None)
    monkeypatch.setattr(heartbeat, "_last", {})


@pytest.fixture
def task(place: Place, everybody: list[User]) -> Assignment:
    """Due on Sunday 20 September 2026."""
    return make_task(make_case(place), now=NOON, allowance=Allowance(3, Unit.WORKING_DAYS))


def flood(day: date = FRIDAY, county: Any = None) -> CalendarDay:
    made: CalendarDay = CalendarDay.objects.create(kind="work", county=county, day=day, working=False, reason="洪水")
    policies.invalidate()
    return made


# --- counted again ----------------------------------------------------------------------------------------------------------------


def test_a_day_that_no_longer_counts_moves_what_is_running_and_those_concerned_are_told(task: Assignment) -> None:
    flood()

    assert replanning.replan_all(now=NOON) == replanning.Replanned(looked=1, moved=1, left=0)

    clock = clock_of(task)
    task.refresh_from_db()
    assert clock.due_at == task.due_at == at(date(2026, 9, 21), 17, 30)
    assert (clock.generation, clock.state, clock.next_rung) == (2, DeadlineState.ARMED, 1)
    said = Notification.objects.get()
    assert (said.recipient.username, said.message, said.params["due"][:10]) == ("teacher", "calendar_changed", "2026-09-21")
    assert said.params["on"] == "2026-09-18"  # why, in the message itself
    entry = Entry.objects.get(verb=Verb.TASK_EXTENDED)
    assert (entry.case_id, entry.data["assignment"], entry.data["why"]) == (task.case_id, task.pk, "calendar")
    assert entry.data["on"] == "2026-09-18"
    assert datetime.fromisoformat(entry.data["due_at"]) == clock.due_at
    assert replanning.replan_all(now=NOON).moved == 0  # twice is harmless


def test_a_county_that_closes_moves_only_its_own(task: Assignment, neighbour: Place) -> None:
    other = make_task(make_case(neighbour), now=NOON, allowance=Allowance(3, Unit.WORKING_DAYS))
    flood(county=task.case.county)

    assert replanning.replan_all(now=NOON).moved == 1
    assert (clock_of(task).generation, clock_of(other).generation) == (2, 1)


def test_what_is_not_overdue_any_more_is_taken_back_from_the_supervisors(task: Assignment) -> None:
    now = clock_of(task).due_at + SOON
    escalation.sweep(now=now)
    assert Escalation.objects.get().state == EscalationState.OPEN
    flood()

    replanning.replan_all(now=now)

    assert Escalation.objects.get().state == EscalationState.WITHDRAWN
    assert clock_of(task).next_rung == 2
    assert escalation.sweep(now=clock_of(task).due_at) == 1
    assert [(fire.generation, fire.rung) for fire in Fire.objects.order_by("pk")] == [(1, 1), (1, 2), (2, 2)]
    assert {finding.invariant.code for finding in audit.look(clock_of(task).due_at + SOON) if finding.count} == set()


def test_what_is_overdue_all_the_same_passes_no_rung_twice(task: Assignment) -> None:
    now = moment_of(task, 3) + SOON
    escalation.sweep(now=now)
    flood()

    replanning.replan_all(now=now)

    clock = clock_of(task)
    assert (clock.generation, clock.next_rung, clock.fired) == (2, 4, 3)
    assert Escalation.objects.filter(state=EscalationState.OPEN).count() == 2
    escalation.sweep(now=clock.next_at or NOON)
    assert sorted(Fire.objects.values_list("rung", flat=True)) == [1, 2, 3, 4]
    assert {finding.invariant.code for finding in audit.look((clock.next_at or NOON) + SOON) if finding.count} == set()


def test_a_rung_that_is_due_at_once_by_the_new_calendar_comes_at_once(task: Assignment) -> None:
    now = at(date(2026, 9, 19), 9)  # a Saturday that now turns out to be a workday, and so the last of the three
    CalendarDay.objects.create(kind="work", day=date(2026, 9, 19), working=True, reason="调休上班")
    policies.invalidate()

    replanning.replan_all(now=now)

    assert clock_of(task).due_at == at(date(2026, 9, 19), 17, 30)
    assert escalation.sweep(now=at(date(2026, 9, 19), 17, 30)) == 1
    assert set(Fire.objects.values_list("rung", flat=True)) >= {2}


def test_a_date_that_somebody_set_stays(task: Assignment) -> None:
    until = at(date(2026, 9, 30), 17, 30)
    deadlines.extend(task, due_at=until, now=NOON)
    flood()

    replanning.replan_all(now=NOON)

    assert clock_of(task).due_at == until


def test_a_suspended_deadline_is_counted_again_and_stays_suspended(task: Assignment) -> None:
    deadlines.pause(task.case.pk, NOON)
    flood()

    replanning.replan_all(now=NOON + SOON)

    clock = clock_of(task)
    assert (clock.state, clock.next_at, clock.due_at.date()) == (DeadlineState.PAUSED, None, date(2026, 9, 21))
    deadlines.resume(task.case.pk, NOON + timedelta(hours=2))
    assert (clock_of(task).state, clock_of(task).due_at) == (DeadlineState.ARMED, at(date(2026, 9, 21), 17, 30))


def test_a_term_counts_school_days(place: Place, everybody: list[User]) -> None:
    task = make_task(make_case(place), step="confirm_return", now=NOON, allowance=Allowance(5, Unit.SCHOOL_DAYS))
    due = clock_of(task).due_at
    SchoolTerm.objects.create(county=place.area, name="秋季", starts_on=date(2026, 9, 21), ends_on=date(2027, 1, 20))
    policies.invalidate()

    replanning.replan_all(now=NOON)

    assert clock_of(task).due_at > due


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["first_visit", "joint_persuasion", "confirm_return", "confirm_receipt", "deferral_ends"]),
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), max_size=3),
)
def test_by_the_same_calendar_every_deadline_comes_out_as_it_was(place: Place, step: str, start: int, pauses: list[tuple[int, int]]) -> None:
    now = NOON + timedelta(days=start)
    case = make_case(place)
    task = make_task(case, step=step, now=now, at_least=1)
    for work, rest in pauses:
        deadlines.pause(case.pk, now + timedelta(days=work))
        deadlines.resume(case.pk, now := now + timedelta(days=work + rest, hours=1))
    row = Deadline.objects.select_related("case", "assignment").get(assignment=task)

    assert replanning._new_plan(row, now) is None


def test_a_case_that_somebody_is_working_on_waits_for_the_next_time(task: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    flood()
    policies.fingerprint()
    heartbeat.write(heartbeat.CALENDAR, "another")
    monkeypatch.setattr(replanning, "_replan", lambda ids, now: set())
    monkeypatch.setattr("workflows.replanning.time.sleep", lambda seconds: None)

    assert replanning.follow_calendar(NOON) == replanning.Replanned(looked=1, moved=0, left=1)
    monkeypatch.undo()
    done = replanning.follow_calendar(NOON)
    assert done is not None
    assert (done.moved, done.left) == (1, 0)
    assert replanning.follow_calendar(NOON) == replanning.Replanned(looked=1, moved=0, left=0)  # once more: see there
    assert replanning.follow_calendar(NOON) is None


def test_the_timetable_follows_the_calendar_and_begins_without_moving_anything(task: Assignment) -> None:
    Deadline.objects.update(due_at=at(date(2026, 9, 25), 17, 30))
    jobs.follow_calendar()
    assert clock_of(task).generation == 1

    flood()
    jobs.follow_calendar()
    assert clock_of(task).generation == 2


# --- seen before ------------------------------------------------------------------------------------------------------------------


def test_a_preview_counts_what_a_day_would_do_and_changes_nothing(task: Assignment, place: Place) -> None:
    make_task(make_case(place), step="joint_persuasion", now=NOON)
    close = CalendarDay(kind="work", day=FRIDAY, working=False, reason="洪水")

    effects = previewing.preview(close.save, on=NOON.date())

    assert (effects["school_persuasion"].running, effects["school_persuasion"].later) == (1, 1)
    assert (effects["joint_persuasion"].later, effects["joint_persuasion"].earlier) == (0, 0)  # natural days
    assert not CalendarDay.objects.filter(day=FRIDAY).exists()
    assert policies.calendar_of(None).is_working(FRIDAY)


def test_a_preview_of_an_allowance_counts_what_runs_by_the_version_in_force(task: Assignment, place: Place) -> None:
    extra = make_task(make_case(place), step="school_persuasion", now=NOON, allowance=Allowance(9, Unit.WORKING_DAYS))
    shorter = StepPolicy(
        step="school_persuasion", valid_from=NOON.date(), amount=2, unit=Unit.WORKING_DAYS, ladder=Ladder.objects.get(code="standard")
    )

    effect = previewing.preview(shorter.save, on=NOON.date())["school_persuasion"]

    assert (effect.running, effect.earlier, effect.later) == (2, 1, 0)
    assert clock_of(extra).due_at > clock_of(task).due_at


def test_a_preview_of_a_ladder_says_who_would_hear_of_it_sooner(task: Assignment) -> None:
    escalation.sweep(now=clock_of(task).due_at)
    ladder = Ladder.objects.get(code="standard")
    ladder.rungs = [rung | {"offset": 1} if rung["rung"] == 3 else rung for rung in ladder.rungs]

    effect = previewing.preview(ladder.save, on=NOON.date())["school_persuasion"]

    assert (effect.earlier, effect.later, effect.sooner, effect.slower) == (0, 0, 1, 0)


def test_the_command_shows_it(task: Assignment, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    for words in (["day", "2026-09-18", "no"], ["allowance", "school_persuasion", "5", "working_days"]):
        said = StringIO()
        call_command("preview_policy", *words, stdout=said)
        line = next(line for line in said.getvalue().splitlines() if line.startswith("school_persuasion"))
        assert line.split() == ["school_persuasion", "1", "0", "1", "0", "0"]
    assert clock_of(task).generation == 1


def test_the_administration_shows_a_preview_before_it_puts_a_day_into_force(
    client: Client, task: Assignment, admin: User, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    client.force_login(admin)
    address = reverse("admin:workflows_calendarday_add")
    form = {"kind": "work", "day": "2026-09-18", "reason": "洪水", "county": "", "source": ""}

    page = client.post(address, {**form, "_preview": "1"})
    assert page.status_code == 200
    assert [effect.later for _step, effect in page.context["effects"]] == [1]
    assert not CalendarDay.objects.filter(day=FRIDAY).exists()

    assert client.post(address, {**dict(page.context["kept"]), "_save": "1"}).status_code == 302
    assert CalendarDay.objects.get(day=FRIDAY).reason == "洪水"


def test_a_new_allowance_is_said_to_the_bureaus_for_which_it_holds_and_moves_nothing_that_runs(
    client: Client, task: Assignment, admin: User, county: User, neighbour: Place, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    make_user("county-next-door", "county_officer", neighbour.education)
    client.force_login(admin)
    form = {"step": task.step, "county": task.case.county_id, "valid_from": "2026-10-01", "amount": 5, "unit": "working_days", "basis": "县办文"}
    form |= {"ladder": Ladder.objects.get(code="standard").pk}

    assert client.post(reverse("admin:workflows_steppolicy_add"), {**form, "_preview": "1"}).status_code == 200
    assert not Notification.objects.filter(message="policy_changed").exists()
    assert client.post(reverse("admin:workflows_steppolicy_add"), {**form, "_save": "1"}).status_code == 302

    said = Notification.objects.filter(message="policy_changed")
    assert {word.recipient.username for word in said} == {"county", "county-2", "county-head"}
    assert {(word.params["on"], word.params["step"]) for word in said} == {("2026-10-01", task.step)}
    assert (clock_of(task).generation, clock_of(task).amount) == (1, 3)


# --- the end of the calendar --------------------------------------------------------------------------------------------------------


def test_sixty_days_before_the_calendar_ends_the_administrators_are_told_once_a_week(admin: User, county: User) -> None:
    ends = policies.calendar_of(None).published_through
    first = at(ends - timedelta(days=60))

    assert calendar_end.warn_of_the_end(first - timedelta(days=1)) == 0
    assert calendar_end.warn_of_the_end(first) == 1
    assert calendar_end.warn_of_the_end(first + timedelta(hours=3)) == 0
    assert calendar_end.warn_of_the_end(first + timedelta(days=7)) == 1
    assert set(Notification.objects.values_list("recipient__username", "message")) == {("admin", "calendar_ends")}


# --- done in time, told late ----------------------------------------------------------------------------------------------------------


def visit(case: Case, by: User, made_at: datetime, told_at: datetime) -> None:
    log_visit(case, **roads.visit(told_at, occurred_at=made_at), by=by, now=told_at)


@pytest.mark.usefixtures("everybody")
def test_a_visit_made_in_time_and_told_late_meets_the_deadline_and_takes_the_escalation_back(case: Case, teacher: User) -> None:
    task = Assignment.objects.get(case=case, step="first_visit")
    due = clock_of(task).due_at
    escalation.sweep(now=due)
    told_before = set(Fire.objects.get(deadline__assignment=task, rung=2).recipients)
    assert told_before

    visit(case, teacher, due - timedelta(hours=1), due + timedelta(hours=20))

    clock = clock_of(task)
    assert (clock.state, clock.met_as_of) == (DeadlineState.MET, due - timedelta(hours=1))
    assert Escalation.objects.filter(assignment=task).get().state == EscalationState.WITHDRAWN
    assert Fire.objects.filter(deadline=clock, rung=2).exists()
    assert set(Notification.objects.filter(message="escalation_withdrawn").values_list("recipient_id", flat=True)) == told_before


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize(("made", "told", "credited"), [(-1, 71, True), (-1, 72, False), (1, 2, False), (-2, -1, False)])
def test_only_what_was_done_in_time_and_told_within_72_hours_is_credited(case: Case, teacher: User, made: int, told: int, credited: bool) -> None:
    task = Assignment.objects.get(case=case, step="first_visit")
    due = clock_of(task).due_at

    visit(case, teacher, due + timedelta(hours=made), due + timedelta(hours=told))

    assert clock_of(task).state == DeadlineState.MET
    assert (clock_of(task).met_as_of is not None) is credited


@pytest.mark.usefixtures("everybody")
def test_a_visit_made_in_time_is_credited_even_if_somebody_elses_later_one_was_on_record_first(
    case: Case, teacher: User, other_teacher: User, principal: User
) -> None:
    task = Assignment.objects.get(case=case, step="first_visit")
    due = clock_of(task).due_at
    escalation.sweep(now=due)
    visit(case, principal, due + timedelta(hours=2), due + timedelta(hours=3))
    assert clock_of(task).met_as_of is None

    visit(case, teacher, due - timedelta(hours=1), due + timedelta(hours=20))

    assert clock_of(task).met_as_of == due - timedelta(hours=1)
    assert Escalation.objects.get(assignment=task).state == EscalationState.WITHDRAWN
    assert {finding.invariant.code for finding in audit.look(due + timedelta(hours=21)) if finding.count} & {"credit_not_kept"} == set()
    words = Notification.objects.filter(message="escalation_withdrawn").count()
    visit(case, teacher, due - timedelta(hours=2), due + timedelta(hours=22))
    assert Notification.objects.filter(message="escalation_withdrawn").count() == words  # said once


@pytest.mark.usefixtures("everybody")
def test_what_a_supervisor_has_acted_on_stays_as_it_was_decided(case: Case, teacher: User) -> None:
    task = Assignment.objects.get(case=case, step="first_visit")
    due = clock_of(task).due_at
    escalation.sweep(now=due)
    Escalation.objects.filter(assignment=task).update(state=EscalationState.HANDLED)

    visit(case, teacher, due - timedelta(hours=1), due + timedelta(hours=20))

    assert Escalation.objects.get(assignment=task).state == EscalationState.HANDLED
