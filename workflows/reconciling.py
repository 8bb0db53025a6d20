"""By when a difference to the school-roll system is to be settled, in working days, and whose it is when the child moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.codes.services import setting
from cases.journal.verbs import Verb
from cases.rosters.models import Discrepancy, Roster, Settled
from workflows import matters
from workflows.calendars import add_working_days
from workflows.policies import calendar_of

if TYPE_CHECKING:
    from cases.journal.models import Entry
    from cases.register.models import Case

SETTING, USUAL = "roster_settle_days", 3  # working days


def react(entry: Entry) -> None:
    """A list was compared: what it brought newly has its last day, so many working days after."""
    if entry.verb != Verb.ROSTER_COMPARED:
        return
    roster = Roster.objects.values("pk", "county_id").get(pk=entry.data["roster"])
    days = int(setting(SETTING, roster["county_id"], USUAL))
    due_on = add_working_days(timezone.localdate(entry.occurred_at), days, calendar_of(roster["county_id"]))
    Discrepancy.objects.filter(seen_in=roster["pk"], settled="", due_on=None).update(due_on=due_on)


def follow(case: Case, entry: Entry) -> None:
    """The child moved: within the county its differences go to the new school with their days; in another county they are that county's to find."""
    waiting = Discrepancy.objects.select_for_update(no_key=True, of=("self",)).select_related("found_in").filter(case=case, settled="")
    for found in waiting.order_by("pk"):
        if found.county_id != case.county_id:
            found.settled, found.settled_at, found.settled_by = Settled.MOVED, entry.occurred_at, entry.actor
        elif found.school_id == case.school_id:
            continue
        else:
            found.school_id, found.organisation_id, found.holder = case.school_id, case.school_id or case.education_id, None
        found.save(update_fields=["settled", "settled_at", "settled_by", "school", "organisation", "holder"])
        matters.follow(found, by=entry.actor, now=entry.occurred_at)
