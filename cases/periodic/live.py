"""What still moves while a report is open: the findings of the quarter's re-checks come in one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.ledger.models import ReportKind
from cases.periodic.counting import checks_of_quarter
from cases.spotchecks.models import Draw

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import User
    from cases.ledger.models import Report


def checks_now(report: Report, now: datetime) -> dict[str, int]:
    """The re-checks of a quarter by now; empty for other reports. What was compiled keeps its own."""
    if report.kind != ReportKind.QUARTER:
        return {}
    return checks_of_quarter(report.unit_id, report.year, report.month // 3, as_of=now)


def draw_of(report: Report, user: User) -> Draw | None:
    """The draw that belongs to a quarter's review, if there is one that the reader may see."""
    if report.kind != ReportKind.QUARTER:
        return None
    found: Draw | None = Draw.objects.visible_to(user).filter(county_id=report.unit_id, year=report.year, quarter=report.month // 3).first()
    return found
