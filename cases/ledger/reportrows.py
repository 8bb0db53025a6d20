"""What the board of the month shows of each county, and how far a report is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.ledger.models import Line, LineKind, Report, ReportState
from cases.ledger.tables import latest_of

if TYPE_CHECKING:
    from cases.directory.models import Area, User

SENT = frozenset({ReportState.CHECKING, ReportState.ACCEPTING, ReportState.ACCEPTED})
TONES = {
    ReportState.COMPILING: "grey",
    ReportState.SIGNING: "grey",
    ReportState.CHECKING: "blue",
    ReportState.ACCEPTING: "blue",
    ReportState.ACCEPTED: "green",
}


@dataclass(frozen=True)
class BoardRow:
    """One county in the month; without a report it was not drawn up yet, or the county has no bureau in the system."""

    area: Area
    report: Report | None
    line: Any  # the line of the whole of its latest edition
    state: str
    words: str
    tone: str
    is_sent: bool
    is_late: bool
    late_before: int  # how often in the year, this month included


def board_rows(reports: list[Report], counties: list[Area], *, late: dict[str, int], now: datetime) -> list[BoardRow]:
    """A line a county, in the order of the codes. Two queries."""
    by_unit = {report.unit_id: report for report in reports}
    editions = latest_of(reports)
    lines = {line.edition_id: line for line in Line.objects.filter(edition__in=[one.pk for one in editions.values()], kind=LineKind.COUNTY)}
    rows = []
    for area in counties:
        report = by_unit.get(area.pk)
        if report is None:
            rows.append(BoardRow(area, None, None, "none", _("not drawn up"), "grey", False, False, late.get(area.pk, 0)))
            continue
        sent = report.state in SENT
        rows.append(
            BoardRow(
                area=area,
                report=report,
                line=lines.get(editions[report.pk].pk) if report.pk in editions else None,
                state=report.state,
                words=str(report.get_state_display()),
                tone=TONES[ReportState(report.state)],
                is_sent=sent,
                is_late=is_late(report, now),
                late_before=late.get(area.pk, 0),
            )
        )
    return rows


def is_late(report: Report, now: datetime) -> bool:
    """Sent after its day, or its day is over and it is still with the county."""
    sent = report.sent_at if report.state in SENT else None
    return timezone.localdate(sent or now) > report.due_on


def late_in_year(user: User, year: int) -> dict[str, int]:
    """How often each county was late in the year, by code. One query."""
    day = TruncDate("sent_at", tzinfo=timezone.get_current_timezone())
    late = Report.objects.visible_to(user).filter(year=year).annotate(sent_on=day).filter(Q(sent_on__gt=F("due_on")))
    return dict(late.values_list("unit_id").annotate(n=Count("pk")))


def steps_of(report: Report) -> list[dict[str, str]]:
    """The road of a report for the bar of stages."""
    road = [
        (ReportState.COMPILING, _("County compiles")),
        (ReportState.SIGNING, _("Head signs")),
        (ReportState.CHECKING, _("Prefecture checks")),
        (ReportState.ACCEPTING, _("Province accepts")),
        (ReportState.ACCEPTED, _("Month closed")),
    ]
    if report.prefecture_id is None:
        del road[2]
    at = next(number for number, (state, _words) in enumerate(road) if state == report.state)
    states = ["done" if number < at or report.closed_at else "current" if number == at else "ahead" for number in range(len(road))]
    return [{"label": words, "state": state, "note": ""} for (_state, words), state in zip(road, states, strict=True)]
