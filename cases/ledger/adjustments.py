"""Adjusting entries: what a closed month would say today, child by child. The month stays; the difference belongs to the month after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cases.ledger import figures
from cases.ledger.figures import Within
from cases.ledger.models import Adjustment, Closure, Edition, NameColumn, ReportName
from cases.ledger.rules import Rules
from cases.register.models import StandingChange

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


class Place(NamedTuple):
    """Where a child stands in an edition; an empty column: nowhere."""

    column: str = ""
    priority: bool = False


NOWHERE = Place()


def adjust(edition: Edition) -> list[Adjustment]:
    """Count the month that the county closed last again, with all that was told until this edition's cut-off, by the rules of then."""
    report = edition.report
    closed = Closure.objects.filter(report__unit_id=report.unit_id, next=None).select_related("edition", "report").first()
    if closed is None:
        return []
    old, month = closed.edition, closed.report
    frozen = places_of(old)
    counted = figures.names(month.year, old.until, edition.cut_off, Within(county=report.unit_id), rules=Rules(**old.rules))
    today = {case: Place(column.value, priority) for case, column, priority, _township, _school in counted}
    moved = sorted(case for case in frozen.keys() | today.keys() if frozen.get(case) != today.get(case))
    because = _facts(moved, old, edition.cut_off)
    return Adjustment.objects.bulk_create(
        [
            Adjustment(
                edition=edition,
                corrects=month,
                case_id=case,
                before=(before := frozen.get(case, NOWHERE)).column,
                after=(after := today.get(case, NOWHERE)).column,
                priority_before=before.priority,
                priority_after=after.priority,
                entry_id=because.get(case),
            )
            for case in moved
        ]
    )


def places_of(edition: Edition) -> dict[int, Place]:
    """The names of an edition: case → where it stands."""
    rows = ReportName.objects.filter(edition=edition).values_list("case_id", "column", "priority")
    return {case: Place(column, priority) for case, column, priority in rows}


def _facts(cases: Collection[int], old: Edition, until: datetime) -> dict[int, int]:
    """The newest fact about each case that came after the month was counted and says how things stood in it: its journal entry."""
    if not cases:
        return {}
    facts = StandingChange.objects.filter(case__in=cases, recorded_at__gt=old.cut_off, recorded_at__lte=until, occurred_on__lte=old.until)
    return dict(facts.order_by("entry_id").values_list("case_id", "entry_id"))


class Change(NamedTuple):
    """A name that the difference to the month before shows."""

    case: int
    before: str
    after: str
    adjusts: bool  # the month before would say otherwise today

    @property
    def kind(self) -> str:
        return "came" if not self.before else "left" if not self.after else "moved"


def difference(edition: Edition) -> list[Change]:
    """Who came, who left, who changed the column since the county's report before (in the same year; January begins anew)."""
    before = edition_before(edition)
    old = places_of(before) if before and before.report.year == edition.report.year else {}
    new = places_of(edition)
    adjusted = set(Adjustment.objects.filter(edition=edition).values_list("case_id", flat=True))
    changed = sorted(case for case in old.keys() | new.keys() if old.get(case, NOWHERE).column != new.get(case, NOWHERE).column)
    changes = [Change(case, old.get(case, NOWHERE).column, new.get(case, NOWHERE).column, case in adjusted) for case in changed]
    # an adjustment shows even where the child stands now as it was reported then
    hidden = [Change(case, old.get(case, NOWHERE).column, new.get(case, NOWHERE).column, True) for case in sorted(adjusted - set(changed))]
    return changes + hidden


def edition_before(edition: Edition) -> Edition | None:
    """The newest edition of the county's report before this one."""
    report = edition.report
    earlier = Edition.objects.filter(report__unit_id=report.unit_id, report__kind=report.kind).exclude(report=report).select_related("report")
    months = list(earlier.order_by("-report__year", "-report__month", "-number")[:40])
    return next((row for row in months if (row.report.year, row.report.month) < (report.year, report.month)), None)


def column_name(code: str) -> str:
    """The column in words; a dash for nowhere."""
    return str(NameColumn(code).label) if code else "—"
