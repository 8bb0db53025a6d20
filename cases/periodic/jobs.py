"""What the timetable asks for."""

from celery import shared_task

from cases.journal import clock
from cases.periodic import drawing


@shared_task
def draw_up_periodic() -> int:
    return drawing.draw_up_all(clock.now())
