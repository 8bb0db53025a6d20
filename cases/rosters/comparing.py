"""Two ledgers side by side, set by set in PostgreSQL: who is whom, what differs, what has vanished since the last list.

1. each line is matched to a child: as somebody confirmed, by identity number, by school-roll number;
2. what remains on both sides with the same name, date of birth and school is possibly the same child, which a person decides;
3. differences are entered once, found again by their key, and closed when a list that can know it no longer shows them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cases.directory.capabilities import NotAllowed
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.models import Case
from cases.rosters.entering import enter_in_roll
from cases.rosters.models import Difference, Discrepancy, Roster, RosterState
from cases.rosters.statements import FORGET, GONE, MATCHES, NEW, OUTDATED, PREVIEW, SEEN, SHOWN, TALLY

if TYPE_CHECKING:
    from collections.abc import Sequence


@transaction.atomic
def compare(roster_id: int, *, now: datetime, today: Any) -> Roster:
    """Compare a confirmed list with our ledger; again is harmless. Counts of what was found stand in `found`."""
    roster: Roster = Roster.objects.select_for_update(no_key=True, of=("self",)).get(pk=roster_id)
    if roster.state != RosterState.COMPARING:
        return roster
    values = _values(roster) | {"now": now, "today": today}
    with connection.cursor() as cursor:
        # one list of a county at a time: two would enter the same difference at once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"rosters:{roster.county_id}"])
        for statement in (FORGET, *MATCHES, SEEN):
            cursor.execute(statement, values)
        cursor.execute(NEW, values)
        new = cursor.rowcount
        cursor.execute(GONE, values)
        gone = cursor.rowcount
        cursor.execute("DELETE FROM cases_tally WHERE roster_id = %(roster)s", values)
        cursor.execute(TALLY, values)
        cursor.execute(OUTDATED, values)
    roster.found = {"new": new, "gone": gone, **_kinds(roster)}
    roster.state, roster.compared_at = RosterState.COMPARED, now
    roster.save(update_fields=["found", "state", "compared_at"])
    record(Verb.ROSTER_COMPARED, actor=roster.brought_by, at=now, organisation=roster.organisation, roster=roster.pk, new=new, gone=gone)
    return roster


def preview(roster: Roster) -> dict[str, int]:
    """What comparing this list would find, by kind; nothing stays of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        values = _values(roster)
        for statement in (FORGET, *MATCHES):
            cursor.execute(statement, values)
        cursor.execute(PREVIEW, values)
        found = dict(cursor.fetchall())
        transaction.set_rollback(True)
    return {kind.value: found.get(kind.value, 0) for kind in Difference}


def mark(roster: Roster, *, now: datetime) -> int:
    """The entries in the school-roll system that the list shows go on record, each in its own transaction. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, _values(roster))
        shown: Sequence[tuple[int, Any]] = cursor.fetchall()
    count = 0
    for case_id, entered_on in shown:
        try:
            on = entered_on or roster.taken_on
            enter_in_roll(Case(pk=case_id), on=on, by=roster.brought_by, now=now, roster=roster.pk)
            count += 1
        except (Refused, NotAllowed):
            continue  # somebody noted it meanwhile, or the child belongs elsewhere by now
    Roster.objects.filter(pk=roster.pk).update(marked_at=now)
    return count


def _values(roster: Roster) -> dict[str, Any]:
    bureau = roster.organisation_id
    if roster.school_id:
        bureau = roster.organisation.superior_id or roster.organisation_id
    return {
        "roster": roster.pk,
        "county": roster.county_id,
        "school": roster.school_id,
        "taken_on": roster.taken_on,
        "year": roster.taken_on.replace(month=1, day=1),
        "bureau": bureau,
        "newer": [] if roster.school_id else _spoken_for(roster),
        "county_list": _last_of_the_county(roster),
    }


def _spoken_for(roster: Roster) -> list[int]:
    """The schools whose own list is newer than this one of the county, which is silent about them."""
    own = Roster.objects.filter(county=roster.county_id, school__isnull=False, state=RosterState.COMPARED, taken_on__gt=roster.taken_on)
    return list(own.values_list("school_id", flat=True).distinct())


def _last_of_the_county(roster: Roster) -> int | None:
    """The county's last list: its lines are kept, and say at which school a child stands there."""
    of_county = Roster.objects.filter(county=roster.county_id, school=None, state=RosterState.COMPARED).exclude(pk=roster.pk)
    found: int | None = of_county.order_by("-taken_on", "-pk").values_list("pk", flat=True).first()
    return found


def _kinds(roster: Roster) -> dict[str, int]:
    found = Discrepancy.objects.filter(seen_in=roster, settled="")
    counts: dict[str, int] = {kind.value: 0 for kind in Difference}
    for kind in found.values_list("kind", flat=True):
        counts[kind] += 1
    return counts
