"""A report's task is claimed, handed on, given more time, raised and given back like a case's; its own day never moves, and its office stays."""

# ruff: noqa: F811 (fixtures of another file)
from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.directory.services import end_appointment
from cases.journal.refused import Refused
from cases.ledger import reporting
from cases.ledger.models import Report
from notifications.models import Notification
from tests.factories import Place, make_user
from tests.ledger.test_reports import at, october, report, task, up  # noqa: F401 (fixtures)
from tests.workflows.clockwork import clock_of, moment_of
from workflows import bulk, bulkwork, escalation, extensions, opentasks, services, supervising
from workflows.models import Assignment, BulkAction, BulkJob, BulkResult, Escalation
from workflows.opentasks import ReasonMissing

Clock = Callable[[datetime], None]
pytestmark = pytest.mark.usefixtures("october")


@pytest.fixture
def colleague(place: Place) -> User:
    return make_user("county-9", "county_officer", place.education)


def post(user: User) -> object:
    return user.appointments.get()


def test_whoever_holds_the_post_claims_it_and_nobody_else(report: Report, county: User, colleague: User, prefecture: User) -> None:
    Assignment.objects.filter(report=report).update(holder=None)
    with pytest.raises(NotAllowed):
        services.claim(task(report), by=prefecture, now=at(12))
    services.claim(task(report), by=colleague, now=at(12))
    assert task(report).holder == colleague
    with pytest.raises(opentasks.AlreadyDone):
        services.claim(task(report), by=county, now=at(12))


def test_it_is_handed_on_within_its_office_and_keeps_its_day(
    report: Report,
    place: Place,
    county: User,
    county_head: User,
    colleague: User,
    prefecture: User,
    teacher: User,
    security: User,
) -> None:
    before = task(report).due_at
    with pytest.raises(ReasonMissing):
        services.reassign(task(report), to=colleague.appointments.get(), note="", by=county_head, now=at(12))
    for wrong in (teacher, prefecture):
        with pytest.raises(Refused):
            services.reassign(task(report), to=wrong.appointments.get(), note="请办理", by=county_head, now=at(12))
    with pytest.raises(NotAllowed):
        services.reassign(task(report), to=colleague.appointments.get(), note="请办理", by=teacher, now=at(12))
    services.reassign(task(report), to=colleague.appointments.get(), note="请办理", by=county_head, now=at(12))
    assert (task(report).holder, task(report).due_at, clock_of(task(report)).generation) == (colleague, before, 1)
    assert Notification.objects.filter(recipient=colleague, message="report_task_reassigned").count() == 1
    assert report.acts.filter(act="reassigned", by=county_head, note="请办理").count() == 1

    # whoever compiled is not offered what must be signed by somebody else
    deputy = make_user("county-head-2", "county_head", place.education)
    up(report, (reporting.compile_report, county_head, at(12, 10)))
    services.reassign(task(report), to=deputy.appointments.get(), note="代签", by=prefecture, now=at(12, 11))
    with pytest.raises(Refused):
        services.reassign(task(report), to=county_head.appointments.get(), note="代签", by=prefecture, now=at(12, 12))
    with pytest.raises(NotAllowed):
        services.take_over(task(report), note="代签", by=prefecture, now=at(12, 12))


def test_the_inner_days_move_up_to_the_fifteenth_which_does_not(
    report: Report,
    county: User,
    county_head: User,
    colleague: User,
    prefecture: User,
    province: User,
) -> None:
    with pytest.raises(NotAllowed):
        services.extend(task(report), until=date(2026, 11, 13), note="统计未完", by=colleague, now=at(12))  # a colleague is no superior
    services.extend(task(report), until=date(2026, 11, 13), note="统计未完", by=county_head, now=at(12))
    assert task(report).due_at == at(13, 17) + timedelta(minutes=30)
    with pytest.raises(Refused, match="不变"):
        services.extend(task(report), until=date(2026, 11, 16), note="统计未完", by=prefecture, now=at(12))
    services.extend(task(report), until=date(2026, 11, 15), note="统计未完", by=prefecture, now=at(12, 10))
    assert report.due_on == Report.objects.get().due_on == date(2026, 11, 15)
    assert clock_of(task(report)).generation == 3
    up(report, (reporting.compile_report, county, at(13)), (reporting.sign, county_head, at(13)), (reporting.check, prefecture, at(13)))
    with pytest.raises(NotAllowed):
        services.extend(task(report), until=date(2026, 11, 20), note="统计未完", by=prefecture, now=at(13))


def test_more_time_is_asked_for_and_answered_from_above(
    report: Report,
    client: Client,
    clock: Clock,
    county: User,
    county_head: User,
    colleague: User,
) -> None:
    clock(at(12))
    client.force_login(county)
    page = f"/tasks/{task(report).pk}/more-time/"
    assert client.post(page, {"until": "2026-11-16", "reason": "学校名单晚到"}).status_code == 422
    assert client.post(page, {"until": "2026-11-14", "reason": "学校名单晚到"}).status_code == 302
    asked = extensions.waiting(task(report))
    assert asked
    assert Notification.objects.filter(recipient=county_head, message="report_extension_asked").exists()
    with pytest.raises(NotAllowed):
        extensions.decide_extension(asked, grant=True, answer="", by=colleague, now=at(12, 10))
    client.force_login(county_head)
    assert "学校名单晚到" in client.get("/queue/?tab=requests").content.decode()
    assert client.post(page, {"grant": "yes", "answer": "同意"}).status_code == 302
    assert task(report).due_at == at(14, 17) + timedelta(minutes=30)


def test_many_are_handed_on_reminded_and_given_back_at_once(report: Report, county: User, county_head: User, colleague: User) -> None:
    Assignment.objects.filter(report=report).update(holder=county)
    pk = task(report).pk
    job = bulk.start(BulkAction.REASSIGN, [pk], note="轮换", to=colleague.appointments.get(), by=county_head, now=at(12), submission=uuid4())
    bulkwork.work(job.pk)
    assert task(report).holder == colleague
    undo = bulk.undo(BulkJob.objects.get(pk=job.pk), note="误操作", by=county_head, now=at(12), submission=uuid4())
    bulkwork.work(undo.pk)
    assert task(report).holder == county
    for action, until in ((BulkAction.REMIND, None), (BulkAction.EXTEND, date(2026, 11, 13)), (BulkAction.EXTEND, date(2026, 11, 18))):
        job = bulk.start(action, [pk], note="抓紧", until=until, by=county_head, now=at(12), submission=uuid4())
        bulkwork.work(job.pk)
    reasons = list(BulkResult.objects.order_by("row_id").values_list("outcome", "reason"))
    assert [outcome for outcome, _reason in reasons] == ["done", "done", "done", "done", "refused"]
    assert "不变" in reasons[-1][1]
    assert report.acts.filter(act="reminded").count() == 1


def test_a_vacant_post_is_escalated_to_whoever_stands_above(
    report: Report,
    place: Place,
    county: User,
    county_head: User,
    prefecture: User,
    province: User,
    security: User,
    client: Client,
    clock: Clock,
) -> None:
    end_appointment(county_head.appointments.get(), on=at(11).date(), by=security, now=at(12))
    up(report, (reporting.compile_report, county, at(12)))
    vacant = task(report)
    assert (vacant.role, vacant.holder) == ("county_head", None)
    for rung in (1, 2):
        escalation.sweep(now=moment_of(vacant, rung))
    assert Notification.objects.filter(recipient=prefecture, link=f"/tasks/{vacant.pk}/").exists()
    assert Escalation.objects.filter(assignment=vacant, organisation=report.prefecture).exists()
    clock(at(17))
    client.force_login(prefecture)
    said = client.get(report.get_absolute_url()).content.decode()
    assert "该岗位目前空缺" in said
    assert "督办" in said
    supervising.note_what_lies_before(vacant, note="已联系县政府", by=prefecture, now=at(17))
    assert not Escalation.objects.queue_of(prefecture).filter(assignment=vacant).exists()
    with pytest.raises(Refused):
        supervising.note_what_lies_before(vacant, note="已联系县政府", by=prefecture, now=at(17))
    supervising.raise_to_superior(vacant, note="县局无负责人", by=prefecture, now=at(17))
    assert Notification.objects.filter(recipient=province, message="report_raised").exists()
    again = make_user("county-head-3", "county_head", place.education)
    reporting.sign(report, by=again, now=at(18))
    assert not Escalation.objects.filter(assignment=vacant, state="open").exists()


@pytest.mark.parametrize("how", ["remind", "reassign", "extend", "raise"])
def test_the_means_stand_on_the_page_of_the_report_for_whoever_is_above(
    report: Report,
    client: Client,
    clock: Clock,
    county_head: User,
    county: User,
    teacher: User,
    how: str,
) -> None:
    clock(at(12))
    address = f"/tasks/{task(report).pk}/{how}/"
    client.force_login(county_head)
    page = client.get(report.get_absolute_url()).content.decode()
    assert address in page
    assert "15" in page
    answer = client.get(address)
    assert answer.status_code == 200
    assert ("报告截止日" in answer.content.decode()) is (how == "extend")
    client.force_login(teacher)
    assert client.get(address).status_code == 404
    assert client.get(f"/tasks/{task(report).pk}/take-over/").status_code == 404


def test_the_boards_count_it_beside_the_tasks_of_cases(
    report: Report, client: Client, clock: Clock, county: User, county_head: User, prefecture: User, province: User, stranger: User
) -> None:
    """Load by unit and by person, the tasks behind the number, and punctuality; each for whoever sees the report."""
    clock(at(16))
    for reader, row_of in ((county, report.education.name), (prefecture, report.unit.name), (province, "宜昌市")):  # type: ignore[union-attr]  # a county's report has both
        client.force_login(reader)
        rows = {row.name: row for row, _share, _url in client.get("/board/").context["rows"]}
        late = Assignment.objects.filter(state="open", due_at__lt=at(16), organisation__isnull=False).exclude(case=None)
        without = late.filter(organisation=report.education).count() if reader == county else late.count()
        assert rows[row_of].overdue == without + 1, reader
        behind = client.get("/board/tasks/?when=late").context["rows"]
        assert [row.report_id for row, _title, _who in behind if row.report_id] == [report.pk]
    client.force_login(stranger)
    assert not [row for row, _title, _who in client.get("/board/tasks/?when=open").context["rows"] if row.report_id]
    up(report, (reporting.compile_report, county, at(16)))
    client.force_login(county_head)
    people = {row.key: row for row, _share, _url in client.get("/board/people/").context["rows"]}
    assert people[county.pk].answered_90 >= 1
