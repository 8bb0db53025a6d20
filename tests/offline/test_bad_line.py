"""The bad line is really bad: each fault as the browser's side of the socket meets it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from threading import Timer
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.offline.faults import Line, bad_line

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/m/api/session"


@pytest.fixture
def line() -> Iterator[Line]:
    with bad_line() as made:
        yield made


def ask(server: LiveServer, path: str = PATH) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_good_line_changes_nothing_and_remembers_what_came_through(live_server: LiveServer, line: Line) -> None:
    status, _body = ask(live_server, "/login/")
    assert status == 200
    assert line.seen("GET", "/login/") == [("GET", "/login/", 200)]


@pytest.mark.parametrize(("kind", "status"), [("error", 500), ("to_login", 302), ("portal", 200), ("unauthorized", 401), ("busy", 503)])
def test_a_fault_happens_once_to_what_matches(live_server: LiveServer, line: Line, kind: str, status: int) -> None:
    line.expect(kind, path="/login/", skip=1)
    assert ask(live_server, "/login/")[0] == 200
    assert ask(live_server, "/login/")[0] == status
    assert ask(live_server, "/login/")[0] == 200


def test_a_dropped_answer_never_comes_though_the_request_was_carried_out(live_server: LiveServer, line: Line) -> None:
    line.expect("drop", path="/login/")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(live_server, "/login/")
    assert line.log == [("GET", "/login/", 0)]


def test_half_an_answer_is_no_answer(live_server: LiveServer, line: Line) -> None:
    line.expect("cut", path="/login/")
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        ask(live_server, "/login/")


def test_what_hangs_is_let_go_and_dropped(live_server: LiveServer, line: Line) -> None:
    line.expect("hang", path="/login/")
    Timer(0.3, line.release).start()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(live_server, "/login/")
