"""Numbers without gaps that nobody can count ahead of: given under a row lock, taken back with the transaction."""

from __future__ import annotations

from django.db import connection

UPSERT = """
INSERT INTO cases_numberseries (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = cases_numberseries.last + 1
RETURNING last
"""


def next_number(series: str) -> int:
    """The next number of the series, from 1. Ask late: whoever comes next in the series waits for the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [series])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def case_number(county: str, year: int) -> str:
    """<county>-<year>-<0001>, such as 420526-2026-0001."""
    return f"{county}-{year}-{next_number(f'case {county} {year}'):04d}"
