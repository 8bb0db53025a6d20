"""Jobs: who carries them, and the timetable in words.

Messages hold ids and nothing else; every job may run twice or be lost, because PostgreSQL alone knows what is due.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import schedule
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

from django.conf import settings  # after the name of the settings is known

app = Celery("kongchuo")


def job(task: str, *, seconds: float) -> dict[str, Any]:
    # A run that waited longer than its interval is useless: the next one does its work.
    return {"task": task, "schedule": schedule(seconds), "options": {"expires": seconds}}


app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # however long the broker is away, the worker waits for it
    broker_transport_options={"visibility_timeout": 3600, "socket_timeout": 10, "socket_connect_timeout": 5},
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=1800,  # seconds, half the visibility timeout: nothing is delivered again while it still runs
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2},
    worker_prefetch_multiplier=1,
    worker_concurrency=int(os.environ.get("KC_WORKERS", "2")),
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone=settings.TIME_ZONE,
    beat_schedule_filename=str(settings.DATA_DIR / "beat-schedule"),
)

app.conf.beat_schedule = {
    "every 30 seconds: look for deadlines that have come": job("workflows.jobs.sweep_deadlines", seconds=30),
    "every 30 seconds: deliver what is in the outbox": job("notifications.jobs.deliver", seconds=30),
    "every 30 seconds: go on with what is done to many tasks at once": job("workflows.jobs.work_bulk", seconds=30),
    "every 10 minutes: audit the deadlines": job("workflows.jobs.audit_deadlines", seconds=600),
    "every 10 minutes: count deadlines again if the calendar changed": job("workflows.jobs.follow_calendar", seconds=600),
    "every 10 minutes: notice phones that have fallen silent": job("workflows.jobs.listen_for_phones", seconds=600),
    "every minute: draw small pictures of new photos": job("cases.files.jobs.draw_thumbnails", seconds=60),
    "every 6 hours: draw the spot checks of the quarter that is over, where they were not drawn yet": job(
        "cases.spotchecks.jobs.draw_spot_checks", seconds=21600
    ),
    "every 10 minutes: from the 12th on, draw up what is missing of the month": job("cases.ledger.jobs.draw_up_reports", seconds=600),
    "every 30 seconds: make long lists of names, and destroy the old ones": job("cases.ledger.jobs.make_lists", seconds=30),
    "every 10 minutes: draw up the periodic reports whose day has come": job("cases.periodic.jobs.draw_up_periodic", seconds=600),
    "every minute: go on with lists of the school-roll system": job("cases.rosters.jobs.work_on_rosters", seconds=60),
    "every 6 hours: delete the photos of records that were not taken over, once their time has passed": job(
        "cases.mobile.jobs.delete_refused_photos", seconds=21600
    ),
    "every 10 minutes: seal the journal": job("cases.journal.jobs.seal_journal", seconds=600),
}


@worker_init.connect
@beat_init.connect
def _servers(**_: object) -> None:
    """Somebody who starts a worker by hand needs nothing else first."""
    from project import embedded

    embedded.start()


app.autodiscover_tasks(
    [
        "workflows",
        "notifications",
        "cases.journal",
        "cases.files",
        "cases.mobile",
        "cases.spotchecks",
        "cases.rosters",
        "cases.ledger",
        "cases.periodic",
    ],
    related_name="jobs",
)
