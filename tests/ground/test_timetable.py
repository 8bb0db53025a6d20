"""The timetable names real jobs, and Celery carries them as hints that may be lost or doubled."""

from project.celery import app


def test_every_job_of_the_timetable_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_message_holds_json_and_is_given_again_when_its_worker_dies() -> None:
    conf = app.conf
    assert conf.accept_content == ["json"]
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert not conf["result_backend"]
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit
