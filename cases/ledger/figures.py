"""The figures of the ledger table (notice 2023-6, appendix) for any month, as known at any moment, in one statement; and who is behind each.

A child counts in a year if it was entered on the ledger in that year, up to the last day asked for, and counts once. The last standing told
about it by then decides its column, its last entry decides whether it counts as of a priority household, and nothing before 1 January is
counted (note 1 of the appendix): who is still out from earlier years stands beside the table. `Rules` has what the notice leaves open.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from cases.ledger import rules as rulebook
from cases.ledger.children import COLUMN, GROUP, LINES, PLACE, Values, children, key_of
from cases.ledger.rules import Rules
from cases.ledger.terms import At, Column, Level, Pair, Row, Within
from cases.register.models import Case

__all__ = ["At", "Column", "Level", "Pair", "Row", "Rules", "Within", "change", "figures", "grid", "members", "names"]

COUNTS = ",\n".join(
    f"coalesce(sum(number) FILTER (WHERE {condition}), 0)::int, coalesce(sum(number) FILTER (WHERE ({condition}) AND priority), 0)::int"
    for condition in COLUMN.values()
)


def figures(
    year: int,
    month_end: date,
    as_of: datetime | None = None,
    within: Within | None = None,
    *,
    level: Level = Level.UNIT,
    total_name: str = "",
    rules: Rules | None = None,
) -> list[Row]:
    """The table from 1 January of `year` to `month_end`: the total first, then the lines in the notice's order, those without children too.

    `as_of` counts only what had been told by that moment, so that a frozen month can be counted again. `rules` are those in force unless
    given. One query.
    """
    counted, values = children(At(year, month_end, as_of), within or Within(), rules or rulebook.in_force())
    # No name of ours is a person's text: the statement is put together from constants, the values are bound.
    # First one look at each child into few groups, then the columns from those.
    statement = f"""
        WITH child AS NOT MATERIALIZED ({counted}), many AS (
            SELECT {GROUP[level]} AS grouped, this_year, priority, standing, count(*) AS number FROM child GROUP BY 1, 2, 3, 4
        ), counted AS (
            SELECT {key_of(level, "grouped")} AS key, this_year, priority, standing, number FROM many
        ), line(key, name, position) AS ({LINES[level]})
        SELECT grouping(coalesce(line.key, '-')) AS is_total, coalesce(line.key, '-'), max(line.name), {COUNTS}
        FROM line FULL JOIN counted ON counted.key = line.key
        GROUP BY GROUPING SETS ((), (coalesce(line.key, '-')))
        ORDER BY is_total DESC, max(line.position) NULLS LAST
    """  # noqa: S608  of our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [_row(found, total_name) for found in cursor.fetchall()]


def grid(
    year: int, until: date, as_of: datetime | None = None, within: Within | None = None, *, rules: Rules | None = None
) -> list[tuple[str, str, Row]]:
    """The same numbers of every county and township at once, where there are any: (county, township, row). One query, however many counties.

    Each child stands in exactly one of them, so every table above is their sum.
    """
    counted, values = children(At(year, until, as_of), within or Within(), rules or rulebook.in_force())
    statement = f"""
        WITH child AS NOT MATERIALIZED ({counted}), many AS (
            SELECT county_id, left(place_id, 9) AS township, this_year, priority, standing, count(*) AS number FROM child GROUP BY 1, 2, 3, 4, 5
        )
        SELECT county_id, township, {COUNTS} FROM many GROUP BY 1, 2
    """  # noqa: S608  of our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(county, township, _row((False, township, "", *counts), "")) for county, township, *counts in cursor.fetchall()]


def change(now: list[Row], before: list[Row]) -> list[Row]:
    """Line by line what has been added since, negative where it has become less; a line that was not there began with nothing."""
    was = {row.key: row for row in before}
    return [
        Row(row.key, row.name, **{column.value: pair - getattr(was.get(row.key, Row("", "")), column.value) for column, pair in row.groups()})
        for row in now
    ]


def members(
    year: int,
    month_end: date,
    column: Column,
    *,
    as_of: datetime | None = None,
    within: Within | None = None,
    level: Level = Level.UNIT,
    key: str = "",
    priority: bool = False,
    rules: Rules | None = None,
) -> QuerySet[Case]:
    """The cases behind one number of the table, whoever may see them: start from `visible_to` and narrow it by this. Part of one query."""
    counted, values = children(At(year, month_end, as_of), within or Within(), rules or rulebook.in_force())
    conditions, among = [f"({COLUMN[column]})"], ""
    if priority:
        conditions.append("priority")
    if key:
        among = f", line(key, name, position) AS ({LINES[level]})"
        conditions.append(f"coalesce((SELECT line.key FROM line WHERE line.key = {key_of(level, GROUP[level])}), '-') = %(key)s")  # noqa: S608  of our own names
        values["key"] = key
    statement = f"WITH child AS NOT MATERIALIZED ({counted}){among} SELECT case_id FROM child WHERE {' AND '.join(conditions)}"  # noqa: S608  of our own names
    found: QuerySet[Case] = Case.objects.filter(pk__in=RawSQL(*in_order(statement, values)))  # noqa: S611  values are bound
    return found


def names(
    year: int, until: date, as_of: datetime | None = None, within: Within | None = None, *, rules: Rules | None = None
) -> list[tuple[int, Column, bool, str, int | None]]:
    """Everybody who is counted: case, column (the last round's alone), priority household, township, school. Each child once; one query."""
    rules = rules or rulebook.in_force()
    counted, values = children(At(year, until, as_of), within or Within(), replace(rules, relapse_counts_again=False))
    statement = f"SELECT case_id, {PLACE}, priority, left(place_id, 9), school_id FROM ({counted}) child ORDER BY case_id"  # noqa: S608  of our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(case, Column(column), priority, township, school) for case, column, priority, township, school in cursor.fetchall()]


def in_order(statement: str, values: Values) -> tuple[str, list[Any]]:
    """The statement with its values by position, as an expression of the ORM takes them."""
    names = re.findall(r"%\((\w+)\)s", statement)
    return re.sub(r"%\(\w+\)s", "%s", statement), [values[name] for name in names]


def _row(found: tuple[Any, ...], total_name: str) -> Row:
    is_total, key, name, *counts = found
    pairs = [Pair(total, priority) for total, priority in zip(counts[::2], counts[1::2], strict=True)]
    return Row("" if is_total else key, (total_name if is_total else name) or "", *pairs)
