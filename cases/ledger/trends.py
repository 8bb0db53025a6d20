"""What the table does not show: the year month by month, why children left, what became of them, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases import sql
from cases.ledger import rules as rulebook
from cases.ledger.children import COLUMN, PLACE, Values, children
from cases.ledger.figures import in_order
from cases.ledger.rules import Rules
from cases.ledger.terms import At, Column, Within


@dataclass(frozen=True)
class Month:
    """The columns of one month, of all children."""

    month: int
    counts: dict[Column, int]


@dataclass(frozen=True)
class Share:
    """How many of the counted children have one reason, placement or ground."""

    code: str
    number: int
    still_out: int = 0


@dataclass(frozen=True)
class Span:
    """How many days something took: of so many children, the median and what nine in ten stayed within."""

    number: int
    median: int = 0
    ninety: int = 0


def trend(year: int, months: int, *, as_of: datetime | None = None, within: Within | None = None, rules: Rules | None = None) -> list[Month]:
    """The columns at the end of each of the first `months` months of the year, as known now or at `as_of`. One query."""
    within, rules = within or Within(), rules or rulebook.in_force()
    parts: list[str] = []
    values: Values = {}
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})::int" for condition in COLUMN.values())
    for month in range(1, months + 1):
        counted, bound = children(At.month(year, month, as_of), within, rules, prefix=f"m{month:02}_")
        parts.append(f"SELECT {month}, {counts} FROM ({counted}) child")  # noqa: S608  of our own names
        values |= bound
    statement, bound_values = in_order(" UNION ALL ".join(parts), values)
    return [Month(month, dict(zip(COLUMN, numbers, strict=True))) for month, *numbers in sorted(sql.ask(statement, *bound_values))]


def causes(at: At, *, within: Within | None = None, rules: Rules | None = None) -> list[Share]:
    """The main reasons (CodeList.REASON) of the children in the table, the most frequent first; "" where none is known. One query."""
    counted, values = children(at, within or Within(), rules or rulebook.in_force())
    statement, bound = in_order(
        f"""
        SELECT (SELECT reason FROM cases_case WHERE id = child.case_id), count(*)::int, count(*) FILTER (WHERE {COLUMN[Column.STILL_OUT]})::int
        FROM ({counted}) child WHERE this_year GROUP BY 1 ORDER BY 2 DESC, 1
        """,  # noqa: S608  of our own names
        values,
    )
    return [Share(*found) for found in sql.ask(statement, *bound)]


def outcomes(at: At, *, within: Within | None = None, rules: Rules | None = None) -> dict[Column, list[Share]]:
    """Of the children returned, deducted and deferred: the placement or ground, the most frequent first. One query."""
    counted, values = children(at, within or Within(), rules or rulebook.in_force())
    statement, bound = in_order(
        f"SELECT {PLACE}, code, count(*)::int FROM ({counted}) child WHERE this_year GROUP BY 1, 2 ORDER BY 3 DESC, 2",  # noqa: S608  of our own names
        values,
    )
    found = sql.ask(statement, *bound)
    ways_off = (Column.RETURNED, Column.DEDUCTED, Column.DEFERRED)
    return {column: [Share(code, number) for place, code, number in found if place == column] for column in ways_off}


def times(at: At, *, within: Within | None = None, rules: Rules | None = None) -> tuple[Span, Span]:
    """Days from the discovery to the first visit, and from the entry on the ledger to the first day back, of the children in the table.

    Discovery is the day on which the episode that entered the ledger was opened; contact by telephone is no visit. Who has not been visited
    or is not back is not counted. Two queries.
    """
    counted, values = children(at, within or Within(), rules or rulebook.in_force())
    visited = f"""
        SELECT (visit.day - episode.opened_on)
        FROM ({counted}) child
        JOIN LATERAL (
            SELECT number, opened_on FROM cases_episode WHERE case_id = child.case_id AND opened_on <= child.entered_on ORDER BY number DESC LIMIT 1
        ) episode ON true
        JOIN LATERAL (
            SELECT min((occurred_at AT TIME ZONE 'Asia/Shanghai')::date) AS day FROM cases_homevisit
            WHERE case_id = child.case_id AND episode = episode.number AND mode NOT IN ('phone', 'video')
        ) visit ON visit.day BETWEEN episode.opened_on AND %(until)s
        WHERE this_year
    """  # noqa: S608  of our own names
    back = f"""
        SELECT (back.day - child.entered_on)
        FROM ({counted}) child
        JOIN LATERAL (
            SELECT min(occurred_on) AS day FROM cases_standingchange
            WHERE case_id = child.case_id AND standing = 'returned' AND occurred_on >= child.entered_on
        ) back ON back.day <= %(until)s
        WHERE this_year AND standing = 'returned'
    """  # noqa: S608  of our own names
    return _span(visited, values), _span(back, values)


def _span(days: str, values: Values) -> Span:
    statement, bound = in_order(
        f"""
        SELECT count(*)::int, percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days) FROM ({days}) taken(days)
        """,  # noqa: S608  of our own names
        values,
    )
    [(number, shares)] = sql.ask(statement, *bound)
    return Span(number, *shares) if number else Span(0)
