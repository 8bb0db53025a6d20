"""What the timetable asks of the ledger."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from cases.journal import clock
from cases.ledger import drawing


@shared_task
def draw_up_reports() -> int:
    """On the day of the draw-up and after it: the report of every county that has none yet for this month."""
    now = clock.now()
    today = timezone.localdate(now)
    return drawing.draw_up_month(today.year, today.month, now=now) if drawing.is_time(now) else 0
