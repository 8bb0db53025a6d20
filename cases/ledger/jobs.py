"""What the timetable asks of the ledger."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from cases.journal import clock
from cases.ledger import drawing, listing


@shared_task
def draw_up_reports() -> int:
    """On the day of the draw-up and after it: the report of every county that has none yet for this month."""
    now = clock.now()
    today = timezone.localdate(now)
    return drawing.draw_up_month(today.year, today.month, now=now) if drawing.is_time(now) else 0


@shared_task
def make_list(list_of_names: int) -> bool:
    """One long list of names."""
    return listing.work(list_of_names)


@shared_task
def make_lists() -> int:
    """Go on with lists that nobody is making: a worker was killed, or the broker was away. And destroy those whose time is over."""
    listing.destroy_old(now=clock.now())
    return listing.work_all()
