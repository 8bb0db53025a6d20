"""How much of each fault, and what every one of them is held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cases.journal import clock
from tests.faults.verdict import Verdict
from workflows import audit, escalation
from workflows.models import Deadline, DeadlineState

MINUTE = 60.0  # seconds: the promise
SWEEPERS = 4


@dataclass(frozen=True)
class Size:
    """How much of each fault."""

    killed: int  # deadlines
    kills: int
    some: int  # deadlines of the other faults
    races: int
    outage: int  # deadlines of the long outage
    seconds: int  # for which a fault lasts
    step: int  # of the calendar's start days one in so many
    frozen: str  # after which the locks of a frozen sweeper are freed


SHORT = Size(killed=1500, kills=12, some=300, races=200, outage=100, seconds=4, step=97, frozen="2s")
FULL = Size(killed=100_000, kills=200, some=10_000, races=10_000, outage=5000, seconds=60, step=1, frozen=escalation.FROZEN)


def promised(found: Verdict, *, late: float = MINUTE) -> None:
    """Nothing lost, nothing doubled, nobody told too late; and the auditor finds nothing either."""
    assert found.holds, found
    assert found.late <= late, found
    assert {finding.invariant.code: finding.ids for finding in audit.look(clock.now()) if finding.count} == {}


def soon(seconds: float) -> str:
    """A moment within the coming seconds, as SQL; each deadline another one."""
    return f"engine_now() + interval '1 second' + random() * interval '{seconds} seconds'"


def waiting() -> int:
    """How many deadlines are due, or will be within the next hour."""
    return Deadline.objects.filter(state=DeadlineState.ARMED, next_at__lte=clock.now() + timedelta(hours=1)).count()
