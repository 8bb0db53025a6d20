"""The engine's moment. The SQL function belongs to the database, which everybody asks; Python's clock is never read here."""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


class EngineNow(Func):
    function = "engine_now"
    output_field = DateTimeField()


def now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine_now()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
