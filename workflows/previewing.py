"""Before allowances, ladders or days change: what the change would do to the deadlines that run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from workflows import planning, policies
from workflows.models import Deadline
from workflows.planning import moment_of
from workflows.replanning import still_running, subject_of


@dataclass
class Effect:
    """What a change does to the running deadlines of one step."""

    running: int = 0
    earlier: int = 0  # due sooner
    later: int = 0
    sooner: int = 0  # due as before, but the next rung comes sooner
    slower: int = 0

    @property
    def touched(self) -> int:
        return self.earlier + self.later + self.sooner + self.slower


def preview(change: Callable[[], object], *, on: date) -> dict[str, Effect]:
    """What a change of allowances, ladders, days or terms would do to what is running, step by step; nothing is kept of it.

    Days count for every running deadline. An allowance or a ladder holds for what begins after it; what is shown for these is what they would
    do if what is running were counted by them, where it runs by the version in force now. `on` is the day from which the change holds.
    """
    with policies.supposing(change):
        return _effects(on)


def _effects(on: date) -> dict[str, Effect]:
    effects: dict[str, Effect] = defaultdict(Effect)
    seen: dict[str, tuple[int, int]] = {}  # many deadlines have one plan: counted once
    for row in still_running().iterator(chunk_size=2000):
        step, county_id = row.assignment.step, subject_of(row).county_id
        key = json.dumps([step, county_id, row.explanation, row.rungs, row.next_rung, str(row.due_at)], sort_keys=True)
        if key not in seen:
            seen[key] = _compare(row, on)
        due, rung = seen[key]
        effect = effects[step]
        effect.running += 1
        effect.earlier += due < 0
        effect.later += due > 0
        effect.sooner += due == 0 and rung < 0
        effect.slower += due == 0 and rung > 0
    return dict(sorted(effects.items()))


def _compare(row: Deadline, on: date) -> tuple[int, int]:
    """Whether it would be due sooner (-1) or later (1), and whether its next rung would come so."""
    step, county_id = row.assignment.step, subject_of(row).county_id
    now, then = policies.in_force(step, county_id, on), policies.policy_of(step, county_id, on)
    own = tuple(map(policies.Rung.read, row.rungs))
    by_version = (row.amount, row.unit) == now.allowance
    plan = planning.recounted(
        row,
        policies.calendar_of(county_id),
        allowance=then.allowance if by_version and then.allowance != now.allowance else None,
        ladder=then.ladder if own == now.ladder and then.ladder != now.ladder else None,
    )
    if plan is None:
        return 0, 0
    rung = next((moment_of(rung) for rung in plan.rungs if row.next_rung is not None and rung["rung"] >= row.next_rung), None)
    planned = next((moment_of(rung) for rung in row.rungs if rung["rung"] == row.next_rung), None)
    return _sign(plan.due_at, row.due_at), _sign(rung, planned) if rung and planned else 0


def _sign(new: datetime, old: datetime) -> int:
    return (new > old) - (new < old)
