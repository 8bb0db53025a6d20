"""Each invariant of the auditor broken on purpose, one after another, each taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tests.cast import NOON
from tests.factories import Place
from tests.faults.size import Size
from tests.faults.table import Table
from tests.faults.verdict import Verdict
from tests.workflows.breaks import BREAKS
from tests.workflows.clockwork import make_case, make_task
from workflows import audit, policies


def each_broken(place: Place, table: Table, size: Size) -> None:
    """`found` counts the invariants that were named, with the very row and none besides."""
    named = 0
    for breaks in BREAKS:
        policies.invalidate()
        with transaction.atomic():
            now, broken = breaks(make_task(make_case(place), now=NOON))
            named += found(now) == {breaks.__name__: [broken]}
            transaction.set_rollback(True)
    table.add(f"each of {len(BREAKS)} invariants broken on purpose: named", Verdict(len(BREAKS), named, len(BREAKS) - named, 0, -1))
    assert named == len(BREAKS)


def found(now: datetime) -> dict[str, list[int]]:
    """What the auditor names, and the rows."""
    return {finding.invariant.code: finding.ids for finding in audit.look(now) if finding.count != 0}
