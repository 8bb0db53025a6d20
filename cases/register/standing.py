"""The only code that moves a case from one standing to another.

1. `stand` sets the columns of the case and of its episode;
2. the service calls `record`, so that reactions see the new standing;
3. `log_standing` appends the fact from which the ledger is counted.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cases.codes.services import is_priority_household
from cases.register.models import Clearance, ClearanceState, Episode, Standing, StandingChange

if TYPE_CHECKING:
    from datetime import datetime

    from cases.journal.models import Entry
    from cases.register.models import Case

# Where a case waits for nothing more than what the law has put off.
AWAITED = frozenset({Standing.SUSPECTED, Standing.STILL_OUT})


def stand(case: Case, standing: Standing, *, on: date, closed_at: datetime | None = None, **columns: Any) -> None:
    """Save the standing, which holds since `on`, with the columns that go with it; whoever is not deferred or on leave has no end date."""
    case.standing, case.closed_at = standing, closed_at
    case.ends_on = None
    for name, value in columns.items():
        setattr(case, name, value)
    case.save(update_fields=["standing", "closed_at", "ends_on", *columns])
    Episode.objects.filter(case=case, number=case.episode).update(
        standing=standing,
        closed_on=on if closed_at else None,
        entered_ledger_on=case.entered_ledger_on,
        priority_household=case.priority_household,
    )


def entry_columns(case: Case, on: date) -> dict[str, Any]:
    """The columns of an entry on the ledger: its day, and the priority household as it is on that day (notice 2023-6, table)."""
    return {"entered_ledger_on": on, "priority_household": is_priority_household(case.student.groups)}


def log_standing(case: Case, entry: Entry, *, on: date, enters_ledger: bool = False, code: str = "") -> StandingChange:
    """Append the fact: the case has stood as it does now since `on`, where it belongs now, told with `entry`.

    `code` is the placement or the ground when a clearance brought it about.
    """
    return StandingChange.objects.create(
        case=case,
        episode=case.episode,
        standing=case.standing,
        occurred_on=on,
        enters_ledger=enters_ledger,
        priority_household=case.priority_household,
        code=code,
        county_id=case.county_id,
        place_id=case.place_id,
        school_id=case.school_id,
        entry=entry,
    )


def log_move(case: Case, entry: Entry, *, on: date) -> StandingChange:
    """Append the fact: since `on` the case, which stands as it did, belongs where its columns say now."""
    last = StandingChange.objects.filter(case=case).order_by("-entry_id", "-pk").values_list("standing", "code").first()
    return log_standing(case, entry, on=on, code=last[1] if last and last[0] == case.standing else "")


def off_or_back(case: Case) -> Standing:
    """Where a child stands whose way off came to nothing: on the ledger if it was entered, else under suspicion."""
    return Standing.STILL_OUT if case.entered_ledger_on else Standing.SUSPECTED


def withdraw_open(case: Case, *, but: int | None = None) -> list[int]:
    """What happened to the child makes open proposals void: none stays behind without anybody who could decide on it. Returns their pks."""
    found = Clearance.objects.filter(case=case, state=ClearanceState.PROPOSED)
    if but is not None:
        found = found.exclude(pk=but)
    keys = list(found.values_list("pk", flat=True))
    if keys:
        found.update(state=ClearanceState.WITHDRAWN)
    return keys
