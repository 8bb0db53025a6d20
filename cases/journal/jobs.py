"""What runs beside the requests."""

from __future__ import annotations

from celery import shared_task

from cases.journal import clock, seal


@shared_task
def seal_journal() -> int:
    return seal.seal_journal(now=clock.now())
