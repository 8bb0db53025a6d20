"""The one clock, and the day that it is in the house."""

from datetime import date, datetime

from django.utils import timezone

from notifications.clock import EngineNow, now

__all__ = ["EngineNow", "day", "now"]


def day(moment: datetime) -> date:
    """The calendar day of a moment in Shanghai, where every deadline lives."""
    return timezone.localdate(moment)
