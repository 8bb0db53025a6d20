"""The broker flushed, stopped, repeating itself; no broker at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import redis

from project.embedded import valkey
from project.embedded.places import Places
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.processes import environment, running, wait_until
from tests.faults.size import MINUTE, Size, promised, soon, waiting
from tests.faults.table import Table
from tests.faults.verdict import verdict


@contextmanager
def broker(folder: Path) -> Iterator[Places]:
    """A Valkey of this fault's own, so that it can be flushed and stopped."""
    places = Places.under(folder / "broker")
    places.make()
    valkey.ensure(places)
    try:
        yield places
    finally:
        valkey.halt(places)


CELERY = ("-m", "celery", "-A", "tests.faults.fast_timetable")


def broker_in_trouble(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Flushed, stopped, every message delivered twenty times: a worker, two beats, and the sweeper that needs no broker."""
    from celery import Celery

    log = folder / "celery.log"
    with broker(folder) as places, ExitStack() as processes:
        address = f"redis+socket://{places.valkey_socket}"
        env = environment(folder, address)
        processes.enter_context(running(*CELERY, "worker", "--loglevel", "info", env=env, log=log))
        for number in (1, 2):
            schedule = ("--schedule", str(folder / f"beat-{number}"), "--pidfile", str(folder / f"beat-{number}.pid"))
            processes.enter_context(running(*CELERY, "beat", *schedule, env=env, log=log))
        wait_until(lambda: log.exists() and "succeeded" in log.read_text(errors="replace"), log=log, seconds=90)
        make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
        sender, client = Celery(broker=address), redis.Redis(unix_socket_path=str(places.valkey_socket))
        end, rounds = time.monotonic() + size.seconds, count()
        while time.monotonic() < end:
            number = next(rounds)
            for _ in range(20):
                sender.send_task("workflows.jobs.sweep_deadlines", task_id=f"the-same-{number}")
            if number % 3 == 1:
                client.flushall()
            if number % 7 == 3:
                client.close()
                valkey.halt(places)
                time.sleep(1)
                valkey.ensure(places)
            time.sleep(0.4)
        wait_until(lambda: not waiting(), seconds=MINUTE, log=log)
        sender.close()
        client.close()
    found = verdict(size.some)
    table.add("Valkey flushed and stopped, two beats, every message 20 times", found)
    promised(found)


def no_beat_no_broker(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Only the sweeper's loop, and PostgreSQL."""
    env, log = environment(folder, "redis+socket:///nowhere"), folder / "sweeper.log"
    with running("manage.py", "sweep_deadlines", "--loop", "--every", "1", env=env, log=log):
        make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
        wait_until(lambda: not waiting(), seconds=size.seconds + MINUTE, log=log)
    found = verdict(size.some)
    table.add("no beat, no broker: the sweeper's loop alone", found)
    promised(found)
