"""What a periodic report says in numbers: taken from the facts as they were known at its cut-off, so that it can be counted again.

Every number is a plain integer under a plain name: the figures are written down as they stand (JSON), and sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cases import sql
from cases.ledger import figures, trends
from cases.ledger.models import ReportKind
from cases.ledger.terms import At, Column, Level, Row, Within
from cases.periodic.periods import Period
from cases.periodic.terms import begun_between
from cases.periodic.work import By, Work, add, work

Figures = dict[str, Any]

# As a list of a frozen report keeps a line of the ledger's table: five groups and who is carried over, each with its priority households.
GROUPS = (Column.ON_LEDGER, Column.RETURNED, Column.DEDUCTED, Column.DEFERRED, Column.STILL_OUT, Column.CARRIED_OVER)


@dataclass(frozen=True)
class Stretch:
    """From which day to which day is counted, as it was known when."""

    since: date
    until: date
    cut_off: datetime


def of_schools(county: str, schools: list[int], stretch: Stretch) -> dict[int, Figures]:
    """Each school's figures of the month. One statement however many there are."""
    found = work(county, since=stretch.since, until=stretch.until, cut_off=stretch.cut_off, by=By.SCHOOL)
    days = _days(stretch)
    return {school: days | {"work": found.get(str(school), Work()).said()} for school in schools}


def of_unit(period: Period, unit: str, name: str, stretch: Stretch) -> Figures:
    """The figures of a county's quarter, a prefecture's term or the province's school year."""
    if period.kind == ReportKind.QUARTER:
        return _quarter(period, unit, name, stretch)
    if period.kind == ReportKind.TERM:
        return _term(unit, name, stretch)
    return _year(unit, name, stretch)


def _quarter(period: Period, unit: str, name: str, stretch: Stretch) -> Figures:
    before = period.since - timedelta(days=1)
    table = _table(unit, name, period.until, stretch.cut_off, Level.TOWNSHIP)
    return _days(stretch) | {
        "table": table,
        "before": _table(unit, name, before, stretch.cut_off, Level.TOWNSHIP)[0] if before.year == period.until.year else None,
        "work": _work(unit, stretch).said(),
        "cleared": _cleared(unit, stretch),
        "roll": _roll(unit, stretch),
        "schools": _reports(unit, ReportKind.SCHOOL, stretch),
        "terms": [day.isoformat() for day in begun_between(unit, period.since, period.until)],
    }


def _term(unit: str, name: str, stretch: Stretch) -> Figures:
    return _days(stretch) | {
        "table": _table(unit, name, stretch.until, stretch.cut_off, Level.COUNTY),
        "work": _work(unit, stretch).said(),
        "lines": _lines(unit, stretch, By.COUNTY),
        "checks": _checks(unit, stretch, By.COUNTY),
        "reviews": _reports(unit, ReportKind.QUARTER, stretch),
    }


def _year(unit: str, name: str, stretch: Stretch) -> Figures:
    first, last = stretch.since.year, stretch.until.year
    new_year = date(first, 12, 31)
    within, at = Within(county=unit), At(last, stretch.until, stretch.cut_off)
    outcomes = trends.outcomes(at, within=within)
    return _days(stretch) | {
        "table": _table(unit, name, stretch.until, stretch.cut_off, Level.UNIT),
        "before": _table(unit, name, new_year, stretch.cut_off, Level.UNIT),
        "work": _work(unit, stretch).said(),
        "lines": _lines(unit, stretch, By.UNIT),
        "trend": _trend(within, stretch),
        "causes": [[share.code, share.number, share.still_out] for share in trends.causes(at, within=within)],
        "outcomes": [[column.value, share.code, share.number] for column, shares in outcomes.items() for share in shares],
        "checks": _checks(unit, stretch, By.UNIT),
        "surveys": _reports(unit, ReportKind.TERM, stretch),
    }


def _days(stretch: Stretch) -> Figures:
    return {"since": stretch.since.isoformat(), "until": stretch.until.isoformat()}


def _table(unit: str, name: str, until: date, cut_off: datetime, level: Level) -> list[list[Any]]:
    """The notice's table: [key, name, twelve numbers], the whole first."""
    rows = figures.figures(until.year, until, cut_off, Within(county=unit), level=level, total_name=name)
    return [[row.key, row.name, *_numbers(row)] for row in rows]


def _numbers(row: Row) -> list[int]:
    pairs = dict(row.groups())
    return [number for group in GROUPS for number in (pairs[group].total, pairs[group].priority)]


def _work(unit: str, stretch: Stretch) -> Work:
    return add(list(work(unit, since=stretch.since, until=stretch.until, cut_off=stretch.cut_off, by=By.ALL).values()))


def _lines(unit: str, stretch: Stretch, by: By) -> dict[str, dict[str, int]]:
    found = work(unit, since=stretch.since, until=stretch.until, cut_off=stretch.cut_off, by=by)
    return {key: row.said() for key, row in sorted(found.items())}


def _trend(within: Within, stretch: Stretch) -> list[list[int]]:
    """[year, month, six totals] of each month of the school year; counting begins anew in January (note 1 of the notice's table)."""
    rows: list[list[int]] = []
    for year, first, last in ((stretch.since.year, stretch.since.month, 12), (stretch.until.year, 1, stretch.until.month)):
        months = trends.trend(year, last, as_of=stretch.cut_off, within=within)
        rows += [[year, month.month, *(month.counts[group] for group in GROUPS)] for month in months if month.month >= first]
    return rows


def _cleared(unit: str, stretch: Stretch) -> dict[str, int]:
    """Clearances approved in these days, by outcome."""
    rows = sql.ask(
        """
        SELECT clearance.outcome, count(*) FROM cases_clearance clearance
        JOIN LATERAL (
            SELECT county_id FROM cases_standingchange fact
            WHERE fact.case_id = clearance.case_id AND fact.episode = clearance.episode AND fact.standing = clearance.outcome
            ORDER BY fact.entry_id LIMIT 1
        ) fact ON fact.county_id = %s
        WHERE clearance.state = 'approved' AND clearance.case_id IN (SELECT case_id FROM cases_standingchange WHERE county_id = %s)
          AND clearance.decided_at <= %s AND (clearance.decided_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s
        GROUP BY 1
        """,
        *(unit, unit, stretch.cut_off, stretch.since, stretch.until),
    )
    return {outcome: int(number) for outcome, number in sorted(rows)}


def _roll(unit: str, stretch: Stretch) -> dict[str, int]:
    """The comparison with the school-roll system (人账相符): differences found and settled in these days, and open at the cut-off."""
    [row] = sql.ask(
        """
        SELECT count(*) FILTER (WHERE (found_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s),
               count(*) FILTER (WHERE settled_at <= %s AND (settled_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s),
               count(*) FILTER (WHERE settled_at IS NULL OR settled_at > %s)
        FROM cases_discrepancy WHERE county_id = %s AND found_at <= %s
        """,
        *(stretch.since, stretch.until, stretch.cut_off, stretch.since, stretch.until, stretch.cut_off, unit, stretch.cut_off),
    )
    return dict(zip(("found", "settled", "open"), map(int, row), strict=True))


def _reports(unit: str, kind: ReportKind, stretch: Stretch) -> dict[str, int]:
    """The reports from below whose period ended in these days: how many there are, arrived by the cut-off, of them late, and missing."""
    [row] = sql.ask(
        """
        SELECT count(*), count(*) FILTER (WHERE closed_at <= %s),
               count(*) FILTER (WHERE closed_at <= %s AND (closed_at AT TIME ZONE 'Asia/Shanghai')::date > due_on)
        FROM cases_report
        WHERE kind = %s AND unit_id LIKE %s AND (year, month) >= (%s, %s) AND (year, month) <= (%s, %s) AND drawn_up_at <= %s
        """,
        *(stretch.cut_off, stretch.cut_off, str(kind), f"{unit}%"),
        *(stretch.since.year, stretch.since.month, stretch.until.year, stretch.until.month, stretch.cut_off),
    )
    all_of_them, sent, late = map(int, row)
    return {"all": all_of_them, "sent": sent, "late": late, "missing": all_of_them - sent}


def _checks(unit: str, stretch: Stretch, by: By) -> dict[str, dict[str, int]]:
    """Re-checks drawn in these days (抽查复验) and what they found by the cut-off, by the key of the line."""
    key = {
        By.COUNTY: "draw.county_id",
        By.UNIT: (
            "coalesce((SELECT unit.code FROM cases_area unit WHERE unit.ledger_position IS NOT NULL AND unit.code IN (draw.county_id,"
            " left(draw.county_id, 4)) ORDER BY length(unit.code) DESC LIMIT 1), '')"
        ),
    }[by]
    rows = sql.ask(
        f"""
        SELECT {key}, count(*), count(*) FILTER (WHERE spot.at <= %s), count(*) FILTER (WHERE spot.at <= %s AND spot.finding = 'not_true'),
               count(*) FILTER (WHERE spot.at <= %s AND spot.finding = 'not_found')
        FROM cases_spotcheck spot JOIN cases_draw draw ON draw.id = spot.draw_id
        WHERE draw.county_id LIKE %s AND draw.drawn_at <= %s AND (draw.drawn_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s
        GROUP BY 1
        """,  # noqa: S608  of our own names
        *(stretch.cut_off, stretch.cut_off, stretch.cut_off, f"{unit}%", stretch.cut_off, stretch.since, stretch.until),
    )
    return {found: dict(zip(("drawn", "checked", "not_true", "not_found"), map(int, numbers), strict=True)) for found, *numbers in sorted(rows)}


def checks_of_quarter(unit: str, year: int, quarter: int, *, as_of: datetime) -> dict[str, int]:
    """What the re-checks of a county's quarter found by a moment; the findings come in after the review was drawn up."""
    [row] = sql.ask(
        """
        SELECT count(*), count(*) FILTER (WHERE spot.at <= %s), count(*) FILTER (WHERE spot.at <= %s AND spot.finding = 'true'),
               count(*) FILTER (WHERE spot.at <= %s AND spot.finding = 'not_true'),
               count(*) FILTER (WHERE spot.at <= %s AND spot.finding = 'not_found')
        FROM cases_spotcheck spot JOIN cases_draw draw ON draw.id = spot.draw_id
        WHERE draw.county_id = %s AND draw.year = %s AND draw.quarter = %s AND draw.drawn_at <= %s
        """,
        *(as_of, as_of, as_of, as_of, unit, year, quarter, as_of),
    )
    return dict(zip(("drawn", "checked", "true", "not_true", "not_found"), map(int, row), strict=True))
