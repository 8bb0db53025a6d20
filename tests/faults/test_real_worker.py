"""A real worker, a real beat, a real broker: an overdue task reaches the head of the unit, then its superior, each rung once.
And with the broker gone, the sweeper that needs PostgreSQL alone does the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cases.directory.models import User
from notifications.models import Notification
from project.embedded import valkey
from project.embedded.places import Places
from tests.cast import NOON
from tests.factories import Place
from tests.faults.processes import environment, running, wait_until
from tests.workflows.clockwork import SOON, make_case, make_task, moment_of
from workflows import policies
from workflows.models import Assignment, Escalation, Fire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Places]:
    """A Valkey of this test's own, so that it can be stopped while others work."""
    places = Places.under(tmp_path / "broker")
    places.make()
    valkey.ensure(places)
    yield places
    valkey.halt(places)


@pytest.fixture
def task(place: Place, teacher: User, principal: User, county: User) -> Assignment:
    return make_task(make_case(place), holder=teacher, now=NOON)


def has_climbed(task: Assignment, *rungs: int) -> bool:
    return list(Escalation.objects.filter(assignment=task).order_by("rung").values_list("rung", flat=True)) == list(rungs)


def everything_once(task: Assignment) -> None:
    assert list(Fire.objects.filter(deadline__assignment=task).order_by("rung").values_list("rung", "outcome")) == [
        (1, "collapsed"),
        (2, "acted"),
        (3, "acted"),
    ]
    assert list(Escalation.objects.filter(assignment=task).order_by("rung").values_list("rung", "role")) == [(2, "principal"), (3, "county_officer")]
    said = Notification.objects.filter(link=f"/tasks/{task.pk}/").order_by("pk").values_list("recipient__username", "message")
    assert sorted(said) == [("county", "escalated"), ("principal", "escalated"), ("teacher", "task_overdue")]


def test_worker_and_beat_escalate_to_the_head_then_to_the_superior(
    task: Assignment, clock: Callable[[datetime], None], broker: Places, tmp_path: Path
) -> None:
    env = environment(tmp_path, f"redis+socket://{broker.valkey_socket}")
    log, celery = tmp_path / "celery.log", ("-m", "celery", "-A", "tests.faults.fast_timetable")
    clock(NOON)
    with ExitStack() as processes:
        processes.enter_context(running(*celery, "worker", "--loglevel", "info", env=env, log=log))
        processes.enter_context(running(*celery, "beat", "--loglevel", "info", env=env, log=log))
        wait_until(lambda: "workflows.jobs.sweep_deadlines" in log.read_text() and "succeeded" in log.read_text(), log=log)
        assert has_climbed(task)

        clock(moment_of(task, 2) + SOON)
        wait_until(lambda: has_climbed(task, 2), log=log)

        clock(moment_of(task, 3) + SOON)
        wait_until(lambda: has_climbed(task, 2, 3), log=log)

        sweeps = log.read_text().count("succeeded")
        wait_until(lambda: log.read_text().count("succeeded") > sweeps + 1, log=log)  # later sweeps say nothing twice
    everything_once(task)


def test_with_the_broker_gone_the_sweeper_does_the_same_and_outlives_a_lost_connection(
    task: Assignment, clock: Callable[[datetime], None], broker: Places, tmp_path: Path
) -> None:
    env = environment(tmp_path, f"redis+socket://{broker.valkey_socket}")
    log = tmp_path / "sweeper.log"
    clock(moment_of(task, 2) + SOON)
    valkey.halt(broker)
    with running("manage.py", "sweep_deadlines", "--loop", "--every", "0.5", env=env, log=log) as sweeper:
        wait_until(lambda: has_climbed(task, 2), log=log)

        assert cut_off_everybody_else() >= 1
        clock(moment_of(task, 3) + SOON)
        wait_until(lambda: has_climbed(task, 2, 3), log=log)

        sweeper.terminate()
        assert sweeper.wait(10) == 0  # stops cleanly when it is asked to
    everything_once(task)


def cut_off_everybody_else() -> int:
    """What a restart of PostgreSQL does to whoever was connected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return len(rows)
