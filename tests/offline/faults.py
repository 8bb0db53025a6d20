"""A bad line between phone and server, made inside the tests' own server: a page's router does not see what a service worker asks.

    with bad_line() as line:            # or the fixture of the same idea
        line.expect("late", path=r"/photos/", method="PUT", seconds=5)
        line.expect("error", path=r"/photos/", skip=1)                # 500 on the second photo, once
        ...
        line.expect("hang", times=2); line.release()                  # what hangs is let go, and dropped
        line.chaos(Random(7), share=0.3)                              # any fault, on three requests of ten, until line.calm()
        line.seen("PUT", r"/visits/")                                 # what arrived: [(method, path, status), …]

Without a path every request of /m/api/ is meant; a fault happens `times` times after `skip` requests that matched.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Event, Lock
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse, StreamingHttpResponse

API = r"^/m/api/"
PORTAL = "<!doctype html><title>Free WiFi</title><h1>Please accept our terms</h1>"
LONGEST_HANG = 180.0  # seconds; a test that forgets to let go ends all the same

Answer = Callable[[WSGIRequest], HttpResponseBase]


@dataclass
class Fault:
    kind: str
    path: re.Pattern[str]
    method: str
    times: int
    skip: int
    seconds: float


@dataclass
class Line:
    """What is wrong with the line now, and what came through it."""

    log: list[tuple[str, str, int]] = field(default_factory=list)  # status 0: no answer reached the browser
    _faults: list[Fault] = field(default_factory=list)
    _lock: Any = field(default_factory=Lock)
    _released: Event = field(default_factory=Event)
    _chaos: tuple[Random, float] | None = None

    def expect(self, kind: str, *, path: str = API, method: str = "", times: int = 1, skip: int = 0, seconds: float = 5.0) -> None:
        """`kind` is late, error, to_login, portal, drop (stored, and no answer), cut (half an answer), unauthorized, busy or hang."""
        assert kind in KINDS, kind
        with self._lock:
            self._released.clear()
            self._faults.append(Fault(kind, re.compile(path), method, times, skip, seconds))

    def chaos(self, random: Random, share: float) -> None:
        """From now on `share` of what the phone asks goes wrong, in any way but hanging for ever."""
        self._chaos = (random, share)

    def calm(self) -> None:
        """The line is good again; what hangs is let go."""
        with self._lock:
            self._faults.clear()
            self._chaos = None
        self.release()

    def spent(self) -> bool:
        """Whether everything that was expected has gone wrong."""
        with self._lock:
            return not any(fault.times for fault in self._faults)

    def release(self) -> None:
        self._released.set()

    def seen(self, method: str = "", path: str = API) -> list[tuple[str, str, int]]:
        return [row for row in self.log if (not method or row[0] == method) and re.search(path, row[1])]

    def answer(self, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
        fault = self._next(request)
        response = KINDS[fault.kind](self, fault, request, ask) if fault else ask(request)
        status = 0 if isinstance(response, Lost) else response.status_code
        self.log.append((str(request.method), request.path, status))
        return response

    def _next(self, request: WSGIRequest) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times and fault.path.search(request.path) and fault.method in {"", request.method}:
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
            if self._chaos and re.search(API, request.path) and self._chaos[0].random() < self._chaos[1]:
                kind = self._chaos[0].choice([kind for kind in KINDS if kind != "hang"])
                return Fault(kind, re.compile(API), "", 0, 0, self._chaos[0].uniform(0.1, 1.5))
        return None


class Lost(StreamingHttpResponse):
    """An answer of which nothing, or only the beginning, reaches the browser."""

    def __init__(self, request: WSGIRequest, begin: bytes = b"") -> None:
        super().__init__(self._fall_silent(request, begin), content_type="application/json")
        if begin:
            self["Content-Length"] = str(len(begin) * 2)

    @staticmethod
    def _fall_silent(request: WSGIRequest, begin: bytes) -> Iterator[bytes]:
        if begin:
            yield begin
        _hang_up(request)
        raise ConnectionResetError


def _hang_up(request: WSGIRequest) -> None:
    """Close the very socket: the development server would wait for the next request on it."""
    reader = request.environ["wsgi.input"]._read.__self__
    connection: socket.socket = reader.raw._sock
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the browser was faster


def _read(request: WSGIRequest) -> None:
    """Take what the phone sends, as any server in between would."""
    _ = request.body


def _late(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    response = ask(request)
    time.sleep(fault.seconds)
    return response


def _error(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    _read(request)
    return HttpResponse("<h1>Server Error</h1>", status=500)


def _to_login(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    _read(request)
    return HttpResponseRedirect("/login/?next=" + request.path)


def _portal(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    _read(request)
    return HttpResponse(PORTAL)


def _drop(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    ask(request)
    return Lost(request)


def _cut(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    response = ask(request)
    whole = bytes(getattr(response, "content", b"{}"))
    return Lost(request, whole[: len(whole) // 2] or b"{")


def _unauthorized(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    _read(request)
    return JsonResponse({"error": "login", "message": "…"}, status=401)


def _busy(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    _read(request)
    return JsonResponse({"error": "busy", "message": "…"}, status=503)


def _hang(line: Line, fault: Fault, request: WSGIRequest, ask: Answer) -> HttpResponseBase:
    _read(request)
    line._released.wait(LONGEST_HANG)
    return Lost(request)


KINDS: dict[str, Callable[[Line, Fault, WSGIRequest, Answer], HttpResponseBase]] = {
    "late": _late,
    "error": _error,
    "to_login": _to_login,
    "portal": _portal,
    "drop": _drop,
    "cut": _cut,
    "unauthorized": _unauthorized,
    "busy": _busy,
    "hang": _hang,
}


@contextmanager
def bad_line() -> Iterator[Line]:
    """Within, every request to a server of this process passes the line, which is good until something is expected of it."""
    line = Line()
    ask = WSGIHandler.get_response
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "get_response", lambda handler, request: line.answer(request, lambda asked: ask(handler, asked)))
        yield line
        line.calm()
