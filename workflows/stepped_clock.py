"""A guard against a clock that jumps: when the database's clock leaps ahead of this process's own, the rungs that punish wait."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from notifications.services import Message, notify_many
from workflows.ladders import system_administrators

LEAP = 600  # seconds ahead of what this process measured
WAIT = 600  # seconds in which an administrator can look at it

_seen: tuple[datetime, float] | None = None  # the last moment of the engine, and this process's own measure of time then
_wait_until = 0.0


def punishing_rungs_wait(now: datetime) -> bool:
    """Whether rungs that tell a superior organisation must wait, because the clock leapt. The administrators are told once.

    A clock that is meant to be moved, in a demo or a test, may leap.
    """
    global _seen, _wait_until
    measured = time.monotonic()
    before, _seen = _seen, (now, measured)
    if before and now - before[0] > timedelta(seconds=measured - before[1] + LEAP) and not _movable():
        _wait_until = measured + WAIT
        _tell(now)
    return measured < _wait_until


def _movable() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT movable FROM engine_clock")
        row = cursor.fetchone()
    return bool(row and row[0])


def _tell(now: datetime) -> None:
    notify_many(
        [
            Message(recipient_id=person, message="clock_leapt", params={}, link="", key=f"clock_leapt:{now:%Y%m%d%H}:{person}", urgent=True)
            for person in system_administrators(timezone.localdate(now))
        ]
    )
