"""The database's connections cut; the database itself stopped and killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from project.embedded import postgres
from project.embedded.places import Places
from tests.databases import lead_to
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.nurse import nursery
from tests.faults.processes import environment, wait_until
from tests.faults.size import MINUTE, SWEEPERS, Size, promised, soon, waiting
from tests.faults.table import Table
from tests.faults.verdict import verdict


def connections_cut(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Every connection cut again and again, in the middle of batches."""
    env = environment(folder, "redis+socket:///nowhere")
    make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
    end = time.time() + size.seconds + MINUTE
    with nursery(env, folder / "nursery.log") as nurse:
        for _ in range(SWEEPERS):
            nurse.start("sweep", batch=50, every=0.1, until=end)
        cut = 0
        while waiting() and time.time() < end:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND usename = current_user"
                )
                row = cursor.fetchone()
            cut += row[0] if row else 0
            time.sleep(0.3)
    found = verdict(size.some)
    table.add(f"{cut} connections cut in the middle of batches", found)
    promised(found)


@contextmanager
def own_server(folder: Path) -> Iterator[Places]:
    """A PostgreSQL of this fault's own, durable and migrated; this process's connection leads there meanwhile."""
    import os

    places = Places.under(folder / "server")
    places.make()
    before, forgetful = dict(connection.settings_dict), os.environ.pop("KC_EMBEDDED_FORGETFUL", None)
    try:
        postgres.ensure(places)
        connection.close()
        connection.settings_dict.update(HOST=str(places.postgres_sockets), PORT="", NAME="kc", USER="kc_owner")
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        lead_to("kc", "kc_app")
        yield places
    finally:
        connection.close()
        connection.settings_dict.update(before)
        if forgetful is not None:
            os.environ["KC_EMBEDDED_FORGETFUL"] = forgetful
        postgres.halt(places)


def database_restarted(elsewhere: Place, table: Table, folder: Path, size: Size) -> None:
    """PostgreSQL stopped and started, in order and by kill -9 of its first process, with sweepers at work."""
    import psutil

    from tests.factories import make_place, make_user

    with own_server(folder) as places:
        place = make_place()
        make_user("teacher", "class_teacher", place.school, school_class=place.school_class)
        make_user("principal", "principal", place.school)
        make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
        env, end = environment(folder, "redis+socket:///nowhere"), time.time() + size.seconds * 2 + MINUTE
        restarts = 0
        with nursery(env, folder / "nursery.log") as nurse:
            for _ in range(SWEEPERS):
                nurse.start("sweep", batch=50, every=0.2, until=end)
            stop = time.time() + size.seconds
            while time.time() < stop:
                time.sleep(3)
                connection.close()
                server = psutil.Process(int((places.postgres / "postmaster.pid").read_text().split()[0]))
                if restarts % 2:
                    server.kill()
                    server.wait(20)
                else:
                    postgres.halt(places)
                postgres.ensure(places)
                restarts += 1
            wait_until(lambda: not waiting(), seconds=MINUTE)
        found = verdict(size.some)
        table.add(f"PostgreSQL restarted {restarts} times, every other time by kill -9", found)
        promised(found)
