"""The tasks of a jurisdiction as one set out of three: those about its cases, its reports and the matters of its units.

Each is asked for by itself and UNION ALL puts them together, because each has an index of its own, and an OR over three tables has none: PostgreSQL
would read every open task of the province for a county's board. No task is in two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from workflows.scope import Threefold

COUNTIES = ("case__county", "report__unit", "matter__county")  # where each of the three keeps its county


def grouped(rows: Threefold, columns: Callable[[str], dict[str, Any]], counted: str) -> list[tuple[Any, ...]]:
    """The column "key" and what is `counted` (SQL over the other columns) of each of its values; one query. `columns` is asked for each of the
    three, with the way to its county."""
    first, *others = (part.values(**columns(county)) for part, county in zip(rows, COUNTIES, strict=True))
    try:
        inner, params = first.union(*others, all=True).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, {counted} FROM ({inner}) task WHERE key IS NOT NULL GROUP BY key", params)  # noqa: S608  our own text
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def ordered(rows: Threefold, *columns: str) -> QuerySet[Any]:
    """The pks of all three, followed by these columns and in their order: to be counted and cut."""
    first, *others = (part.values_list("pk", *columns) for part in rows)
    return first.union(*others, all=True).order_by(*columns, "pk")
