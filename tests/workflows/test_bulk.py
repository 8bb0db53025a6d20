"""Something done to many tasks at once: each row by itself, once, whoever is killed meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from openpyxl import load_workbook

from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import make_user
from tests.workflows.desk import as_, many_cases
from workflows import bulk, bulkwork, casewide, escalation, services
from workflows.models import Assignment, BulkAction, BulkJob, BulkOutcome, BulkResult, BulkRow

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]
LATER = NOON + timedelta(days=14)


@pytest.fixture
def tasks(place: Place, teacher: User, clock: Callable[[datetime], None]) -> list[int]:
    """Eight first visits that nobody made for two weeks, raised to everybody above."""
    many_cases(place, teacher, NOON, 8)
    clock(LATER)
    while escalation.sweep():
        pass
    return list(Assignment.objects.filter(step="first_visit").order_by("pk").values_list("pk", flat=True))


def remind(tasks: list[int], by: User, **more: Any) -> BulkJob:
    return bulk.start(BulkAction.REMIND, tasks, note="请抓紧", by=by, now=LATER, submission=uuid4(), **more)


def reminded() -> list[int]:
    return list(Entry.objects.filter(verb="task.reminded").order_by("data__assignment").values_list("data__assignment", flat=True))


def test_each_row_leaves_its_own_entry_and_result(tasks: list[int], county: User) -> None:
    job = remind(tasks, county)
    assert reminded() == []
    bulkwork.work(job.pk)
    assert reminded() == tasks
    assert bulk.progress(job) == bulk.Progress(8, 8, 0)
    job.refresh_from_db()
    assert job.finished_at is not None
    assert bulkwork.work(job.pk) == 0
    assert reminded() == tasks


def test_a_refusal_is_written_down_and_the_others_go_on(tasks: list[int], county: User, teacher: User) -> None:
    casewide.pause_case(Assignment.objects.get(pk=tasks[2]).case, note="住院", by=county, now=LATER)
    job = bulk.start(BulkAction.EXTEND, tasks, note="宽限", until=(LATER + timedelta(days=9)).date(), by=county, now=LATER, submission=uuid4())
    bulkwork.work(job.pk)
    assert bulk.progress(job) == bulk.Progress(8, 7, 1)
    [refused] = bulk.refused_rows(job)
    assert refused.row.assignment_id == tasks[2]
    assert refused.reason != ""
    assert Entry.objects.filter(verb="task.extended").count() == 7


def test_who_lost_the_post_meanwhile_is_refused(tasks: list[int], county: User) -> None:
    job = remind(tasks, county)
    county.appointments.update(until=(NOON - timedelta(days=1)).date())
    bulkwork.work(job.pk)
    assert bulk.progress(job) == bulk.Progress(8, 0, 8)
    assert reminded() == []


def test_a_fault_of_ours_stops_one_row_alone(tasks: list[int], county: User, monkeypatch: pytest.MonkeyPatch) -> None:
    real = services.remind

    def breaks(task: Assignment, **said: Any) -> None:
        real(task, **said)
        if task.pk == tasks[3]:
            raise ZeroDivisionError

    monkeypatch.setattr(services, "remind", breaks)
    job = remind(tasks, county)
    bulkwork.work(job.pk)
    assert bulk.progress(job) == bulk.Progress(8, 7, 1)
    assert tasks[3] not in reminded()


def test_what_is_stopped_leaves_the_rest_undone(tasks: list[int], county: User) -> None:
    job = remind(tasks, county)
    assert bulk.stop(job, now=LATER)
    bulkwork.work_all()
    job.refresh_from_db()
    assert job.finished_at is not None
    assert (reminded(), bulk.progress(job).left) == ([], 8)
    assert not bulk.stop(job, now=LATER)


def test_the_same_page_sent_twice_is_one_job(tasks: list[int], county: User) -> None:
    token = uuid4()
    bulk.start(BulkAction.REMIND, tasks, note="请抓紧", by=county, now=LATER, submission=token)
    with pytest.raises(AlreadyRecorded), transaction.atomic():
        bulk.start(BulkAction.REMIND, tasks, note="请抓紧", by=county, now=LATER, submission=token)
    assert BulkJob.objects.count() == 1


@pytest.mark.parametrize("more", [{"note": " "}, {"tasks": []}, {"tasks": range(1, 10_002)}, {"action": BulkAction.EXTEND}])
def test_a_job_needs_a_reason_and_between_one_and_ten_thousand_rows(county: User, more: dict[str, Any]) -> None:
    said = {"action": BulkAction.REMIND, "tasks": [1], "note": "x"} | more
    with pytest.raises(Refused):
        bulk.start(said["action"], said["tasks"], note=said["note"], by=county, now=LATER, submission=uuid4())


def test_a_result_is_never_changed(tasks: list[int], county: User) -> None:
    bulkwork.work(remind(tasks, county).pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        BulkResult.objects.update(outcome=BulkOutcome.REFUSED)
    with pytest.raises(DatabaseError), transaction.atomic():
        BulkResult.objects.all()._raw_delete(using="default")


def test_a_reassignment_is_undone_except_what_moved_on(place: Place, tasks: list[int], county: User, teacher: User) -> None:
    second = make_user("teacher-2", "class_teacher", place.school, school_class=place.school_class)
    third = make_user("teacher-3", "class_teacher", place.school, school_class=place.school_class)
    job = bulk.start(BulkAction.REASSIGN, tasks, note="换人", to=second.appointments.get(), by=county, now=LATER, submission=uuid4())
    with pytest.raises(Refused):
        bulk.undo(job, note="弄错了", by=county, now=LATER, submission=uuid4())
    bulkwork.work(job.pk)
    assert set(Assignment.objects.filter(pk__in=tasks).values_list("holder", flat=True)) == {second.pk}
    services.reassign(Assignment.objects.get(pk=tasks[0]), to=third.appointments.get(), note="再换", by=county, now=LATER)
    undoing = bulk.undo(job, note="弄错了", by=county, now=LATER, submission=uuid4())
    bulkwork.work(undoing.pk)
    assert bulk.progress(undoing) == bulk.Progress(8, 7, 1)
    holders = dict(Assignment.objects.filter(pk__in=tasks).values_list("pk", "holder"))
    assert holders.pop(tasks[0]) == third.pk
    assert set(holders.values()) == {teacher.pk}
    with pytest.raises(Refused):
        bulk.undo(job, note="再来", by=county, now=LATER, submission=uuid4())


def test_all_that_match_the_filter_are_done_and_no_other(tasks: list[int], county: User) -> None:
    client, some = as_(county), urlencode({"q": "学生03", "step": "first_visit"})
    said = {"how": "remind", "all": "1", "filter": some, "sure": "1", "note": "请抓紧", "submission": str(uuid4())}
    assert client.post("/queue/bulk/", {"how": "remind", "all": "1", "filter": ""}).context["count"] == 8
    assert client.post("/queue/bulk/", {"how": "remind", "all": "1", "filter": some}).context["count"] == 1
    assert client.post("/queue/bulk/", said).headers["Location"] == "/queue/"
    assert reminded() == tasks[3:4]
    assert client.post("/queue/bulk/", said).headers["Location"].startswith("/bulk/")
    assert reminded() == tasks[3:4]


def test_the_page_of_a_job_is_its_askers_alone(tasks: list[int], county: User, county_head: User, stranger: User) -> None:
    job = remind(tasks, county)
    client = as_(county)
    page = client.get(f"/bulk/{job.pk}/")
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert client.get("/bulk/").context["rows"][0][0] == job
    for user in (county_head, stranger):
        for path in ("", "refused/"):
            assert as_(user).get(f"/bulk/{job.pk}/{path}").status_code == 404
        assert as_(user).post(f"/bulk/{job.pk}/stop/").status_code == 404
    casewide.pause_case(Assignment.objects.get(pk=tasks[0]).case, note="住院", by=county, now=LATER)
    assert client.post(f"/bulk/{job.pk}/stop/").status_code == 302
    bulkwork.work(job.pk)
    assert "every 2s" not in client.get(f"/bulk/{job.pk}/").content.decode()


def test_the_list_of_the_refused_names_cases_and_no_child(tasks: list[int], county: User) -> None:
    job = bulk.start(BulkAction.EXTEND, tasks, note="宽限", until=NOON.date(), by=county, now=LATER, submission=uuid4())
    bulkwork.work(job.pk)
    book = load_workbook(BytesIO(as_(county).get(f"/bulk/{job.pk}/refused/").content)).worksheets[0]
    lines = [[str(cell.value or "") for cell in row] for row in book.iter_rows(min_row=2)]
    assert [line[0] for line in lines] == [Assignment.objects.get(pk=task).case.number for task in tasks]
    assert not any("学生" in cell for line in lines for cell in line)


WORKER = """
import os, sys, django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from workflows import bulkwork, casewide, services
real = services.remind
def slow(*args, **said):
    real(*args, **said)
    print("row", flush=True)
    sys.stdin.readline()
services.remind = slow
bulkwork.work(int(sys.argv[2]), 60)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_row_loses_none_and_doubles_none(tasks: list[int], county: User) -> None:
    """Real processes, killed with -9 after the effect and before the commit of the first, the third and the fifth row."""
    job = remind(tasks, county)
    for rows in (1, 3, 2):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"]), str(job.pk)],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        for row in range(rows):
            assert worker.stdout.readline() == "row\n"
            if row < rows - 1:
                worker.stdin.write("\n")
                worker.stdin.flush()
        worker.send_signal(signal.SIGKILL)  # its last row was done and not committed
        worker.wait()
        worker.stdin.close()
        worker.stdout.close()
    assert BulkResult.objects.filter(row__job=job).count() == 3
    until = time.monotonic() + 20
    while BulkJob.objects.filter(pk=job.pk, finished_at=None).exists() and time.monotonic() < until:
        bulkwork.work_all()  # as the sweeper's loop does; the killed one's locks go with its connection
    assert reminded() == tasks
    assert BulkRow.objects.filter(job=job, result__outcome=BulkOutcome.DONE).count() == 8
    keys = Notification.objects.filter(message="task_reminder").values_list("key", flat=True)
    assert len(keys) == len(set(keys)) == 8


# --- whoever started it is told


def test_whoever_started_it_is_told_once_how_many_and_nothing_about_anybody(tasks: list[int], county: User) -> None:
    Assignment.objects.filter(pk=tasks[0]).update(state="done", done_at=LATER)
    job = remind(tasks, county)
    bulkwork.work(job.pk)
    bulkwork.work(job.pk)
    bulkwork.work_all()
    told = Notification.objects.get(message__startswith="bulk_")
    assert (told.recipient, told.message, told.link) == (county, "bulk_ended", f"/bulk/{job.pk}/")
    assert told.params == {"count": 7, "refused": 1}
    assert as_(county).get(told.link).status_code == 200


def test_one_that_was_stopped_says_what_was_left_undone(tasks: list[int], county: User) -> None:
    job = remind(tasks, county)
    bulk.stop(job, now=LATER)
    bulkwork.work(job.pk)
    told = Notification.objects.get(message__startswith="bulk_")
    assert (told.message, told.params) == ("bulk_stopped", {"count": 0, "refused": 0, "left": 8})
