"""The borders between overdue, today, this week and later, where the product is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone


@dataclass(frozen=True)
class Borders:
    """Everything before `now` is overdue; `tomorrow` and `monday` are the midnights that end today and this week."""

    now: datetime
    tomorrow: datetime
    monday: datetime

    @classmethod
    def at(cls, now: datetime) -> Borders:
        midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
        return cls(now, midnight + timedelta(days=1), midnight + timedelta(days=7 - timezone.localdate(now).weekday()))

    def group_of(self, due_at: datetime | None) -> str:
        """late, today, week or later."""
        if due_at is None:
            return "later"
        if due_at < self.now:
            return "late"
        if due_at < self.tomorrow:
            return "today"
        return "week" if due_at < self.monday else "later"
