"""Sweepers beside each other, a sweeper that is killed, a completion at the same moment: each rung once, none lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.locking import lock
from cases.register.models import Case
from notifications.models import Notification
from tests.factories import Place
from tests.faults.processes import environment
from tests.faults.winners import side_by_side
from tests.workflows.clockwork import make_case, make_many, moment_of
from workflows import deadlines, escalation, policies
from workflows.models import Assignment, AssignmentState, Deadline, DeadlineState, Escalation, EscalationState, Fire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


def each_once(tasks: list[Assignment]) -> None:
    """Rungs 1 and 2, collapsed and acted, with everything that follows from them, once for every task."""
    count = len(tasks)
    assert Fire.objects.filter(rung=2, outcome="acted").count() == Fire.objects.filter(rung=1, outcome="collapsed").count() == count
    assert Fire.objects.count() == 2 * count
    assert Escalation.objects.count() == Escalation.objects.values("assignment").distinct().count() == count
    assert Entry.objects.filter(verb=Verb.DEADLINE_FIRED).count() == count
    assert Notification.objects.filter(message="task_overdue").count() == Notification.objects.filter(message="escalated").count() == count
    assert not Deadline.objects.exclude(next_rung=3, state=DeadlineState.ARMED, attempts=0).exists()


def until_nothing_is_due(now: datetime, limit: int) -> Callable[[], None]:
    def sweep() -> None:
        while escalation.sweep(limit, now=now):
            pass

    return sweep


def test_sweepers_beside_each_other_pass_each_rung_once(place: Place) -> None:
    tasks = make_many(make_case(place), 400)
    now = moment_of(tasks[0], 2)

    side_by_side(*[until_nothing_is_due(now, 30) for _ in range(3)])
    until_nothing_is_due(now, 500)()

    each_once(tasks)


def test_a_completion_and_a_rung_at_the_same_moment_leave_nothing_before_a_supervisor(place: Place) -> None:
    cases = [make_case(place) for _ in range(8)]
    tasks = [task for case in cases for task in make_many(case, 10)]
    now = moment_of(tasks[0], 2)

    def complete(mine: list[Assignment]) -> Callable[[], None]:
        def run() -> None:
            for task in mine:
                with transaction.atomic():
                    lock(task.case)
                    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE)
                    deadlines.meet(task.pk, now=now)

        return run

    random.Random(7).shuffle(tasks)
    side_by_side(until_nothing_is_due(now, 4), until_nothing_is_due(now, 4), complete(tasks[:40]), complete(tasks[40:]))

    assert not Deadline.objects.exclude(state=DeadlineState.MET).exists()
    assert not Escalation.objects.filter(state=EscalationState.OPEN).exists()
    assert Fire.objects.filter(rung=2).count() == Escalation.objects.count() == Entry.objects.filter(verb=Verb.DEADLINE_FIRED).count()


def test_the_sweep_never_waits_for_somebody_who_works_on_the_case(place: Place) -> None:
    case = make_case(place)
    tasks = make_many(case, 5)
    now = moment_of(tasks[0], 2)
    locked, swept = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            Case.objects.select_for_update(no_key=True).get(pk=case.pk)
            locked.set()
            assert swept.wait(20)

    def sweep() -> None:
        assert locked.wait(20)
        try:
            assert escalation.sweep(now=now) == 5
        finally:
            swept.set()

    side_by_side(work, sweep)
    each_once(tasks)


SWEEPER = """
import sys
from datetime import datetime
import django
django.setup()
from workflows import escalation
now = datetime.fromisoformat(sys.argv[1])
print("ready", flush=True)
while escalation.sweep(40, now=now):
    print("batch", flush=True)
"""


def test_a_sweeper_that_is_killed_loses_nothing_and_doubles_nothing(place: Place, tmp_path: Path) -> None:
    tasks = make_many(make_case(place), 800)
    now = moment_of(tasks[0], 2)
    env, chance, killed = environment(tmp_path, "redis+socket:///nowhere"), random.Random(11), 0
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", SWEEPER, now.isoformat()], cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, text=True
        ) as sweeper:
            assert sweeper.stdout
            assert sweeper.stdout.readline() == "ready\n"
            sweeper.stdout.readline()  # within a batch from here on
            threading.Event().wait(chance.uniform(0, 0.06))
            sweeper.send_signal(signal.SIGKILL)
        killed += sweeper.returncode == -signal.SIGKILL
    assert killed >= 3
    left = Deadline.objects.filter(state=DeadlineState.ARMED, next_rung=1).count()
    assert 0 < left < 800

    until_nothing_is_due(now, 500)()

    each_once(tasks)
