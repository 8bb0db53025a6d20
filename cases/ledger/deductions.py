"""How many children each unit deducts from the ledger (核减), and where that stands out: it is where cheating happens (reference 2.3 D)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from django.db import connection

from cases.ledger.figures import Level, Row, Within, figures

FEWEST = 5  # children on the ledger: below that a rate says nothing
FAR = 2.0  # standard deviations above what chance alone would make of the common rate


@dataclass(frozen=True)
class DeductionRate:
    """One unit. `rate` is deducted of on the ledger, 0 to 1; `checked` and `not_true` count the spot checks of its clearances of the year."""

    key: str
    name: str
    on_ledger: int
    deducted: int
    rate: float
    is_outlier: bool
    checked: int
    not_true: int


# key of a child's line at each level, as `figures` has it; the facts decide, since a case may have moved
KEYS = {
    Level.UNIT: (
        "(SELECT unit.code FROM cases_area unit WHERE unit.ledger_position IS NOT NULL AND unit.code IN (fact.county_id, left(fact.county_id, 4))"
        " ORDER BY length(unit.code) DESC LIMIT 1)"
    ),
    Level.COUNTY: "fact.county_id",
    Level.TOWNSHIP: "left(fact.place_id, 9)",
    Level.SCHOOL: "fact.school_id::text",
}


def deduction_rates(
    within: Within, year: int, *, until: date | None = None, as_of: datetime | None = None, level: Level = Level.COUNTY
) -> list[DeductionRate]:
    """The units of a level with their rates, the highest first; units without a child on the ledger are left out. Two statements.

    `as_of` counts only what had been told by that moment, the findings of spot checks included.

    An outlier deducts more than `FAR` standard deviations above what chance would make of the rate of all units together, and has at least
    `FEWEST` children on the ledger.
    """
    total, *rows = figures(year, until or date(year, 12, 31), as_of, within, level=level)
    common = total.deducted.total / total.on_ledger.total if total.on_ledger.total else 0.0
    checks = _checks(within, year, level, as_of)
    found = [_rate(row, common, *checks.get(row.key, (0, 0))) for row in rows if row.on_ledger.total]
    return sorted(found, key=lambda one: (-one.rate, -one.on_ledger, one.key))


def _rate(row: Row, common: float, checked: int, not_true: int) -> DeductionRate:
    on_ledger, deducted = row.on_ledger.total, row.deducted.total
    rate = deducted / on_ledger
    spread = sqrt(common * (1 - common) / on_ledger)
    far = on_ledger >= FEWEST and spread > 0 and rate > common + FAR * spread
    return DeductionRate(row.key, row.name, on_ledger, deducted, rate, far, checked, not_true)


def _checks(within: Within, year: int, level: Level, as_of: datetime | None) -> dict[str, tuple[int, int]]:
    """Spot checks on record of clearances of the year, by the unit that counted the child when it was cleared."""
    if level not in KEYS:
        return {}
    statement = f"""
        SELECT {KEYS[level]}, count(*), count(*) FILTER (WHERE spot.finding = 'not_true')
        FROM cases_spotcheck spot JOIN cases_clearance clearance ON clearance.id = spot.clearance_id
        JOIN LATERAL (
            SELECT county_id, place_id, school_id FROM cases_standingchange fact
            WHERE fact.case_id = spot.case_id AND fact.episode = clearance.episode AND fact.standing = clearance.outcome
              AND (%s::timestamptz IS NULL OR fact.recorded_at <= %s)
            ORDER BY fact.entry_id LIMIT 1
        ) fact ON true
        WHERE spot.finding <> '' AND (%s::timestamptz IS NULL OR spot.at <= %s)
          AND extract(year FROM clearance.decided_at AT TIME ZONE 'Asia/Shanghai') = %s
          AND starts_with(fact.county_id, %s) AND starts_with(fact.place_id, %s) AND (%s::bigint IS NULL OR fact.school_id = %s)
        GROUP BY 1
    """  # noqa: S608  of our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_of, as_of, as_of, as_of, year, within.county, within.place, within.school, within.school])
        return {key: (checked, not_true) for key, checked, not_true in cursor.fetchall() if key}
