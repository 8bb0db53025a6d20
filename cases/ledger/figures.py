"""The figures of the ledger table (notice 2023-6, appendix), counted from the facts in one statement.

A child counts in a year if it was entered on the ledger in that year, up to the last day asked for, and counts once. The last fact told
about it by then decides its column, its last entry decides whether it counts as of a priority household, and nothing before 1 January is
counted (note 1 of the appendix): who is still out from earlier years stands beside the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from cases.register.models import Case


class Level(StrEnum):
    """What one row of the table stands for."""

    UNIT = "unit"  # the notice's 17 rows
    COUNTY = "county"
    TOWNSHIP = "township"
    SCHOOL = "school"


class Column(StrEnum):
    """The five groups of the table, and who is carried over beside it."""

    ON_LEDGER = "on_ledger"
    RETURNED = "returned"
    DEDUCTED = "deducted"
    DEFERRED = "deferred"
    STILL_OUT = "still_out"
    CARRIED_OVER = "carried_over"


@dataclass(frozen=True)
class Within:
    """The part of the ledger that is counted: counties whose code begins with `county`, children who live under `place`, one school."""

    county: str = "42"
    place: str = ""
    school: int | None = None


@dataclass(frozen=True)
class Pair:
    """A group of the table: all children, and of them those of priority households (其中脱贫人口及防返贫监测对象)."""

    total: int = 0
    priority: int = 0


@dataclass(frozen=True)
class Row:
    """One line. `key` is an area code or the pk of a school; empty in the line of totals, "-" for children that no line below names."""

    key: str
    name: str
    on_ledger: Pair
    returned: Pair
    deducted: Pair
    deferred: Pair
    still_out: Pair
    carried_over: Pair

    def groups(self) -> list[tuple[Column, Pair]]:
        return [(column, getattr(self, column.value)) for column in Column]


# Every child that was on the ledger at all, with its last entry and its last standing, as it was known at `as_of`.
CHILDREN = """
WITH fact AS (
    SELECT case_id, entry_id, standing, county_id, occurred_on, enters_ledger, priority_household
    FROM cases_standingchange
    WHERE occurred_on <= %(until)s AND (%(as_of)s::timestamptz IS NULL OR recorded_at <= %(as_of)s)
), entry AS (
    SELECT DISTINCT ON (case_id) case_id, occurred_on >= %(since)s AS this_year, priority_household AS priority
    FROM fact WHERE enters_ledger ORDER BY case_id, entry_id DESC
), latest AS (
    SELECT DISTINCT ON (case_id) case_id, standing, county_id FROM fact ORDER BY case_id, entry_id DESC
), child AS (
    SELECT entry.case_id, entry.this_year, entry.priority, latest.standing, latest.county_id, "case".place_id, "case".school_id
    FROM entry JOIN latest USING (case_id) JOIN cases_case "case" ON "case".id = entry.case_id
    WHERE (entry.this_year OR latest.standing = 'still_out')
      AND starts_with(latest.county_id, %(county)s) AND starts_with("case".place_id, %(place)s)
      AND (%(school)s::bigint IS NULL OR "case".school_id = %(school)s)
)
"""

COLUMN = {
    Column.ON_LEDGER: "this_year",
    Column.RETURNED: "this_year AND standing = 'returned'",
    Column.DEDUCTED: "this_year AND standing = 'deducted'",
    Column.DEFERRED: "this_year AND standing = 'deferred'",
    # whoever is in no other column: so the columns always add up
    Column.STILL_OUT: "this_year AND standing NOT IN ('returned', 'deducted', 'deferred')",
    Column.CARRIED_OVER: "NOT this_year AND standing = 'still_out'",
}

# key, name and order of the lines, and the key of a child among them
LINES = {
    Level.UNIT: (
        (
            "SELECT code, coalesce(nullif(ledger_name, ''), name), lpad(ledger_position::text, 4, '0') FROM cases_area"
            " WHERE ledger_position IS NOT NULL AND (starts_with(code, %(county)s) OR starts_with(%(county)s, code))"
        ),
        # four county-level cities and districts are a line of their own
        (
            "(SELECT unit.code FROM cases_area unit WHERE unit.ledger_position IS NOT NULL AND unit.code IN (county_id, left(county_id, 4))"
            " ORDER BY length(unit.code) DESC LIMIT 1)"
        ),
    ),
    Level.COUNTY: (
        "SELECT code, name, code FROM cases_area WHERE level = 'county' AND active AND starts_with(code, %(county)s)",
        "county_id",
    ),
    Level.TOWNSHIP: (
        (
            "SELECT code, name, code FROM cases_area WHERE level = 'township' AND active"
            " AND starts_with(code, greatest(%(county)s, %(place)s)) AND length(greatest(%(county)s, %(place)s)) >= 6"
        ),
        "left(place_id, 9)",
    ),
    Level.SCHOOL: (
        (
            "SELECT school.id::text, school.name, school.area_id || lpad(school.id::text, 12, '0') FROM cases_organisation school"
            " WHERE school.kind = 'school' AND school.active AND length(%(county)s) >= 6 AND starts_with(school.area_id, %(county)s)"
            " AND (%(school)s::bigint IS NULL OR school.id = %(school)s)"
        ),
        "school_id::text",
    ),
}

COUNTS = ",\n".join(f"count(*) FILTER (WHERE {condition}), count(*) FILTER (WHERE ({condition}) AND priority)" for condition in COLUMN.values())


def figures(
    year: int, month_end: date, as_of: datetime | None = None, within: Within | None = None, *, level: Level = Level.UNIT, total_name: str = ""
) -> list[Row]:
    """The table from 1 January of `year` to `month_end`: the total first, then the lines in the notice's order, those without children too.

    `as_of` counts only what had been told by that moment, so that a frozen month can be counted again. One query.
    """
    lines, key = LINES[level]
    # No name of ours is a person's text: the statement is put together from the constants above, the values are bound.
    statement = f"""{CHILDREN}, line(key, name, position) AS ({lines}), counted AS (
        SELECT {key} AS key, this_year, priority, standing FROM child
    )
    SELECT grouping(coalesce(line.key, '-')) AS is_total, coalesce(line.key, '-'), max(line.name), {COUNTS}
    FROM line FULL JOIN counted ON counted.key = line.key
    GROUP BY GROUPING SETS ((), (coalesce(line.key, '-')))
    ORDER BY is_total DESC, max(line.position) NULLS LAST"""  # noqa: S608  of our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(year, month_end, as_of, within or Within()))
        return [_row(found, total_name) for found in cursor.fetchall()]


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
) -> QuerySet[Case]:
    """The cases behind one number of the table, whoever may see them: start from `visible_to` and narrow it by this. Part of one query."""
    values = _values(year, month_end, as_of, within or Within())
    among, conditions = "", [f"({COLUMN[column]})"]
    if priority:
        conditions.append("priority")
    if key:
        lines, own = LINES[level]
        among = f", line(key) AS (SELECT key FROM ({lines}) AS every_line(key, name, position))"  # noqa: S608  of our own names
        conditions.append(f"coalesce((SELECT line.key FROM line WHERE line.key = {own}), '-') = %(key)s")  # noqa: S608  of our own names
        values["key"] = key
    statement = f"{CHILDREN}{among} SELECT case_id FROM child WHERE {' AND '.join(conditions)}"  # noqa: S608  of our own names
    found: QuerySet[Case] = Case.objects.filter(pk__in=RawSQL(*_in_order(statement, values)))  # noqa: S611  values are bound
    return found


def _in_order(statement: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The statement with its values by position, as an expression takes them."""
    names = re.findall(r"%\((\w+)\)s", statement)
    return re.sub(r"%\(\w+\)s", "%s", statement), [values[name] for name in names]


def _values(year: int, month_end: date, as_of: datetime | None, within: Within) -> dict[str, Any]:
    return {
        "since": date(year, 1, 1),
        "until": month_end,
        "as_of": as_of,
        "county": within.county,
        "place": within.place,
        "school": within.school,
    }


def _row(found: tuple[Any, ...], total_name: str) -> Row:
    is_total, key, name, *counts = found
    pairs = [Pair(total, priority) for total, priority in zip(counts[::2], counts[1::2], strict=True)]
    return Row("" if is_total else key, (total_name if is_total else name) or "", *pairs)
