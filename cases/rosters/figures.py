"""人账相符率: of all children who stand on either ledger, the share about whom nothing is open; by school or by county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

from cases.rosters.models import Discrepancy

if TYPE_CHECKING:
    from cases.directory.models import User


@dataclass(frozen=True)
class UnitRate:
    """A school or a county: `children` on either ledger by its last list, of whom `differing` have an open difference."""

    key: str
    name: str
    children: int
    differing: int
    open: int
    late: int
    taken_on: date | None

    @property
    def rate(self) -> float | None:
        """Per cent with one digit; None where no list was ever compared."""
        return round(100 * (self.children - min(self.differing, self.children)) / self.children, 1) if self.children else None


# The last list that says something of a school: the county's or its own. One statement.
RATES = """
WITH latest AS (
    SELECT DISTINCT ON (tally.county_id, tally.school_id) tally.county_id, tally.school_id, tally.children, roster.taken_on
    FROM cases_tally tally JOIN cases_roster roster ON roster.id = tally.roster_id
    WHERE NOT EXISTS (  -- a later list of the whole county in which the school no longer appears
        SELECT FROM cases_roster later WHERE later.county_id = tally.county_id AND later.school_id IS NULL AND later.state = 'compared'
          AND later.id > tally.roster_id AND later.taken_on >= roster.taken_on)
    ORDER BY tally.county_id, tally.school_id, roster.taken_on DESC, tally.roster_id DESC
), open AS (
    SELECT county_id, school_id, count(*) AS open, count(*) FILTER (WHERE due_on < %(today)s) AS late,
           count(DISTINCT coalesce('c' || case_id, 'r' || row_id)) AS differing
    FROM cases_discrepancy WHERE settled = '' GROUP BY county_id, school_id
), unit AS (
    SELECT coalesce(latest.county_id, open.county_id) AS county_id, coalesce(latest.school_id, open.school_id) AS school_id,
           coalesce(children, 0) AS children, taken_on, coalesce(open, 0) AS open, coalesce(late, 0) AS late, coalesce(differing, 0) AS differing
    FROM latest FULL JOIN open ON open.county_id = latest.county_id AND open.school_id IS NOT DISTINCT FROM latest.school_id
)
"""
BY_SCHOOL = (
    RATES
    + """
SELECT coalesce(unit.school_id::text, ''), coalesce(school.name, ''), children, differing, open, late, taken_on
FROM unit LEFT JOIN cases_organisation school ON school.id = unit.school_id
WHERE (unit.county_id LIKE %(area)s || '%%' AND %(school)s::bigint IS NULL) OR unit.school_id = %(school)s
ORDER BY open DESC, school.name NULLS LAST
"""
)
BY_COUNTY = (
    RATES
    + """
SELECT unit.county_id, county.name, sum(children)::int, sum(differing)::int, sum(open)::int, sum(late)::int, max(taken_on)
FROM unit JOIN cases_area county ON county.code = unit.county_id
WHERE unit.county_id LIKE %(area)s || '%%' GROUP BY unit.county_id, county.name ORDER BY unit.county_id
"""
)


def rates(area: str, *, today: date, school: int | None = None) -> list[UnitRate]:
    """By school inside a county (or of one school), by county above it: one statement. `area` is an administrative code."""
    statement = BY_SCHOOL if school or len(area) >= 6 else BY_COUNTY
    with connection.cursor() as cursor:
        cursor.execute(statement, {"area": area, "school": school, "today": today})
        return [UnitRate(*row) for row in cursor.fetchall()]


def together(units: list[UnitRate], name: str = "") -> UnitRate:
    """All of them as one."""
    taken = [unit.taken_on for unit in units if unit.taken_on]
    return UnitRate(
        "", name, sum(u.children for u in units), sum(u.differing for u in units), sum(u.open for u in units), sum(u.late for u in units),
        max(taken, default=None),
    )  # fmt: skip


def overdue(user: User, today: date) -> int:
    """How many differences that the user may see should have been settled by now."""
    found: Any = Discrepancy.objects.visible_to(user).filter(settled="", due_on__lt=today)
    return int(found.count())
