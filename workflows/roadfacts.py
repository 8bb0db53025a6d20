"""Facts that time itself brings: recorded by the clock of a task, not by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cases.journal.services import record
from cases.journal.verbs import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from cases.register.models import Case
    from workflows.models import Assignment


def term_expired(case: Case, assignment: Assignment, now: datetime) -> None:
    """The term of the order to comply ran out and the child is not back (义务教育法 58)."""
    record(Verb.TERM_EXPIRED, case=case, at=now, assignment=assignment.pk)


def suspicion_matured(case: Case, assignment: Assignment, now: datetime) -> None:
    """The child was absent long enough to count as dropped out: verification must be concluded anew."""
    record(Verb.SUSPICION_MATURED, case=case, at=now, assignment=assignment.pk)


ROADS: dict[str, Callable[[Case, Assignment, datetime], None]] = {
    "term_runs": term_expired,
    "persuade_suspected": suspicion_matured,
}
