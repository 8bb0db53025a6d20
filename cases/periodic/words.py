"""What pages and papers call the reports, their periods, their states and their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.ledger.models import ReportKind, ReportState
from cases.ledger.terms import Column
from cases.ledger.words import column_name
from cases.periodic.counting import GROUPS
from cases.periodic.work import NAMES

if TYPE_CHECKING:
    from cases.ledger.models import Report

TONES = {ReportState.COMPILING: "amber", ReportState.SIGNING: "blue", ReportState.FILED: "green"}
FEBRUARY, SEPTEMBER = 2, 9


def period_name(kind: str, year: int, month: int) -> str:
    """November 2026; quarter 3 of 2026; spring term 2026; school year 2025–2026."""
    if kind == ReportKind.QUARTER:
        return _quarter(month // 3) % {"year": year}
    if kind == ReportKind.TERM:
        # an autumn term ends in the winter after it
        autumn = month <= FEBRUARY or month >= SEPTEMBER
        begun = year - 1 if month <= FEBRUARY else year
        return _("autumn term %(year)s") % {"year": begun} if autumn else _("spring term %(year)s") % {"year": year}
    if kind == ReportKind.YEAR:
        return _("school year %(from)s–%(to)s") % {"from": year - 1, "to": year}
    return pgettext("period of a report", "%(year)s-%(month)s") % {"year": year, "month": f"{month:02}"}


def _quarter(number: int) -> str:
    return {
        1: _("first quarter of %(year)s"),
        2: _("second quarter of %(year)s"),
        3: _("third quarter of %(year)s"),
        4: _("fourth quarter of %(year)s"),
    }[number]


def name_of(report: Report) -> str:
    """The school, county, prefecture or province that reports."""
    return str(report.school.name if report.school else report.unit.name)


def title_of(kind: str) -> str:
    """What the paper is headed."""
    return {
        ReportKind.SCHOOL: _("Monthly report of a school on keeping children in school"),
        ReportKind.QUARTER: _("Quarterly review of a county on keeping children in school"),
        ReportKind.TERM: _("Term survey of a prefecture on keeping children in school"),
        ReportKind.YEAR: _("Yearly assessment of the province on keeping children in school"),
    }[ReportKind(kind)]


def rhythm_of(kind: str) -> str:
    """One of the four (四个一) in the notice's words."""
    return {
        ReportKind.SCHOOL: _("School: a report a month"),
        ReportKind.QUARTER: _("County: a review a quarter"),
        ReportKind.TERM: _("Prefecture: a survey a term"),
        ReportKind.YEAR: _("Province: an assessment a school year"),
    }[ReportKind(kind)]


def state_of(report: Report) -> str:
    """Before whom the report lies."""
    if report.state == ReportState.FILED:
        return pgettext("periodic report", "sent") if report.kind == ReportKind.SCHOOL else pgettext("periodic report", "signed")
    if report.state == ReportState.SIGNING:
        return _("to be signed by the head")
    return _("to be sent by the principal") if report.kind == ReportKind.SCHOOL else _("to be compiled")


def steps_of(report: Report) -> list[dict[str, str]]:
    """The road of a report for the bar of stages."""
    road = [_("Drawn up"), _("Principal sends"), pgettext("periodic report", "Arrived")] if report.kind == ReportKind.SCHOOL else []
    road = road or [_("Drawn up"), _("Officer compiles"), pgettext("periodic report", "Head signs"), pgettext("periodic report", "Closed")]
    at = len(road) if report.closed_at else 2 if report.state == ReportState.SIGNING else 1
    states = ["done" if number < at else "current" if number == at else "ahead" for number in range(len(road))]
    return [{"label": label, "state": state, "note": ""} for label, state in zip(road, states, strict=True)]


def work_names() -> dict[str, str]:
    """The numbers of cases.periodic.work, in their order."""
    words = {
        "entered": _("newly on the ledger"),
        "suspected": _("suspected of dropping out"),
        "still_out": _("dropped out, not yet back"),
        "returned": pgettext("ledger column", "returned"),
        "visits": _("visits made"),
        "absent": _("children absent without a reason"),
        "absent_days": _("days of absence without a reason"),
        "watches": _("watches after a return"),
    }
    return {name: words[name] for name in NAMES}


def group_names() -> list[str]:
    """The heads of a ledger line as counting.GROUPS keeps it: each group, and of it the priority households."""
    of_which = _("of which priority households")
    return [word for group in GROUPS for word in (column_name(Column(group)), of_which)]
