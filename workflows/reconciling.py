"""By when a difference to the school-roll system is to be settled: the working days are the workflow's to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.codes.services import setting
from cases.journal.verbs import Verb
from cases.rosters.models import Discrepancy, Roster
from workflows.calendars import add_working_days
from workflows.policies import calendar_of

if TYPE_CHECKING:
    from cases.journal.models import Entry

SETTING, USUAL = "roster_settle_days", 3  # working days


def react(entry: Entry) -> None:
    """A list was compared: what it brought newly has its last day, so many working days after."""
    if entry.verb != Verb.ROSTER_COMPARED:
        return
    roster = Roster.objects.values("pk", "county_id").get(pk=entry.data["roster"])
    days = int(setting(SETTING, roster["county_id"], USUAL))
    due_on = add_working_days(timezone.localdate(entry.occurred_at), days, calendar_of(roster["county_id"]))
    Discrepancy.objects.filter(seen_in=roster["pk"], settled="", due_on=None).update(due_on=due_on)
