"""The difference between two tables, by name: who came, who left, who changed the column, and who is counted elsewhere now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cases import sql
from cases.ledger import rules as rulebook
from cases.ledger.children import GROUP, PLACE, children, key_of
from cases.ledger.figures import in_order
from cases.ledger.rules import Rules
from cases.ledger.terms import At, Column, Level, Within


class Kind(StrEnum):
    """What happened to a child between two tables."""

    CAME = "came"
    LEFT = "left"
    CHANGED = "changed"  # another column
    MOVED = "moved"  # same column, another line


@dataclass(frozen=True)
class Move:
    """One child: its column and line before and now; None where it was, or is, not counted here."""

    case_id: int
    before: Column | None
    now: Column | None
    line_before: str = ""
    line_now: str = ""

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return Kind.CAME
        if self.now is None:
            return Kind.LEFT
        return Kind.CHANGED if self.before != self.now else Kind.MOVED


def moves(at: At, before: At | None, *, within: Within | None = None, level: Level = Level.UNIT, rules: Rules | None = None) -> list[Move]:
    """Everybody whose place in the table `at` differs from the one in the table `before`, by case. `before` None is an empty table.

    Give `before` the moment at which that month was closed, and what was told about it later shows here. One query.
    """
    within, rules = within or Within(), rules or rulebook.in_force()
    now, values = children(at, within, rules, prefix="now_")
    was, others = children(before or At(at.year, at.until), within, rules, prefix="was_")
    # a child that counts again has several lines: the first is compared with the first
    nth = "row_number() OVER (PARTITION BY case_id ORDER BY entered_on, this_year)" if rules.relapse_counts_again else "1"
    side = f"SELECT case_id, {nth} AS nth, {PLACE} AS place, {GROUP[level]} AS grouped FROM ({{0}}) child"  # noqa: S608  of our own names
    statement = f"""
        WITH now AS ({side.format(now)}), was AS ({side.format(was)} WHERE %(is_something)s), met AS (
            SELECT case_id, was.place AS was, now.place AS now, was.grouped AS was_in, now.grouped AS now_in
            FROM was FULL JOIN now USING (case_id, nth)
            WHERE (was.place, was.grouped) IS DISTINCT FROM (now.place, now.grouped)
        )
        SELECT * FROM (
            SELECT case_id, was, now, {key_of(level, "was_in")} AS line_was, {key_of(level, "now_in")} AS line_now FROM met
        ) moved
        WHERE (was, line_was) IS DISTINCT FROM (now, line_now) ORDER BY case_id
    """  # noqa: S608  of our own names
    text, bound = in_order(statement, values | others | {"is_something": before is not None})
    found = sql.ask(text, *bound)
    return [Move(case, _column(was_), _column(now_), line_was or "", line_now or "") for case, was_, now_, line_was, line_now in found]


def _column(name: str | None) -> Column | None:
    return Column(name) if name else None
