"""Quiet hours, and when the morning comes: no database, no clock."""

from datetime import datetime, time, timedelta

from django.utils import timezone

FROM, UNTIL = time(21), time(7)  # for whoever has not chosen; in the office's time


def wakes(moment: datetime, begins: time = FROM, ends: time = UNTIL) -> datetime:
    """The first moment from `moment` on that lies outside the quiet hours. Equal times mean that there are none."""
    here = timezone.localtime(moment)
    clock = here.time()
    across_midnight = begins > ends
    quiet = (clock >= begins or clock < ends) if across_midnight else begins <= clock < ends
    if not quiet:
        return moment
    day = here.date() + timedelta(days=1 if across_midnight and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=here.tzinfo)
