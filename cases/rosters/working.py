"""What is left to do with a list: read it, compare it, put on record what it shows."""

from __future__ import annotations

import logging

from django.db.models import Q

from cases.journal import clock
from cases.rosters import comparing, importing
from cases.rosters.models import Roster, RosterState

logger = logging.getLogger(__name__)

IN_WORK = Q(state__in=[RosterState.READING, RosterState.COMPARING]) | Q(state=RosterState.COMPARED, marked_at=None)


def work(roster_id: int) -> Roster:
    """Do what is due with this list; twice at once is harmless."""
    roster: Roster = Roster.objects.select_related("brought_by", "organisation").get(pk=roster_id)
    now = clock.now()
    if roster.state == RosterState.READING:
        return importing.read(roster_id)
    if roster.state == RosterState.COMPARING:
        roster = comparing.compare(roster_id, now=now, today=clock.day(now))
    if roster.state == RosterState.COMPARED and roster.marked_at is None:
        comparing.mark(roster, now=now)
        roster.refresh_from_db()
    return roster


def work_all() -> int:
    """Every list with something left to do, the oldest first. Returns how many."""
    waiting = list(Roster.objects.filter(IN_WORK).order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        try:
            work(pk)
        except Exception:
            logger.exception("roster %s could not be worked on", pk)  # one list that fails stops no other
    return len(waiting)
