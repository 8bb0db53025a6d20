"""What runs beside the requests."""

from __future__ import annotations

from celery import shared_task

from cases.journal import clock
from cases.mobile import sweeping


@shared_task
def delete_refused_photos() -> int:
    return sweeping.delete_refused_photos(clock.now())
