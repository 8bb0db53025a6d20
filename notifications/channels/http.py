"""One POST to an address that an administrator entered: bounded in time and size, and never led elsewhere.

No redirect is followed, no proxy asked and no cookie kept. Before anything is said, the address that answered is looked at: the ranges in which
machines keep their own secrets (link-local, the metadata of clouds) are refused, whatever name led there.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from notifications.channels.base import Refused, Unreachable, Unsure

CONNECT = 3.0  # seconds until somebody answers, each for the connection and for its encryption
READ = 10.0  # seconds between two words of an answer
TOTAL = 20.0  # seconds for all of it: a gateway that drips keeps nobody waiting
LIMIT = 64 * 1024  # bytes of an answer that are read
PORTS = {"http": 80, "https": 443}
BUSY = frozenset({401, 403, 404, 405, 429, 503})  # the gateway's trouble with us or with everybody, and nothing was taken


class BadAddress(ValueError):
    """Not an address to which messages may be sent; its words are for people."""


class Answer(NamedTuple):
    status: int
    body: bytes


def check(address: str) -> SplitResult:
    """The parts of a plain http or https address. Raises BadAddress."""
    if not address.isascii() or any(ord(sign) <= 32 or ord(sign) == 127 for sign in address):
        raise BadAddress(_("An address has no spaces and no signs outside ASCII."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadAddress(_("This is no address.")) from error
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise BadAddress(_("The address begins with https:// (or http:// inside the office's own network)."))
    if parts.username is not None or parts.fragment:
        raise BadAddress(_("The address holds no password and no #."))
    return parts


def post(address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Raises Unreachable when nothing was said, Unsure when it was said and no answer came."""
    try:
        parts = check(address)
    except BadAddress as error:
        raise Unreachable("BadAddress") from error
    with closing(_connect(parts)) as connection:
        try:
            with _no_longer_than(TOTAL, connection.sock) as over:
                target = parts.path or "/"
                connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body, {"Connection": "close", **headers})
                response = connection.getresponse()
                answer = Answer(response.status, response.read(LIMIT))
        except (OSError, http.client.HTTPException) as error:
            raise Unsure(type(error).__name__) from error
    if over.is_set():
        raise Unsure("TimeoutError")  # half an answer looks like a whole one without a body
    return answer


def judge(answer: Answer) -> Answer:
    """The answer, if it says yes. Raises Refused, Unreachable, Unsure."""
    said = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return answer
    if answer.status in BUSY or 300 <= answer.status < 400:
        raise Unreachable(said)
    if answer.status >= 500:
        raise Unsure(said)  # it may have fallen over before or after
    raise Refused(said)


def _connect(parts: SplitResult) -> http.client.HTTPConnection:
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    try:
        line = socket.create_connection((host, port), CONNECT)
    except (OSError, UnicodeError) as error:  # a name with an impossible label is the latter
        raise Unreachable(type(error).__name__) from error
    try:
        _refuse_secret_places(line)
        if parts.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        line.settimeout(READ)
    except OSError as error:
        line.close()
        raise Unreachable(type(error).__name__) from error
    except Unreachable:
        line.close()
        raise
    connection = http.client.HTTPConnection(host, port) if parts.scheme == "http" else http.client.HTTPSConnection(host, port)
    connection.sock = line
    return connection


def _refuse_secret_places(line: socket.socket) -> None:
    there = ip_address(line.getpeername()[0].partition("%")[0])
    if isinstance(there, IPv6Address) and there.ipv4_mapped:
        there = there.ipv4_mapped
    if there.is_link_local or there.is_multicast or there.is_unspecified:
        raise Unreachable("ForbiddenAddress")


@contextmanager
def _no_longer_than(seconds: float, line: socket.socket) -> Iterator[threading.Event]:
    """Hangs up when the time is over; whoever reads then sees the end of the line."""

    over = threading.Event()

    def hang_up() -> None:
        over.set()
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # under the encryption, which another thread is reading

    alarm = threading.Timer(seconds, hang_up)
    alarm.daemon = True
    alarm.start()
    try:
        yield over
    finally:
        alarm.cancel()
