"""The product's own jobs on its own timetable, only faster: a test cannot wait half a minute for each beat."""

from celery.schedules import schedule

from project.celery import app

SECONDS = 1.0
SWEEP = "workflows.jobs.sweep_deadlines"

app.conf.beat_schedule = {
    words: {**entry, "schedule": schedule(SECONDS)} for words, entry in app.conf.beat_schedule.items() if entry["task"] == SWEEP
}
app.conf.beat_max_loop_interval = SECONDS
