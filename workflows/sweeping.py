"""One round of both dispatchers, for whoever asks: the timetable, the loop, a test."""

from datetime import datetime

from workflows import escalation, heartbeat, roads

ROUNDS = 200  # so that one call ends whatever happens; the next goes on


def sweep_all(now: datetime | None = None) -> int:
    """Sweep until nothing is due. Returns how many deadlines were dealt with."""
    total = 0
    for _ in range(ROUNDS):
        done = escalation.sweep(now=now) + roads.sweep(now=now)
        heartbeat.beat(heartbeat.SWEEP)
        if not done:
            break
        total += done
    return total
