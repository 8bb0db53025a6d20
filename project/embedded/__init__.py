"""PostgreSQL and Valkey of our own, on Unix sockets, for trial, tests and a single small office.

Every process that uses the servers holds one shared lock for as long as it lives. The first to come starts them, the last to go stops
them, and since the kernel drops a lock together with its holder, even `kill -9` leaves no wrong count behind: servers that outlive all
their holders are found alive by the next start, and adopted, or found half dead, and replaced.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from project.embedded.places import Places
from project.embedded.trouble import EmbeddedServerError

__all__ = ["EmbeddedServerError", "mend", "start", "stop"]

_held: dict[int, int] = {}  # the process that holds, and the file it holds by: a forked child inherits the one, but is not the other


def start() -> None:
    """The servers run when this returns; nothing happens when addresses are given, or when this process holds them already.

    Raises EmbeddedServerError, in one line for people, when a server cannot run on this machine.
    """
    from django.conf import settings

    if not settings.EMBEDDED or os.getpid() in _held:
        return
    # Only here: an installation with servers of its own has none of the packages that these need.
    from project.embedded import postgres, valkey

    places: Places = settings.PLACES
    places.make()
    _held[os.getpid()] = _shared(places.lock)
    atexit.register(stop)  # now: what was started before something else failed is stopped again
    with _alone(places.lock.with_suffix(".starting")):
        postgres.ensure(places)
        if not os.environ.get("REDIS_URL"):
            valkey.ensure(places)


def mend() -> None:
    """Start again what this process holds and what has died since."""
    from django.conf import settings

    if os.getpid() not in _held:
        return
    from project.embedded import postgres, valkey

    places: Places = settings.PLACES
    with _alone(places.lock.with_suffix(".starting")):
        if not postgres.runs(places):
            postgres.ensure(places)
        if not os.environ.get("REDIS_URL") and not valkey.runs(places):
            valkey.ensure(places)


def stop() -> None:
    """Let go of the servers; whoever was the last stops them."""
    from django.conf import settings

    descriptor = _held.pop(os.getpid(), None)
    if descriptor is None:
        return
    from project.embedded import postgres, valkey

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # somebody else still works with them
    else:
        valkey.halt(settings.PLACES)
        postgres.halt(settings.PLACES)
    finally:
        os.close(descriptor)


def _shared(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a last holder is stopping them
    return descriptor


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
