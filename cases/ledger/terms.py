"""The words of the table: its levels, columns, lines, and which part of the ledger at which moment is counted."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Level(StrEnum):
    """What one row of the table stands for."""

    UNIT = "unit"  # the notice's 17 rows
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
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

    @property
    def root(self) -> str:
        """The code of the narrowest area that holds all of it."""
        return self.place or self.county


@dataclass(frozen=True)
class At:
    """From 1 January of `year` to the end of the day `until`, as it was known at `as_of` (now, if None)."""

    year: int
    until: date
    as_of: datetime | None = None

    @classmethod
    def month(cls, year: int, month: int, as_of: datetime | None = None) -> At:
        """The table of a month: up to its last day."""
        return cls(year, date(year, month, calendar.monthrange(year, month)[1]), as_of)

    @property
    def month_before(self) -> At | None:
        """The table a month earlier, as it is known at the same moment; None in January, when counting begins anew (note 1)."""
        return At.month(self.year, self.until.month - 1, self.as_of) if self.until.month > 1 else None


@dataclass(frozen=True)
class Pair:
    """A group of the table: all children, and of them those of priority households (其中脱贫人口及防返贫监测对象)."""

    total: int = 0
    priority: int = 0

    def __add__(self, other: Pair) -> Pair:
        return Pair(self.total + other.total, self.priority + other.priority)

    def __sub__(self, other: Pair) -> Pair:
        return Pair(self.total - other.total, self.priority - other.priority)


@dataclass(frozen=True)
class Row:
    """One line. `key` is an area code or the pk of a school; empty in the line of totals, "-" for children that no line below names."""

    key: str
    name: str
    on_ledger: Pair = Pair()
    returned: Pair = Pair()
    deducted: Pair = Pair()
    deferred: Pair = Pair()
    still_out: Pair = Pair()
    carried_over: Pair = Pair()

    def groups(self) -> list[tuple[Column, Pair]]:
        return [(column, getattr(self, column.value)) for column in Column]

    @property
    def adds_up(self) -> bool:
        """台账人数 = 实际复学 + 核减 + 延缓入学 + 仍辍学, in both columns."""
        parts = (self.returned, self.deducted, self.deferred, self.still_out)
        return self.on_ledger == Pair(sum(part.total for part in parts), sum(part.priority for part in parts))
