"""A full work list over a village's network: how large it is, and how long it takes at 256 kbit/s through a line that is really that slow."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from pytest_django.live_server_helper import LiveServer

from cases.directory.models import User
from cases.mobile.worklist import MOST
from cases.register.opening import open_case
from cases.visits.services import log_visit
from tests.benchmarks.conftest import Table
from tests.cast import NOON
from tests.factories import Place, make_guardian, make_student
from tests.visits.saying import visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

RATE = 256_000 / 8  # bytes a second, each way
DELAY = 0.15  # seconds from end to end, each way
WITHIN = 30.0  # seconds
CHANCE = Random(5)
LETTERS = 50  # signs of an account; each other than the last, so that it packs as badly as possible


@contextmanager
def slow_line(to: str) -> Iterator[str]:
    """A proxy on this machine that passes on RATE bytes a second each way, each piece DELAY later."""
    host, port = to.split(":")
    door = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket) -> None:
        free = time.monotonic() + DELAY
        try:
            while piece := source.recv(1024):
                free = max(free, time.monotonic()) + len(piece) / RATE
                time.sleep(max(0.0, free - time.monotonic()))
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def serve() -> None:
        while True:
            try:
                near, _address = door.accept()
            except OSError:
                return
            far = socket.create_connection((host, int(port)))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{door.getsockname()[1]}"
    finally:
        door.close()


def _account() -> str:
    return "".join(chr(CHANCE.randint(0x4E00, 0x8FFF)) for _ in range(LETTERS))


def cookie_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def test_a_full_work_list_over_a_slow_line(
    place: Place, teacher: User, live_server: LiveServer, clock: Callable[[datetime], None], table: Table
) -> None:
    clock(NOON + timedelta(hours=6))
    for number in range(MOST + 5):
        student = make_student(place, name=f"向{chr(0x4E00 + number)}{chr(0x5E00 + number)}", address=f"青山村{number % 9 + 1}组{number}号")
        make_guardian(student, phone=f"138{number:08d}")
        make_guardian(student, name="覃桂英", relation="grandmother", phone=f"139{number:08d}")
        case = open_case(
            student, channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), reason="tired_of_school", by=teacher, now=NOON
        )
        log_visit(case, **visit(mode="phone", account=_account()), by=teacher, now=NOON + timedelta(hours=4))
    headers = {"Cookie": cookie_of(teacher), "Accept-Encoding": "gzip"}
    with slow_line(urlsplit(live_server.url).netloc) as near:
        connection = http.client.HTTPConnection(near, timeout=120)
        begun = time.perf_counter()
        connection.request("GET", "/m/api/worklist", headers=headers)
        answer = connection.getresponse()
        packed = answer.read()
        took = time.perf_counter() - begun
        again = time.perf_counter()
        connection.request("GET", "/m/api/worklist", headers=headers | {"If-None-Match": answer.headers["ETag"]})
        unchanged = connection.getresponse()
        unchanged.read()
        again = time.perf_counter() - again
    whole = gzip.decompress(packed)
    assert whole.count(b'"case_url"') == MOST
    assert unchanged.status == 304
    table.section(f"the phone's work list, {MOST} children, over a line of 256 kbit/s")
    table.row("loaded whole", f"{took:.1f} s", f"{len(packed) / 1024:.0f} KB gzipped", f"{len(whole) / 1024:.0f} KB plain")
    table.row("asked for again, unchanged", f"{again:.1f} s", "304", "")
    assert took < WITHIN
