"""Signs of life of the sweep and the auditor. Their silence turns the health page red, because nobody else would notice it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import connection

from workflows.models import Heartbeat

SWEEP, AUDIT, CALENDAR = "sweep", "audit", "calendar"
EVERY = 30.0  # seconds between two signs of one process, and between two of all processes together
SILENT_AFTER = {SWEEP: 180.0, AUDIT: 1800.0}  # seconds: six rounds of the one, three of the other

_last: dict[str, float] = {}  # of this process, by its monotonic clock


@dataclass(frozen=True)
class Sign:
    """`silent` None: it has never run here, which is no silence."""

    engine: str
    seconds_ago: float | None
    silent: bool | None


def beat(engine: str, *, every: float = EVERY) -> None:
    """Leave a sign, at most one in `every` seconds: nothing at all where this process left one lately, else one statement."""
    now = time.monotonic()
    if now - _last.get(engine, -every) < every:
        return
    _last[engine] = now
    # clock_timestamp(), not engine_now(): whether a process lives has nothing to do with the moved clock of a demo
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO workflows_heartbeat (engine, at, note) VALUES (%s, clock_timestamp(), '')
            ON CONFLICT (engine) DO UPDATE SET at = EXCLUDED.at WHERE workflows_heartbeat.at < EXCLUDED.at - make_interval(secs => %s)
            """,
            [engine, every],
        )


def signs() -> list[Sign]:
    """How long ago each engine that must not fall silent left its last sign."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine, extract(epoch FROM clock_timestamp() - at)::float FROM workflows_heartbeat")
        ago = dict(cursor.fetchall())
    return [Sign(engine, ago.get(engine), ago[engine] > limit if engine in ago else None) for engine, limit in SILENT_AFTER.items()]


def note_of(engine: str) -> str:
    """What an engine wrote beside its last sign; nothing when it never ran."""
    return Heartbeat.objects.filter(pk=engine).values_list("note", flat=True).first() or ""


def write(engine: str, note: str) -> None:
    """A sign with a note, for whoever must know how far it came."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflows_heartbeat (engine, at, note) VALUES (%s, clock_timestamp(), %s)"
            " ON CONFLICT (engine) DO UPDATE SET at = EXCLUDED.at, note = EXCLUDED.note",
            [engine, note],
        )
