"""Who is on the ledger at a moment, and as what: the one relation from which every number and every list of names is taken."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from cases.ledger.rules import Rules
from cases.ledger.stretches import FOREVER
from cases.ledger.terms import At, Column, Level, Within

Values = dict[str, Any]

SPEAKS = "(enters_ledger OR standing IN ('still_out', 'returned', 'deducted', 'deferred'))"  # of the ledger; a mere suspicion does not

COLUMN = {
    Column.ON_LEDGER: "this_year",
    Column.RETURNED: "this_year AND standing = 'returned'",
    Column.DEDUCTED: "this_year AND standing = 'deducted'",
    Column.DEFERRED: "this_year AND standing = 'deferred'",
    # whoever is in no other column: so the columns always add up
    Column.STILL_OUT: "this_year AND standing NOT IN ('returned', 'deducted', 'deferred')",
    Column.CARRIED_OVER: "NOT this_year AND standing = 'still_out'",
}

# A child in the words of the columns; each child that is counted has exactly one.
PLACE = f"""CASE WHEN NOT this_year THEN '{Column.CARRIED_OVER}'
    WHEN standing IN ('returned', 'deducted', 'deferred') THEN standing ELSE '{Column.STILL_OUT}' END"""

# Rounds before the last one: only where a relapse counts again. A round begins with an entry and ends with the next one told.
EARLIER_ROUNDS = """
UNION ALL
SELECT case_id,
       (array_agg(county_id ORDER BY nth DESC))[1], (array_agg(place_id ORDER BY nth DESC))[1], (array_agg(school_id ORDER BY nth DESC))[1],
       min(occurred_on) FILTER (WHERE enters_ledger), bool_or(priority_household) FILTER (WHERE enters_ledger),
       (array_agg(standing ORDER BY nth DESC) FILTER (WHERE {speaks}))[1], (array_agg(code ORDER BY nth DESC) FILTER (WHERE {speaks}))[1]
FROM (
    SELECT *, row_number() OVER told AS nth, count(*) FILTER (WHERE enters_ledger) OVER told AS round,
           count(*) FILTER (WHERE enters_ledger) OVER (PARTITION BY case_id) AS rounds
    FROM cases_standingchange
    WHERE occurred_on <= %(until)s AND {known} AND case_id IN (
        SELECT case_id FROM cases_standingchange WHERE enters_ledger AND occurred_on <= %(until)s AND {known} GROUP BY case_id HAVING count(*) > 1
    )
    WINDOW told AS (PARTITION BY case_id ORDER BY entry_id, id)
) fact
WHERE round BETWEEN 1 AND rounds - 1
GROUP BY case_id, round
HAVING min(occurred_on) FILTER (WHERE enters_ledger) >= %(since)s
"""

# key, name and order of the lines
LINES = {
    Level.UNIT: (
        "SELECT code, coalesce(nullif(ledger_name, ''), name), lpad(ledger_position::text, 4, '0') FROM cases_area"
        " WHERE ledger_position IS NOT NULL AND (starts_with(code, %(root)s) OR starts_with(%(root)s, code))"
    ),
    Level.COUNTY: "SELECT code, name, code FROM cases_area WHERE level = 'county' AND active AND starts_with(code, %(root)s)",
    Level.TOWNSHIP: (
        "SELECT code, name, code FROM cases_area"
        " WHERE level = 'township' AND active AND length(%(root)s) >= 6 AND (starts_with(code, %(root)s) OR code = left(%(root)s, 9))"
    ),
    Level.VILLAGE: (
        "SELECT code, name, code FROM cases_area WHERE level = 'village' AND active AND length(%(root)s) >= 6 AND starts_with(code, %(root)s)"
    ),
    Level.SCHOOL: (
        "SELECT school.id::text, school.name, school.area_id || lpad(school.id::text, 12, '0') FROM cases_organisation school"
        " WHERE school.kind = 'school' AND length(%(root)s) >= 6 AND starts_with(school.area_id, %(root)s)"
        " AND (%(school)s::bigint IS NULL OR school.id = %(school)s)"
        " AND (school.active OR EXISTS (SELECT FROM child WHERE child.school_id = school.id))"
    ),
}

# of a child: what it is grouped by, and the key of its line, which for units is worked out once a county
GROUP = {
    Level.UNIT: "county_id",
    Level.COUNTY: "county_id",
    Level.TOWNSHIP: "left(place_id, 9)",
    Level.VILLAGE: "place_id",
    Level.SCHOOL: "school_id::text",
}
# Four county-level cities and districts are a line of their own.
UNIT_OF = (
    "(SELECT unit.code FROM cases_area unit WHERE unit.ledger_position IS NOT NULL AND unit.code IN ({0}, left({0}, 4))"
    " ORDER BY length(unit.code) DESC LIMIT 1)"
)


def key_of(level: Level, group: str) -> str:
    """The key of the line of a child, from what it is grouped by."""
    return UNIT_OF.format(group) if level == Level.UNIT else group


def children(at: At, within: Within, rules: Rules, *, prefix: str = "") -> tuple[str, Values]:
    """A SELECT of the children that are counted, and its values (their names begin with `prefix`): one row each, with `this_year`,
    `standing`, `code`, `priority`, `entered_on`, and where it is counted. Relapses that count again bring earlier rounds as rows of their own.
    """
    known = f"recorded_at <= %({prefix}as_of)s" if at.as_of else "true"
    told = f"{{0}}.told_from <= %({prefix}as_of)s AND {{0}}.told_to > %({prefix}as_of)s" if at.as_of else f"{{0}}.told_to = timestamptz '{FOREVER}'"
    standing = "{0}.standing" if rules.home_teaching_is_return else (
        "CASE WHEN {0}.standing = 'returned' AND {0}.code = 'home_teaching' THEN 'still_out' ELSE {0}.standing END"
    )  # fmt: skip
    this_year = "stretch.entered_on >= %(since)s"
    if rules.carried_over_counts:
        this_year = f"""({this_year} OR EXISTS (
            SELECT FROM cases_stretch eve WHERE eve.case_id = stretch.case_id AND eve.from_on < %(since)s AND eve.to_on >= %(since)s
                AND {told.format("eve")} AND {standing.format("eve")} NOT IN ('returned', 'deducted')
        ))"""
    counted, values = _narrow(within)
    source = f"""
        SELECT case_id, county_id, place_id, school_id, entered_on, priority, standing, code
        FROM cases_stretch stretch WHERE from_on <= %(until)s AND to_on > %(until)s AND {told.format("stretch")}
    """  # noqa: S608  of our own names
    if rules.relapse_counts_again:
        source += EARLIER_ROUNDS.format(speaks=SPEAKS, known=known)
    statement = f"""
        SELECT case_id, county_id, place_id, school_id, entered_on, priority, code,
               {this_year} AS this_year, {standing.format("stretch")} AS standing
        FROM ({source}) stretch
        WHERE ({this_year} OR {standing.format("stretch")} = 'still_out'){counted}
    """  # noqa: S608  of our own names
    values |= {"since": date(at.year, 1, 1), "until": at.until, "as_of": at.as_of}
    if not prefix:
        return statement, values
    return re.sub(r"%\((?!" + prefix + r")(\w+)\)s", rf"%({prefix}\1)s", statement), {prefix + name: value for name, value in values.items()}


def _narrow(within: Within) -> tuple[str, Values]:
    """Conditions for a part of the province; none for all of it."""
    conditions, values = "", {"root": within.root, "school": within.school}
    if len(within.county) > len("42"):
        conditions += " AND stretch.county_id LIKE %(county)s"
        values["county"] = within.county + "%"
    if within.place:
        conditions += " AND stretch.place_id LIKE %(place)s"
        values["place"] = within.place + "%"
    if within.school is not None:
        conditions += " AND stretch.school_id = %(school)s"
    return conditions, values
