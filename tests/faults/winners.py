"""A task completed at the very moment of its rung."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

from cases.journal import clock
from cases.register.locking import lock
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.size import Size
from tests.faults.table import Table
from tests.faults.verdict import verdict
from tests.workflows.clockwork import SOON
from workflows import deadlines, escalation
from workflows.models import Assignment, AssignmentState, Deadline, DeadlineState, Escalation, EscalationState, Fire


def side_by_side(*jobs: Callable[[], None]) -> None:
    """Each in a thread and a connection of its own, begun together."""
    together, failed = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        try:
            together.wait()
            job()
        except Exception as error:  # noqa: BLE001  shown below, in the thread that asserts
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def complete_against_fire(place: Place, table: Table, size: Size) -> None:
    """Tasks are completed at the very moment of their rung: one winner each, and nothing stays before a supervisor."""
    cases = cases_for(place, 50)
    make_running(cases, size.races, due="engine_now()")
    tasks = list(Assignment.objects.select_related("case").order_by("pk"))
    random.Random(7).shuffle(tasks)
    now = clock.now() + SOON

    def complete(mine: list[Assignment]) -> Callable[[], None]:
        def run() -> None:
            for task in mine:
                with transaction.atomic():
                    lock(task.case)
                    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE, done_at=now)
                    deadlines.meet(task.pk, now=now)

        return run

    def sweep() -> None:
        while Deadline.objects.filter(state=DeadlineState.ARMED).exists():
            escalation.sweep(20, now=now)
            time.sleep(0.002)

    # two each, and a case belongs to one completer, as a person's browser tab does
    halves = [[task for task in tasks if (task.case_id or 0) % 2 == half] for half in (0, 1)]
    side_by_side(complete(halves[0]), complete(halves[1]), sweep, sweep)

    fired = set(Fire.objects.filter(rung=2).values_list("deadline__assignment_id", flat=True))
    found = verdict(len(fired))
    table.add(f"complete against fire, {size.races:,} races", found, f"{size.races - len(fired):,} won by the person, {len(fired):,} by the rung")
    assert found.holds, found
    assert not Deadline.objects.exclude(state=DeadlineState.MET).exists()
    assert not Escalation.objects.filter(state=EscalationState.OPEN).exists()
    assert set(Escalation.objects.values_list("assignment_id", flat=True)) == fired
