"""What the timetable and the loop call. Twice, late or never is harmless: PostgreSQL alone knows what is due."""

from celery import shared_task

from workflows import audit, sweeping


@shared_task
def sweep_deadlines() -> int:
    """Everything that has come due, the rungs and the facts."""
    return sweeping.sweep_all()


@shared_task
def audit_deadlines() -> None:
    """Look whether anything stands still that should run."""
    audit.audit(job="timetable")
