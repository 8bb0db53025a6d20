"""What was done and what stood open in a stretch of days, unit by unit, as it was known at a moment. One statement for a whole county or more.

A child counts where its last fact places it: in the school, county or ledger unit that it belonged to at the end of the stretch.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from django.db import connection


class By(StrEnum):
    """What one row stands for."""

    SCHOOL = "school"  # keyed by its pk as text; "" where a child has none
    COUNTY = "county"
    UNIT = "unit"  # one of the notice's 17
    ALL = "all"


@dataclass(frozen=True)
class Work:
    """Numbers of children, but for `absent_days`, `visits` and `watches`, which are numbers of days, visits and watches."""

    entered: int = 0  # on the ledger, in these days
    suspected: int = 0  # 疑似辍学, at the end
    still_out: int = 0  # 辍学, at the end; those of earlier years too
    returned: int = 0  # in these days
    visits: int = 0  # made in these days, whichever line; a corrected record counts once
    absent: int = 0  # children with a day without a reason
    absent_days: int = 0
    watches: int = 0  # 30, 60 and 90 days after a return, held in these days

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing that a unit would have to explain (零报告)."""
        return not (self.entered or self.suspected or self.still_out or self.absent)

    def said(self) -> dict[str, int]:
        return asdict(self)


NAMES = tuple(field.name for field in fields(Work))

_KEY = {
    By.SCHOOL: "coalesce(last.school_id::text, '')",
    By.COUNTY: "last.county_id",
    By.UNIT: (
        "coalesce((SELECT unit.code FROM cases_area unit WHERE unit.ledger_position IS NOT NULL AND unit.code IN (last.county_id,"
        " left(last.county_id, 4)) ORDER BY length(unit.code) DESC LIMIT 1), '')"
    ),
    By.ALL: "''",
}

_FACTS = """
WITH told AS (
    SELECT id, case_id, standing, county_id, school_id, occurred_on, enters_ledger, entry_id
    FROM cases_standingchange
    WHERE recorded_at <= %(cut_off)s AND occurred_on <= %(until)s
      AND case_id IN (SELECT case_id FROM cases_standingchange WHERE county_id LIKE %(place)s)
), fact AS (
    SELECT *, lag(standing) OVER (PARTITION BY case_id ORDER BY entry_id, id) AS before,
           row_number() OVER (PARTITION BY case_id ORDER BY entry_id DESC, id DESC) = 1 AS is_last
    FROM told
), last AS (
    SELECT case_id, standing, county_id, school_id FROM fact WHERE is_last AND county_id LIKE %(place)s
), happened AS (
    SELECT case_id, bool_or(enters_ledger) AS entered, bool_or(standing = 'returned' AND before IS DISTINCT FROM 'returned') AS returned
    FROM fact WHERE occurred_on >= %(since)s GROUP BY case_id
), visit AS (
    SELECT made.case_id, count(*) AS visits FROM cases_homevisit made
    WHERE made.case_id IN (SELECT case_id FROM last) AND made.recorded_at <= %(cut_off)s
      AND (made.occurred_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(since)s AND %(until)s
      AND NOT EXISTS (SELECT FROM cases_homevisit newer WHERE newer.corrects_id = made.id AND newer.recorded_at <= %(cut_off)s)
    GROUP BY made.case_id
), absence AS (
    SELECT case_id, count(*) AS days FROM cases_absence
    WHERE case_id IN (SELECT case_id FROM last) AND reason = 'without' AND at <= %(cut_off)s AND day BETWEEN %(since)s AND %(until)s
    GROUP BY case_id
), watch AS (
    SELECT case_id, count(*) AS watches FROM cases_watch
    WHERE case_id IN (SELECT case_id FROM last) AND at <= %(cut_off)s AND (at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(since)s AND %(until)s
    GROUP BY case_id
)
"""


def work(place: str, *, since: date, until: date, cut_off: datetime, by: By) -> dict[str, Work]:
    """The counties whose code begins with `place`, by key of the rows; units where nothing was and nothing is are left out."""
    statement = f"""{_FACTS}
        SELECT {_KEY[by]}, count(*) FILTER (WHERE entered), count(*) FILTER (WHERE standing = 'suspected'),
               count(*) FILTER (WHERE standing = 'still_out'), count(*) FILTER (WHERE returned), coalesce(sum(visits), 0), count(absence.days),
               coalesce(sum(absence.days), 0), coalesce(sum(watches), 0)
        FROM last LEFT JOIN happened USING (case_id) LEFT JOIN visit USING (case_id) LEFT JOIN absence USING (case_id) LEFT JOIN watch USING (case_id)
        GROUP BY 1
    """  # noqa: S608  of our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, {"place": f"{place}%", "since": since, "until": until, "cut_off": cut_off})
        return {key: Work(*(int(number) for number in numbers)) for key, *numbers in cursor.fetchall()}


def add(rows: list[Work]) -> Work:
    return Work(*(sum(getattr(row, name) for row in rows) for name in NAMES))
