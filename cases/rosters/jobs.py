"""Lists are read and compared by a worker; whoever looks sees how far it is."""

from celery import shared_task

from cases.rosters.working import work, work_all


@shared_task
def work_on_roster(roster: int) -> None:
    work(roster)


@shared_task
def work_on_rosters() -> int:
    """Go on with lists that nobody is working on: a worker was killed, or the broker was away."""
    return work_all()
