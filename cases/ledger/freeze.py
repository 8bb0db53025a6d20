"""An edition of a report written down for ever, and the chain that shows whether anybody changed a closed month behind the product's back."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cases.journal.refused import Refused
from cases.ledger import figures, rules
from cases.ledger.adjustments import adjust
from cases.ledger.figures import Level, Row, Within
from cases.ledger.models import NUMBERS, Adjustment, Closure, Edition, Line, LineKind, Report, ReportName

if TYPE_CHECKING:
    from cases.directory.models import User

LEVELS = {LineKind.TOWNSHIP: Level.TOWNSHIP, LineKind.SCHOOL: Level.SCHOOL}
GROUPS = (*NUMBERS, "carried_over")


class NotSettled(Refused):
    """A fact arrived between two statements of the count; the next try counts it."""


def draw(report: Report, *, until: date, cut_off: datetime, by: User | None) -> Edition:
    """Count the report's county and write the edition down: lines, names, and what the closed month before would be today."""
    in_force = rules.in_force()
    edition = Edition.objects.create(report=report, number=report.editions.count() + 1, cut_off=cut_off, until=until, rules=asdict(in_force), by=by)
    within = Within(county=report.unit_id)
    lines: list[Line] = []
    for kind, level in LEVELS.items():
        total, *rows = figures.figures(report.year, until, cut_off, within, level=level, rules=in_force)
        if not lines:
            lines.append(_line(edition, LineKind.COUNTY, 0, report.unit_id, report.unit.name, total))
        lines += [_line(edition, kind, position, row.key, row.name, row) for position, row in enumerate(rows, start=1)]
    named = figures.names(report.year, until, cut_off, within, rules=in_force)
    names = [
        ReportName(edition=edition, case_id=case, column=column.value, priority=priority, township=township, school=school)
        for case, column, priority, township, school in named
    ]
    if not in_force.relapse_counts_again and _counted(names) != _numbers(lines[0]):
        raise NotSettled(_("Facts were being told while the report was counted. Please try again."))
    Line.objects.bulk_create(lines)
    ReportName.objects.bulk_create(names, batch_size=2000)
    adjust(edition)
    return edition


def close(report: Report, edition: Edition, *, by: User, now: datetime) -> Closure:
    """Chain the edition to the month that the county closed before. The caller holds the lock of the report."""
    previous = Closure.objects.filter(report__unit_id=report.unit_id, next=None).first()
    return Closure.objects.create(
        report=report, edition=edition, previous=previous, digest=digest(edition, previous.digest if previous else ""), by=by, closed_at=now
    )


def digest(edition: Edition, previous: str) -> str:
    """SHA-256 over the digest of the month before and the edition in a fixed form, hexadecimal."""
    said = json.dumps(content(edition) | {"previous": previous}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def content(edition: Edition) -> dict[str, Any]:
    """Everything that an edition says, in an order of its own. Five queries."""
    report = edition.report
    numbers = [f"{name}{suffix}" for name in GROUPS for suffix in ("", "_priority")]
    lines = Line.objects.filter(edition=edition).order_by("kind", "position", "key")
    names = ReportName.objects.filter(edition=edition).order_by("case_id")
    adjusted = Adjustment.objects.filter(edition=edition).order_by("corrects__number", "case_id")
    return {
        "report": [report.number, report.unit_id, report.year, report.month, report.due_on.isoformat()],
        "edition": [edition.number, edition.cut_off.astimezone(UTC).isoformat(), edition.until.isoformat(), edition.rules],
        "lines": [list(row) for row in lines.values_list("kind", "position", "key", "name", *numbers)],
        "names": [list(row) for row in names.values_list("case_id", "column", "priority", "township", "school")],
        "adjustments": [
            list(row)
            for row in adjusted.values_list("corrects__number", "case_id", "before", "after", "priority_before", "priority_after", "entry_id")
        ],
    }


def _line(edition: Edition, kind: str, position: int, key: str, name: str, row: Row) -> Line:
    pairs = {column.value: pair for column, pair in row.groups()}
    numbers = {group: pairs[group].total for group in GROUPS} | {f"{group}_priority": pairs[group].priority for group in GROUPS}
    return Line(edition=edition, kind=kind, position=position, key=key, name=name or "", **numbers)


def _counted(names: list[ReportName]) -> dict[str, tuple[int, int]]:
    """The numbers of the total line, from the names behind it."""
    total, priority = Counter(name.column for name in names), Counter(name.column for name in names if name.priority)
    return {group: (total[group], priority[group]) for group in GROUPS if group != "on_ledger"}


def _numbers(line: Line) -> dict[str, tuple[int, int]]:
    return {group: (getattr(line, group), getattr(line, f"{group}_priority")) for group in GROUPS if group != "on_ledger"}
