"""Very many rows, written by the database itself: each a copy of one that was made in the usual way."""

from __future__ import annotations

from django.db import connection

COPIES = 10_000_000  # the pks of copies begin here


def copy(table: str, original: int, count: int, key: str = "id", *, first: int = COPIES, only: str = "", **other: str) -> None:
    """So many copies of a row, with the pks `first` + n; `other` are columns as SQL of n (from 0) and pk, `only` an AND about n."""
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        values = {name: f'"{name}"' for name in names} | {key: "pk"} | other
        listed = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {', '.join(values[name] for name in names)} FROM {table},"
            f" LATERAL (SELECT n, {first} + n AS pk FROM generate_series(0, %s) n) copies WHERE {key} = {original} {only}",
            [count - 1],
        )
