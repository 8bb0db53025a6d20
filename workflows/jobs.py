"""What the timetable and the loop call. Twice, late or never is harmless: PostgreSQL alone knows what is due."""

from celery import shared_task

from cases.journal import clock
from workflows import audit, bulkwork, calendar_end, replanning, silence, sweeping
from workflows.models import BulkJob


@shared_task
def sweep_deadlines() -> int:
    """Everything that has come due, the rungs and the facts."""
    return sweeping.sweep_all()


@shared_task
def audit_deadlines() -> None:
    """Look whether anything stands still that should run."""
    audit.audit(job="timetable")


@shared_task
def follow_calendar() -> None:
    """Count running deadlines again when a day of the calendar was changed, and warn before its published part ends."""
    now = clock.now()
    replanning.follow_calendar(now)
    calendar_end.warn_of_the_end(now)


@shared_task
def run_bulk(job: int) -> None:
    """Go on with one bulk job, and ask for the next slice where anything is left."""
    if bulkwork.work(job) and BulkJob.objects.filter(pk=job, finished_at=None).exists():
        run_bulk.delay(job)


@shared_task
def work_bulk() -> None:
    """Go on with bulk jobs that nobody is working on: a worker was killed, or the broker was away."""
    bulkwork.work_all()


@shared_task
def listen_for_phones() -> int:
    """Tasks on phones of which nothing has been heard for two days."""
    return silence.listen(clock.now())
