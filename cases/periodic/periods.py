"""The rhythm of the ministry's notice 教基厅函〔2024〕15号: school monthly, county quarterly, prefecture each term, province each school year.

The notice names the rhythm alone; the days of draw-up and delivery are settings (cases.codes.lists) with the evidence beside them.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from cases.codes.services import setting
from cases.ledger.models import ReportKind
from cases.periodic.terms import terms_of

SEPTEMBER, AUGUST = 9, 8
LATEST = 120  # days after its end that a term is still surveyed: what nobody drew up by then is history


@dataclass(frozen=True)
class Period:
    """What a report is about: the days `since` to `until`. `year` and `month` are those of its last day."""

    kind: ReportKind
    since: date
    until: date

    @property
    def year(self) -> int:
        return self.until.year

    @property
    def month(self) -> int:
        return self.until.month


def month_of(year: int, month: int) -> Period:
    return Period(ReportKind.SCHOOL, date(year, month, 1), _end_of(year, month))


def quarter_of(year: int, quarter: int) -> Period:
    return Period(ReportKind.QUARTER, date(year, quarter * 3 - 2, 1), _end_of(year, quarter * 3))


def school_year_to(year: int) -> Period:
    """The school year that ends on 31 August of `year`."""
    return Period(ReportKind.YEAR, date(year - 1, SEPTEMBER, 1), date(year, AUGUST, 31))


def to_be_drawn_up(kind: ReportKind, unit_id: str, today: date) -> Period | None:
    """The period whose report should exist by today; None where none has come to its day."""
    if kind == ReportKind.SCHOOL:
        return month_of(today.year, today.month) if today.day >= _setting("school_report_draw_up_day", 25) else None
    if kind == ReportKind.QUARTER:
        return _last_quarter(today)
    if kind == ReportKind.TERM:
        return _last_term(unit_id, today)
    this_year = today >= date(today.year, SEPTEMBER, _setting("year_assessment_draw_up_day", 5))
    return school_year_to(today.year if this_year else today.year - 1)


def due_on(period: Period) -> date:
    """The day by which the report must be sent or signed."""
    year, month = period.year, period.month
    if period.kind == ReportKind.SCHOOL:
        return _day(year, month, _setting("school_report_due_day", 28))
    if period.kind == ReportKind.QUARTER:
        after = period.until + timedelta(days=1)
        return _day(after.year, after.month, _setting("quarter_review_due_day", 25))
    if period.kind == ReportKind.TERM:
        return period.until + timedelta(days=_setting("term_survey_due_days", 30))
    return _day(year, SEPTEMBER, _setting("year_assessment_due_day", 30))


def period_of(kind: str, unit_id: str, year: int, month: int) -> Period:
    """The period of a report on record, whose last month is given."""
    if kind == ReportKind.SCHOOL:
        return month_of(year, month)
    if kind == ReportKind.QUARTER:
        return quarter_of(year, month // 3)
    if kind == ReportKind.YEAR:
        return school_year_to(year)
    for start, end in terms_of(unit_id):
        if (end.year, end.month) == (year, month):
            return Period(ReportKind.TERM, start, end)
    raise LookupError(f"no term of {unit_id} ends in {year}-{month}")


def _last_quarter(today: date) -> Period:
    """The quarter before this one; before its day of draw-up, the one before that: it may have been missed."""
    ordinal = today.year * 4 + (today.month - 1) // 3 - 1
    begins = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    if today < _day(begins.year, begins.month, _setting("quarter_review_draw_up_day", 5)):
        ordinal -= 1
    return quarter_of(ordinal // 4, ordinal % 4 + 1)


def _last_term(unit_id: str, today: date) -> Period | None:
    wait = timedelta(days=_setting("term_survey_draw_up_days", 3))
    over = [(start, end) for start, end in terms_of(unit_id) if end + wait <= today <= end + timedelta(days=LATEST)]
    return Period(ReportKind.TERM, *over[-1]) if over else None


def _setting(code: str, default: int) -> int:
    return int(setting(code, default=default))


def _end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> date:
    return min(date(year, month, 1) + timedelta(days=day - 1), _end_of(year, month))
