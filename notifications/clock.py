"""The one clock: `engine_now()` in PostgreSQL is `clock_timestamp()` plus an offset that only demo and tests may set.

It stands in the lowest app, so that everybody reads the same; Python's own clock is never asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Func


class EngineNow(Func):
    """The engine's moment as an SQL expression."""

    function = "engine_now"
    output_field = DateTimeField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(**extra)


def now() -> datetime:
    """The engine's moment. Ask at the edge; rules and services take it as an argument."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine_now()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
