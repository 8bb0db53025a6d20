"""Before the published calendar ends, whoever can enter the next year is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from notifications.services import Message, notify_many
from workflows import ladders, policies

WARNING = 60  # days


def warn_of_the_end(now: datetime) -> int:
    """Tell the administrators, once a week, when the published calendar ends within 60 days. Returns how many were told."""
    today, ends = timezone.localdate(now), policies.calendar_of(None).published_through
    if ends in {date.min, date.max} or ends - today > timedelta(days=WARNING):
        return 0
    year, week, _day = today.isocalendar()
    return notify_many(
        [
            Message(recipient_id=person, message="calendar_ends", params={"until": ends}, link="/admin/", key=f"calendar_ends:{year}-{week}:{person}")
            for person in ladders.system_administrators(today)
        ]
    )
