"""The ladder: who is told of what is overdue, each rung once, never nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from cases.directory.models import Appointment, User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Case
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Place, appoint
from tests.workflows.clockwork import SOON, clock_of, make_case, make_task, make_tasks, moment_of
from workflows import deadlines, escalation, policies, roads, stepped_clock, sweeping
from workflows.models import Assignment, AssignmentState, Deadline, DeadlineState, Escalation, EscalationState, Fire, FireOutcome
from workflows.roadfacts import ROADS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_policies_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    policies.invalidate()
    monkeypatch.setattr(stepped_clock, "_seen", None)
    monkeypatch.setattr(stepped_clock, "_wait_until", 0.0)


@pytest.fixture
def quiet_case(place: Place) -> Case:
    return make_case(place)


@pytest.fixture
def task(quiet_case: Case) -> Assignment:
    return make_task(quiet_case, now=NOON)


def told() -> dict[str, list[str]]:
    """Who was told what, in the order in which it was said."""
    said: dict[str, list[str]] = {}
    for row in Notification.objects.select_related("recipient").order_by("pk"):
        said.setdefault(row.recipient.username, []).append(row.message)
    return said


def laid_before() -> list[tuple[int, str]]:
    return list(Escalation.objects.filter(state=EscalationState.OPEN).order_by("rung", "role").values_list("rung", "role"))


# --- the ladder ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_an_overdue_task_climbs_the_ladder_rung_by_rung(task: Assignment) -> None:
    climbed = []
    for rung in range(1, 6):
        assert escalation.sweep(now=moment_of(task, rung) - SOON) == 0
        assert escalation.sweep(now=moment_of(task, rung)) == 1
        climbed.append((rung, sorted(person for person, said in told().items())))
        Notification.objects.all().delete()

    assert climbed == [
        (1, ["teacher"]),
        (2, ["principal", "teacher"]),
        (3, ["county", "county-2"]),
        (4, ["conference", "convener", "county-head"]),
        (5, ["prefecture"]),
    ]
    assert laid_before() == [
        (2, "principal"),
        (3, "county_officer"),
        (4, "conference_office"),
        (4, "convener"),
        (4, "county_head"),
        (5, "prefecture_officer"),
    ]
    assert clock_of(task).state == DeadlineState.EXHAUSTED
    assert escalation.sweep(now=moment_of(task, 5) + timedelta(days=900)) == 0


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize(
    ("organisation", "role", "second", "third"),
    [
        ("school", "class_teacher", "principal", "county_officer"),
        ("school", "principal", "county_officer", "county_head"),
        ("village", "village_cadre", "township_officer", "convener"),
        ("township", "township_officer", "township_head", "convener"),
        ("township", "township_head", "convener", "convener"),
        ("education", "county_officer", "county_head", "prefecture_officer"),
        ("education", "county_head", "prefecture_officer", "province_officer"),  # nobody heads the prefecture here
        ("justice", "department_officer", "conference_office", "convener"),
    ],
)
def test_each_unit_has_its_head_and_its_superior(quiet_case: Case, place: Place, organisation: str, role: str, second: str, third: str) -> None:
    unit = place.departments["justice"] if organisation == "justice" else getattr(place, organisation)
    task = make_task(quiet_case, organisation=unit, role=role, now=NOON)

    escalation.sweep(now=moment_of(task, 2))
    assert laid_before() == [(2, second)]

    escalation.sweep(now=moment_of(task, 3))
    assert laid_before() == ([(2, second), (3, third)] if second != third else [(3, third)])


@pytest.mark.usefixtures("everybody")
def test_the_county_next_door_learns_nothing(task: Assignment, stranger: User) -> None:
    escalation.sweep(now=moment_of(task, 5))

    assert stranger.username not in told()
    assert not Escalation.objects.queue_of(stranger).exists()


def test_only_the_teacher_of_the_childs_class_is_told(task: Assignment, teacher: User, other_teacher: User) -> None:
    escalation.sweep(now=moment_of(task, 1))

    assert told() == {"teacher": ["task_reminder"]}


def test_whoever_holds_the_task_is_told_alone_while_at_the_post(quiet_case: Case, place: Place, county: User, other_county_officer: User) -> None:
    task = make_task(quiet_case, organisation=place.education, role="county_officer", holder=county, now=NOON)
    escalation.sweep(now=moment_of(task, 1))
    assert told() == {"county": ["task_reminder"]}

    Appointment.objects.filter(user=county).update(until=NOON.date())
    escalation.sweep(now=moment_of(task, 2))
    assert told() == {"county": ["task_reminder"], "county-2": ["task_overdue"]}


def test_an_escalation_lies_in_the_queue_of_the_post(task: Assignment, principal: User, county: User) -> None:
    escalation.sweep(now=moment_of(task, 2))

    assert Escalation.objects.queue_of(principal).count() == 1
    assert Escalation.objects.queue_of(county).count() == 0


def test_a_rung_is_written_into_the_journal_without_a_name(task: Assignment, principal: User) -> None:
    escalation.sweep(now=moment_of(task, 2))

    entry = Entry.objects.get(verb=Verb.DEADLINE_FIRED)
    clock = clock_of(task)
    assert (entry.case_id, entry.actor, entry.organisation_id) == (task.case_id, None, task.organisation_id)
    assert entry.data == {"deadline": clock.pk, "assignment": task.pk, "step": task.step, "rung": 2, "outcome": "acted", "collapsed": [1]}


# --- never nobody -------------------------------------------------------------------------------------------------------------


def test_a_vacant_post_climbs_to_the_next_that_somebody_holds(task: Assignment, county: User) -> None:
    escalation.sweep(now=moment_of(task, 2))

    assert laid_before() == [(2, "county_officer")]
    assert told() == {"county": ["task_overdue"]}
    assert Fire.objects.get(rung=2).outcome == FireOutcome.ACTED


def test_a_person_who_is_no_longer_active_holds_nothing(task: Assignment, principal: User, county: User) -> None:
    User.objects.filter(pk=principal.pk).update(is_active=False)
    escalation.sweep(now=moment_of(task, 2))

    assert laid_before() == [(2, "county_officer")]


def test_an_appointment_that_begins_later_does_not_count_yet(task: Assignment, county: User, other_teacher: User, place: Place) -> None:
    appoint(other_teacher, "principal", place.school, since=date(2027, 1, 1))
    escalation.sweep(now=moment_of(task, 2))

    assert laid_before() == [(2, "county_officer")]


def test_the_climb_ends_at_the_province(task: Assignment, province: User) -> None:
    for rung in (1, 2, 3, 4, 5):
        escalation.sweep(now=moment_of(task, rung))

    assert set(told()) == {"province"}
    assert laid_before() == [(5, "province_officer")]
    assert not Fire.objects.filter(outcome=FireOutcome.NOBODY).exists()


def test_nobody_at_all_is_on_record_and_alarms_the_administrators(task: Assignment, admin: User) -> None:
    escalation.sweep(now=moment_of(task, 2))

    assert Fire.objects.get(rung=2).outcome == FireOutcome.NOBODY
    assert told() == {"admin": ["nobody_answers"]}
    assert clock_of(task).next_rung == 3


# --- once ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_after_an_outage_every_rung_is_on_record_and_each_person_is_told_once(task: Assignment) -> None:
    assert escalation.sweep(now=moment_of(task, 4)) == 1

    assert list(Fire.objects.order_by("rung").values_list("rung", "outcome")) == [(1, "collapsed"), (2, "collapsed"), (3, "collapsed"), (4, "acted")]
    assert set(told()) == {"teacher", "principal", "county", "county-2", "county-head", "convener", "conference"}
    assert all(len(said) == 1 for said in told().values())
    assert laid_before() == [(2, "principal"), (3, "county_officer"), (4, "conference_office"), (4, "convener"), (4, "county_head")]
    assert Entry.objects.get(verb=Verb.DEADLINE_FIRED).data["collapsed"] == [1, 2, 3]
    assert clock_of(task).next_rung == 5


def test_a_fire_that_is_already_there_is_passed_without_saying_it_again(task: Assignment, principal: User) -> None:
    before = {"next_rung": 1, "next_at": moment_of(task, 1)}
    escalation.sweep(now=moment_of(task, 2))
    Deadline.objects.filter(assignment=task).update(**before)  # as if something had armed it again

    assert escalation.sweep(now=moment_of(task, 2)) == 1

    assert Fire.objects.count() == 2
    assert (Escalation.objects.count(), Entry.objects.filter(verb=Verb.DEADLINE_FIRED).count()) == (1, 1)
    assert clock_of(task).next_rung == 3


def test_a_fire_is_never_changed_and_never_taken_back(task: Assignment, principal: User) -> None:
    escalation.sweep(now=moment_of(task, 2))

    for change in ("UPDATE workflows_fire SET rung = 9", "DELETE FROM workflows_fire", "TRUNCATE workflows_fire CASCADE"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_task_that_is_done_is_not_escalated(task: Assignment, principal: User) -> None:
    deadlines.meet(task.pk, now=NOON)
    assert escalation.sweep(now=moment_of(task, 5)) == 0


def test_a_clock_whose_task_is_gone_stops_without_a_word(task: Assignment, principal: User) -> None:
    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE)

    assert escalation.sweep(now=moment_of(task, 5)) == 1

    assert clock_of(task).state == DeadlineState.CANCELLED
    assert (Fire.objects.count(), told()) == (0, {})


def test_a_clock_of_a_suspended_case_that_still_ran_is_suspended_with_it(task: Assignment, quiet_case: Case, principal: User) -> None:
    paused_at = NOON + timedelta(minutes=5)
    Case.objects.filter(pk=quiet_case.pk).update(paused_at=paused_at)

    escalation.sweep(now=moment_of(task, 2))

    clock = clock_of(task)
    assert (clock.state, clock.paused_at, Fire.objects.count()) == (DeadlineState.PAUSED, paused_at, 0)


# --- many, and the bad one among them -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_a_batch_costs_as_many_statements_as_one_deadline(place: Place, django_assert_max_num_queries: Any) -> None:
    tasks = make_tasks([make_case(place) for _ in range(40)], now=NOON)

    with django_assert_max_num_queries(18):
        assert escalation.sweep(now=moment_of(tasks[0], 3)) == 40

    assert Fire.objects.count() == 120


def test_a_sweep_that_finds_nothing_is_one_look(task: Assignment, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):  # savepoint, look, release
        assert escalation.sweep(now=NOON) == 0


def test_the_look_uses_the_index(task: Assignment) -> None:
    with CaptureQueriesContext(connection) as seen:
        escalation.sweep(now=NOON)
    look = next(query["sql"] for query in seen.captured_queries if "FOR NO KEY UPDATE" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {look}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "deadline_due" in plan


@pytest.mark.usefixtures("everybody")
def test_a_poisoned_row_delays_no_neighbour_and_is_set_aside_in_the_end(place: Place) -> None:
    tasks = make_tasks([make_case(place) for _ in range(20)], now=NOON)
    bad = clock_of(tasks[7])
    Deadline.objects.filter(pk=bad.pk).update(rungs=[{"rung": 1, "at": "no moment", "to": "holder"}])
    now = moment_of(tasks[0], 2)

    assert escalation.sweep(now=now) == 20

    assert Fire.objects.values("deadline").distinct().count() == 19
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.last_error) == (DeadlineState.ARMED, 1, "ValueError")
    assert escalation.sweep(now=now) == 0  # it waits

    for _ in range(escalation.TRIES - 1):
        bad.refresh_from_db()
        assert bad.not_before is not None
        assert escalation.sweep(now=bad.not_before) == 1

    bad.refresh_from_db()
    assert bad.state == DeadlineState.QUARANTINED
    assert told()["admin"] == ["deadline_stuck"]


def test_a_constraint_that_fails_only_at_the_commit_stands_alone_too(place: Place, principal: User) -> None:
    tasks = make_tasks([make_case(place) for _ in range(4)], now=NOON)
    bad = clock_of(tasks[2])
    Deadline.objects.filter(pk=bad.pk).update(generation=32767)
    Assignment.objects.filter(pk=tasks[2].pk).update(step="x" * 32)
    due = moment_of(tasks[0], 2)
    Deadline.objects.filter(pk=bad.pk).update(rungs=[{"rung": 99999, "offset": 0, "at": due.isoformat(), "to": "head"}], next_rung=2)

    assert escalation.sweep(now=due) == 4

    assert sorted(set(Fire.objects.values_list("deadline__assignment_id", flat=True))) == [tasks[0].pk, tasks[1].pk, tasks[3].pk]


def test_what_poisons_the_alarm_as_well_still_delays_nobody(place: Place, admin: User, principal: User) -> None:
    good, bad = make_tasks([make_case(place), make_case(place)], now=NOON)
    Case.objects.filter(pk=bad.case.pk).update(number="坏号")  # no message may carry it
    now = moment_of(good, 2)
    Deadline.objects.filter(assignment=bad).update(attempts=escalation.TRIES - 1)

    assert escalation.sweep(now=now) == 2

    assert (clock_of(good).fired, clock_of(bad).state) == (2, DeadlineState.QUARANTINED)
    assert "admin" not in told()


# --- facts that time brings ------------------------------------------------------------------------------------------------------


def test_a_term_that_ran_out_is_recorded_once(quiet_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    facts: list[tuple[int, datetime]] = []
    monkeypatch.setitem(ROADS, "term_runs", lambda case, task, now: facts.append((case.pk, now)))
    task = make_task(quiet_case, step="term_runs", now=NOON, road=True, legal=True)
    due = clock_of(task).due_at

    assert escalation.sweep(now=due) == 0
    assert roads.sweep(now=due - SOON) == 0
    assert roads.sweep(now=due) == 1
    assert roads.sweep(now=due) == 0

    assert facts == [(quiet_case.pk, due)]
    assert (Fire.objects.get().rung, clock_of(task).state) == (2, DeadlineState.EXHAUSTED)


def test_a_fact_that_was_due_before_it_was_armed_is_recorded_at_once(quiet_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    facts: list[int] = []
    monkeypatch.setitem(ROADS, "persuade_suspected", lambda case, task, now: facts.append(case.pk))
    make_task(quiet_case, step="persuade_suspected", now=NOON, road=True, on=date(2026, 9, 1))

    assert sweeping.sweep_all(now=NOON) == 1
    assert facts == [quiet_case.pk]


def test_a_fact_that_cannot_be_recorded_leaves_nothing_half_done(quiet_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(case: Case, task: Assignment, now: datetime) -> None:
        Case.objects.filter(pk=case.pk).update(danger=True)
        raise RuntimeError

    monkeypatch.setitem(ROADS, "term_runs", refuse)
    task = make_task(quiet_case, step="term_runs", now=NOON, road=True)

    assert roads.sweep(now=clock_of(task).due_at) == 1

    clock, quiet_case = clock_of(task), Case.objects.get(pk=quiet_case.pk)
    assert (clock.state, clock.attempts, clock.last_error) == (DeadlineState.ARMED, 1, "RuntimeError")
    assert (quiet_case.danger, Fire.objects.count()) == (False, 0)


def test_a_term_of_a_suspended_case_waits(quiet_case: Case) -> None:
    task = make_task(quiet_case, step="term_runs", now=NOON, road=True)
    Case.objects.filter(pk=quiet_case.pk).update(paused_at=NOON)

    roads.sweep(now=clock_of(task).due_at)

    assert clock_of(task).state == DeadlineState.PAUSED


# --- a clock that leaps ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_when_the_clock_leaps_the_rungs_that_punish_wait_and_the_administrator_is_told(
    task: Assignment, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepped_clock, "_movable", lambda: False)
    clock(NOON)
    assert escalation.sweep() == 0

    clock(moment_of(task, 4) + SOON)
    assert escalation.sweep() == 1

    assert list(Fire.objects.order_by("rung").values_list("rung", flat=True)) == [1, 2]
    assert told()["admin"] == ["clock_leapt"]
    assert escalation.sweep() == 0

    monkeypatch.setattr(stepped_clock, "_wait_until", 0.0)
    assert escalation.sweep() == 1
    assert Fire.objects.filter(outcome=FireOutcome.ACTED, rung=4).exists()


@pytest.mark.usefixtures("everybody")
def test_a_clock_that_is_meant_to_be_moved_may_leap(task: Assignment, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    assert escalation.sweep() == 0

    clock(moment_of(task, 4) + SOON)
    assert escalation.sweep() == 1

    assert Fire.objects.get(outcome=FireOutcome.ACTED).rung == 4
