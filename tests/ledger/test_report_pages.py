"""The pages of the monthly reports: everybody sees and does what belongs to their post, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from cases.journal.models import Entry
from cases.ledger import reporting
from cases.ledger.drawing import draw_up_month
from cases.ledger.models import Report
from cases.register.models import Case
from notifications.models import Notification
from tests.cast import SHANGHAI
from tests.ledger.test_reports import at, up
from workflows.escalation import sweep
from workflows.models import Assignment

TWELFTH = datetime(2026, 11, 12, 8, tzinfo=SHANGHAI)
Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def october(db: None, clock: Clock) -> None:
    clock(datetime(2026, 10, 17, 9, tzinfo=SHANGHAI))


@pytest.fixture
def report(on_ledger: Case, county: User, county_head: User, prefecture: User, province: User, clock: Clock) -> Report:
    clock(TWELFTH)
    draw_up_month(2026, 11, now=TWELFTH)
    drawn_up: Report = Report.objects.get()
    return drawn_up


def act(client: Client, user: User, report: Report, act: str, note: str = "", status: int = 302) -> Any:
    client.force_login(user)
    answer = client.post(report.get_absolute_url(), {"act": act, "note": note, "submission": str(uuid4())})
    assert answer.status_code == status
    return answer


def test_a_report_goes_its_road_over_the_pages(
    client: Client, report: Report, county: User, county_head: User, prefecture: User, province: User
) -> None:
    act(client, prefecture, report, "checked", status=422)
    act(client, county, report, "compiled")
    act(client, county_head, report, "signed")
    act(client, prefecture, report, "sent_back", status=422)
    act(client, prefecture, report, "sent_back", "漏报一人")
    act(client, county, report, "compiled", "已补")
    act(client, county_head, report, "signed")
    act(client, prefecture, report, "checked")
    act(client, province, report, "accepted")
    page = client.get(report.get_absolute_url())
    assert "漏报一人" in page.content.decode()
    assert page.context["closure"] is not None
    assert page.context["form"] is None


def test_the_sheet_names_who_answers_for_it(
    client: Client, report: Report, county: User, county_head: User, prefecture: User, province: User
) -> None:
    client.force_login(county)

    def places() -> list[tuple[str, str]]:
        page = client.get(reverse("ledger-sheet"))
        assert [one.label for one in page.context["signatures"]] == ["填报人", "审核人", "单位负责人", "单位（公章）", "填报日期"]
        return [(one.name, f"{one.at:%d}" if one.at else "") for one in page.context["signatures"]]

    assert places() == [("", "")] * 5
    up(report, (reporting.compile_report, county, at(12)), (reporting.sign, county_head, at(13)), (reporting.check, prefecture, at(14)))
    signed = [(county.name, "12"), (prefecture.name, "14"), (county_head.name, "13"), ("", ""), ("", "13")]
    assert places() == signed
    report.refresh_from_db()
    reporting.send_back(report, note="漏报一人", by=province, now=at(14, 10))
    assert places() == [("", "")] * 5, "what came back has nobody's name"
    client.force_login(province)
    assert {one.name for one in client.get(reverse("ledger-sheet"), {"unit": "42"}).context["signatures"]} == {""}, "of several counties by hand"


def test_its_tasks_lie_in_the_inbox_and_lead_to_its_page(client: Client, report: Report, county: User, stranger: User) -> None:
    task = Assignment.objects.get(report=report, state="open")
    client.force_login(county)
    assert [row.task.pk for _name, rows in client.get(reverse("inbox")).context["groups"] for row in rows if row.task.report_id] == [task.pk]
    answer = client.get(reverse("task", args=[task.pk]))
    assert (answer.status_code, answer["Location"]) == (302, report.get_absolute_url())
    client.force_login(stranger)
    assert client.get(reverse("task", args=[task.pk])).status_code == 404
    assert client.get(report.get_absolute_url()).status_code == 404


def test_a_late_one_lies_in_the_queue_of_whoever_is_above(client: Client, report: Report, prefecture: User) -> None:
    sweep(now=TWELFTH + timedelta(days=9))
    client.force_login(prefecture)
    page = client.get(reverse("queue"))
    assert report.unit.name in page.content.decode()
    escalation = next(row.escalation for row in page.context["rows"] if row.escalation.assignment.report_id)
    assert client.get(reverse("escalation", args=[escalation.pk]))["Location"] == report.get_absolute_url()


def test_the_board_says_who_has_not_sent_and_reminds_them(client: Client, report: Report, county: User, province: User, stranger: User) -> None:
    client.force_login(province)
    page = client.get(reverse("ledger-reports"))
    assert page.context["unsent"] == page.context["total"] >= 103
    assert page.context["reached"] == 1
    client.post(reverse("ledger-remind"), {"year": 2026, "month": 11, "note": "请尽快上报", "submission": str(uuid4())})
    assert Notification.objects.filter(recipient=county, message="report_task_reminder").exists()
    client.force_login(stranger)
    board = client.get(reverse("ledger-reports")).context
    assert (board["rows"], board["without"]) == ([], ["秭归县"])


def test_the_files_come_to_whom_they_belong(client: Client, report: Report, county: User, teacher: User, stranger: User) -> None:
    client.force_login(county)
    assert client.get(reverse("ledger-workbook"))["Content-Disposition"].endswith('ledger-2026-11-420526.xlsx"')
    assert client.get(reverse("ledger-workbook"), {"kind": "csv"}).content.startswith(b"\xef\xbb\xbf")
    assert client.get(reverse("ledger-sheet")).status_code == 200
    assert client.get(reverse("ledger-report-names", args=[report.pk])).context["page"].paginator.count == 1
    assert client.post(reverse("ledger-names"), {"purpose": ""}).status_code == 422
    assert client.post(reverse("ledger-names"), {"purpose": "报送"}).status_code == 200
    assert Entry.objects.filter(verb="list.exported", remark__text="报送").exists()
    for other in ({"unit": "420527"}, {"unit": "42"}, {"kind": "exe"}):
        assert client.get(reverse("ledger-workbook"), other).status_code == 404
    client.force_login(teacher)
    assert client.get(reverse("ledger-workbook")).status_code == 403
    client.force_login(stranger)
    assert client.get(reverse("ledger-workbook"), {"unit": "420526"}).status_code == 404


def test_the_auditor_verifies_the_closed_months(client: Client, report: Report, auditor: User, county: User) -> None:
    client.force_login(auditor)
    assert client.post(reverse("ledger-proof")).context["faults"] == []
    client.force_login(county)
    assert client.get(reverse("ledger-proof")).status_code == 403


def test_the_pages_cost_few_queries(client: Client, report: Report, province: User, django_assert_max_num_queries: Callable[..., Any]) -> None:
    client.force_login(province)
    client.get(reverse("ledger-reports"))  # an active session is written once in five minutes
    with django_assert_max_num_queries(12):
        client.get(reverse("ledger-reports"))
    with django_assert_max_num_queries(20):
        client.get(report.get_absolute_url())
