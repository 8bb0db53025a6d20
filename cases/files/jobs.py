"""What runs beside the requests."""

from __future__ import annotations

from celery import shared_task

from cases.files import thumbnails
from cases.journal import clock


@shared_task
def draw_thumbnails() -> int:
    return thumbnails.draw_missing(clock.now())
