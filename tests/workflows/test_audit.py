"""The auditor: each invariant, broken on purpose in the database, is named; what stands still is set going again, and nothing is ever fired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from cases.register.models import Case
from notifications.models import Delivery, DeliveryState, Notification
from tests.cast import NOON
from tests.databases import as_owner
from tests.factories import Place
from tests.workflows.breaks import (
    BREAKS,
    Breaks,
    after,
    case_adrift,
    clock_astray,
    clock_set_aside,
    clock_stands,
    danger_waits,
    rung_skipped,
    task_without_clock,
)
from tests.workflows.clockwork import SOON, clock_of, make_case, make_task, moment_of
from workflows import audit, escalation, heartbeat, mending, policies, roads, sweeping
from workflows.invariants import INVARIANTS
from workflows.models import Assignment, AuditRun, Deadline, DeadlineState, Escalation, Fire, Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    policies.invalidate()
    monkeypatch.setattr(heartbeat, "_last", {})


@pytest.fixture
def task(place: Place, everybody: list[User]) -> Assignment:
    return make_task(make_case(place), now=NOON)


def found(now: datetime) -> dict[str, list[int]]:
    return {finding.invariant.code: finding.ids for finding in audit.look(now) if finding.count != 0}


# --- each invariant, broken on purpose ----------------------------------------------------------------------------------------


def test_nothing_is_named_while_all_is_well(task: Assignment) -> None:
    assert found(NOON) == {}
    for rung in range(1, 6):
        assert found(after(task, rung)) == {}


def test_every_invariant_has_its_test() -> None:
    assert [breaks.__name__ for breaks in BREAKS] == [invariant.code for invariant in INVARIANTS]


@pytest.mark.parametrize("breaks", BREAKS, ids=lambda breaks: breaks.__name__)
def test_an_invariant_that_is_broken_is_named_and_no_other(task: Assignment, breaks: Breaks) -> None:
    now, broken = breaks(task)

    assert found(now) == {breaks.__name__: [broken]}


@pytest.mark.django_db(transaction=True)
def test_a_rung_that_is_on_record_twice_is_named_even_if_its_constraint_is_gone(task: Assignment) -> None:
    now = after(task)
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("ALTER TABLE workflows_fire DROP CONSTRAINT each_rung_once")
        try:
            owner.execute("ALTER TABLE workflows_fire DISABLE TRIGGER USER")
            owner.execute(
                "INSERT INTO workflows_fire (deadline_id, generation, rung, planned_at, decided_at, outcome, recipients)"
                " SELECT deadline_id, generation, rung, planned_at, decided_at, outcome, recipients FROM workflows_fire WHERE rung = 2"
            )
            assert found(now) == {"fired_twice": [clock_of(task).pk]}
        finally:
            owner.execute("TRUNCATE workflows_fire CASCADE")
            owner.execute("ALTER TABLE workflows_fire ENABLE TRIGGER USER")
            owner.execute("ALTER TABLE workflows_fire ADD CONSTRAINT each_rung_once UNIQUE (deadline_id, generation, rung)")


def test_a_plan_that_nobody_can_read_is_named_and_hides_nothing_else(task: Assignment, place: Place) -> None:
    other = make_task(make_case(place), now=NOON)
    Deadline.objects.filter(assignment=task).update(rungs=[{"rung": "one", "at": "no moment"}, 7])
    Deadline.objects.filter(assignment=other).update(rungs="nothing", state=DeadlineState.QUARANTINED)

    assert found(NOON) == {"clock_astray": [clock_of(task).pk], "clock_set_aside": [clock_of(other).pk]}
    assert audit.audit(job="command", now=NOON)


# --- what it sets going again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("breaks", [clock_astray, clock_stands, danger_waits, task_without_clock, rung_skipped], ids=lambda breaks: breaks.__name__)
def test_a_clock_that_stands_still_is_set_going_again_and_every_rung_comes(task: Assignment, breaks: Breaks) -> None:
    now, _broken = breaks(task)

    run = audit.audit(job="timetable", now=now)

    assert run is not None
    assert (list(run.findings), run.mended) == ([breaks.__name__], {breaks.__name__: 1})
    assert (Fire.objects.count(), Escalation.objects.count()) == (0, 0)
    escalation.sweep(now=moment_of(task, 5))
    assert sorted(Fire.objects.values_list("rung", flat=True)) == [1, 2, 3, 4, 5]
    assert found(moment_of(task, 5) + SOON) == {}


def test_a_clock_that_was_stopped_while_its_task_is_open_runs_on_from_the_rung_where_it_was(task: Assignment) -> None:
    now = after(task, 2)
    Deadline.objects.filter(assignment=task).update(state=DeadlineState.MET, next_at=None)

    run = audit.audit(job="timetable", now=now)

    assert run is not None
    assert run.mended == {"task_without_clock": 1}
    clock = clock_of(task)
    assert (clock.state, clock.next_rung, clock.next_at) == (DeadlineState.ARMED, 3, moment_of(task, 3))


def test_what_waits_longer_than_a_failure_makes_it_wait_comes_at_once(task: Assignment) -> None:
    now = moment_of(task, 2)
    Deadline.objects.filter(assignment=task).update(not_before=now + timedelta(days=30))
    assert escalation.sweep(now=now) == 0

    run = audit.audit(job="timetable", now=now)

    assert run is not None
    assert run.mended == {"clock_passed": 1}
    assert escalation.sweep(now=now) == 1


def test_what_failed_waits_as_long_as_it_must(task: Assignment) -> None:
    now = moment_of(task, 2)
    wait = now + timedelta(minutes=8)
    Deadline.objects.filter(assignment=task).update(not_before=wait, attempts=5)

    run = audit.audit(job="timetable", now=now)

    assert run is not None
    assert (list(run.findings), run.mended, clock_of(task).not_before) == (["clock_passed"], {}, wait)


def test_a_clock_of_a_suspended_case_stays_suspended(task: Assignment) -> None:
    Case.objects.filter(pk=task.case.pk).update(paused_at=NOON)
    Deadline.objects.filter(assignment=task).delete()

    audit.audit(job="timetable", now=NOON)

    assert (clock_of(task).state, clock_of(task).next_at) == (DeadlineState.PAUSED, None)


def test_a_clock_that_changes_the_road_is_made_anew_as_one(task: Assignment) -> None:
    matures = make_task(task.case, step="persuade_suspected", now=NOON, road=True)
    due = clock_of(matures).due_at
    Deadline.objects.filter(assignment=matures).delete()

    audit.audit(job="timetable", now=NOON)

    clock = clock_of(matures)
    assert (clock.changes_road, clock.due_at, clock.next_at) == (True, due, due)
    assert roads.sweep(now=due - SOON) == 0


def test_what_was_set_aside_gets_eight_more_tries_when_somebody_has_looked_at_it(task: Assignment) -> None:
    now, broken = clock_set_aside(task)

    assert audit.audit(job="timetable", now=now)
    assert clock_of(task).state == DeadlineState.QUARANTINED
    assert mending.try_again([broken], now) == 1
    assert (clock_of(task).state, clock_of(task).attempts) == (DeadlineState.ARMED, 0)


# --- who learns of it -----------------------------------------------------------------------------------------------------------


def test_the_administrators_are_told_once_a_day(task: Assignment) -> None:
    now, _broken = case_adrift(task)

    for _ in range(3):
        audit.audit(job="timetable", now=now)
    assert list(Notification.objects.values_list("recipient__username", "message", "params")) == [("admin", "audit_found", {"count": 1})]
    audit.audit(job="timetable", now=now + timedelta(days=1))
    assert Notification.objects.count() == 2
    assert AuditRun.objects.count() == 4


def test_the_command_ends_with_one_and_names_what_it_found(task: Assignment, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    said = StringIO()
    call_command("audit_deadlines", stdout=said)
    assert "       0  clock_passed" in said.getvalue()

    case_adrift(task)
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("audit_deadlines", stdout=said)
    assert end.value.code == 1
    assert f"case {task.case_id}" in said.getvalue()
    assert AuditRun.objects.count() == 2


def test_looking_changes_nothing(task: Assignment, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    clock_stands(task)
    with pytest.raises(SystemExit):
        call_command("audit_deadlines", look=True, stdout=StringIO())

    assert (AuditRun.objects.count(), clock_of(task).state) == (0, DeadlineState.PAUSED)


# --- signs of life ----------------------------------------------------------------------------------------------------------------


def age(engine: str, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflows_heartbeat SET at = clock_timestamp() - make_interval(secs => %s) WHERE engine = %s", [seconds, engine])


def test_a_sweep_and_an_audit_leave_a_sign_and_seldom_cost_a_statement(db: None, django_assert_num_queries: Callable[[int], object]) -> None:
    sweeping.sweep_all(now=NOON)
    audit.audit(job="timetable", now=NOON)
    assert {sign.engine: sign.silent for sign in heartbeat.signs()} == {"sweep": False, "audit": False}

    with django_assert_num_queries(0):  # type: ignore[attr-defined]  # the plugin gives it, unknown to the types
        heartbeat.beat(heartbeat.SWEEP)


def test_another_process_leaves_no_second_sign_within_half_a_minute(db: None) -> None:
    heartbeat.beat(heartbeat.SWEEP)
    age("sweep", 20)
    first = Heartbeat.objects.get().at
    heartbeat._last.clear()
    heartbeat.beat(heartbeat.SWEEP)
    assert Heartbeat.objects.get().at == first

    age("sweep", 40)
    heartbeat._last.clear()
    heartbeat.beat(heartbeat.SWEEP)
    assert Heartbeat.objects.get().at > first


@pytest.mark.parametrize("engine", ["sweep", "audit"])
def test_the_health_page_is_red_when_an_engine_has_fallen_silent(client: Client, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get(reverse("health")).status_code == 200  # nothing has run here yet

    heartbeat.beat(engine)
    age(engine, 7200)
    assert client.get(reverse("health")).status_code == 200  # we have only just started

    monkeypatch.setattr("project.health.STARTED", -1e9)
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["reasons"]) == (503, [f"{engine} is silent"])

    age(engine, 60)
    assert client.get(reverse("health")).status_code == 200


def test_letters_that_were_given_up_are_counted(client: Client, task: Assignment) -> None:
    escalation.sweep(now=moment_of(task, 2))
    said = Notification.objects.latest("pk")
    Delivery.objects.create(notification=said, channel="email", key="dead", created_at=NOON, state=DeliveryState.DEAD)

    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["outbox"]) == (200, {"late": 0, "dead": 1})
