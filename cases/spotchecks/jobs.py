"""The lot of each quarter."""

from celery import shared_task

from cases.journal import clock
from cases.spotchecks.quarterly import draw_last_quarter


@shared_task
def draw_spot_checks() -> int:
    return draw_last_quarter(clock.now())
