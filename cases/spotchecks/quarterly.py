"""Every county's draw, once the quarter is over. Twice is harmless: a quarter is drawn once."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import F

from cases.directory.models import Area
from cases.journal.clock import day
from cases.register.locking import Refused
from cases.register.models import Clearance, ClearanceState
from cases.spotchecks.models import Draw
from cases.spotchecks.services import draw

logger = logging.getLogger(__name__)


def draw_last_quarter(now: datetime) -> int:
    """Draw for every county that cleared a case in the quarter before this one and was not drawn yet. Returns how many were drawn."""
    year, quarter = last_quarter(now)
    cleared = Clearance.objects.filter(state=ClearanceState.APPROVED, case__standing=F("outcome"), case__episode=F("episode"))
    counties = Area.objects.filter(pk__in=cleared.values("case__county")).exclude(
        pk__in=Draw.objects.filter(year=year, quarter=quarter).values("county")
    )
    made = 0
    for county in counties.order_by("pk"):
        try:
            made += draw(county, year=year, quarter=quarter, now=now) is not None
        except Refused as refusal:  # nobody is left to be sent: the next run tries again, and the others are drawn meanwhile
            logger.warning("no spot checks were drawn for %s: %s", county.pk, type(refusal).__name__)
    return made


def last_quarter(now: datetime) -> tuple[int, int]:
    """The year and quarter that ended last."""
    today = day(now)
    quarter = (today.month - 1) // 3
    return (today.year, quarter) if quarter else (today.year - 1, 4)
