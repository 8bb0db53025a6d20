"""A whole quarter over the pages: schools report month by month, one is late and raised to the county, a cleared case is drawn and looked at
again, the county's review takes it all in and is signed; then the prefecture's term and the province's school year."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import Line, OrganisationKind, User
from cases.ledger.models import Report, ReportKind
from cases.ledger.verifying import verify
from cases.periodic.drawing import draw_up_all
from cases.register.clearance import propose_deduction
from cases.register.decisions import decide
from cases.register.models import Case
from cases.register.opening import open_case
from cases.register.verification import conclude_verification
from cases.spotchecks.models import SpotCheck
from notifications.models import Notification
from tests.cast import conclusion
from tests.factories import Place, make_area, make_organisation, make_student, make_user
from tests.paper import pdf, photo
from tests.periodic.conftest import Clock, at
from workflows.escalation import sweep
from workflows.models import Assignment, Escalation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]

MONTH = {"compared": "yes", "all_here": "yes", "door_to_door": "not_due", "on_roll": "400", "present": "399", "note": "已家访，正在劝返。"}
NOTHING = {"compared": "yes", "all_here": "yes", "door_to_door": "yes", "nothing": "on", "note": ""}
REVIEW = {
    "findings": "一所学校月报迟报。",
    "measures": "约谈校长，按月通报。",
    "opening_schools": "6",
    "opening_account": "学生按时到校。",
    "note": "",
}


def send(client: Client, user: User, report: Report, said: dict[str, str], status: int = 302) -> Any:
    client.force_login(user)
    answer = client.post(report.get_absolute_url(), said | {"submission": str(uuid4())})
    assert answer.status_code == status, answer.context and answer.context["form"].errors
    return answer


def of(kind: str, **more: Any) -> Report:
    found: Report = Report.of_every_kind.get(kind=kind, **more)
    return found


@pytest.fixture
def visitor(place: Place) -> User:
    """The officer of another township of the county."""
    area = make_area("420526105", "昭君镇", "township")
    return make_user("visitor", "township_officer", make_organisation("township", area, "昭君镇人民政府", superior=place.government))


@pytest.fixture
def other_principal(place: Place) -> User:
    school = make_organisation(OrganisationKind.SCHOOL, place.township_area, "古夫镇第二小学", superior=place.education, line=Line.EDUCATION)
    return make_user("principal-2", "principal", school)


def cleared(place: Place, teacher: User, principal: User, county: User) -> Case:
    """A child entered in July and deducted in August."""
    case = open_case(
        make_student(place, number=""), channel="attendance", last_attended_on=date(2026, 5, 20), reason="work", by=teacher, now=at(2026, 7, 1)
    )
    conclude_verification(case, **conclusion(), by=principal, now=at(2026, 7, 8))
    proposal = propose_deduction(
        case, ground="enrolled_elsewhere", occurred_on=date(2026, 8, 3), by=principal, now=at(2026, 8, 3),
        evidence=[("roll_screenshot", pdf()), ("enrolment_certificate", pdf())],
    )  # fmt: skip
    decide(proposal, approve=True, by=county, now=at(2026, 8, 5))
    return case


def test_a_quarter_over_the_pages(
    client: Client, place: Place, visitor: User, other_principal: User, teacher: User, principal: User, county: User, county_head: User,
    prefecture: User, stranger: User, clock: Clock,
) -> None:  # fmt: skip
    clock(at(2026, 7, 1))
    cleared(place, teacher, principal, county)
    for month in (7, 8, 9):
        clock(at(2026, month, 25, 6))
        # three schools, the neighbour's too; in July the term, in September the school year
        assert draw_up_all(at(2026, month, 25, 6)) == (3 if month == 8 else 4)
        assert draw_up_all(at(2026, month, 25, 7)) == 0
        clock(at(2026, month, 26))
        send(client, principal, of("school", month=month, school=place.school), MONTH)
        if month != 8:
            send(client, other_principal, of("school", month=month, school__name="古夫镇第二小学"), NOTHING)
    late = of("school", month=8, school__name="古夫镇第二小学")

    # nobody sent August for the second school: the county is told, sees it on the board, and urges
    clock(at(2026, 9, 7))
    sweep(limit=500, now=at(2026, 9, 7))
    assert {one.organisation_id for one in Escalation.objects.filter(assignment__report=late)} == {place.education.pk}
    client.force_login(county)
    board = client.get(reverse("periodic"), {"kind": "school", "period": "2026-08"}).context
    assert (board["counted"]["all"], board["counted"]["open"], board["counted"]["late"], board["may_remind"]) == (2, 1, 1, True)
    client.post(reverse("periodic-remind"), {"kind": "school", "period": "2026-08", "note": "请尽快报送", "submission": str(uuid4())})
    assert Notification.objects.filter(recipient=other_principal, message="report_task_reminder").count() == 1

    # the quarter is over: drawn up with its lot, which another unit looks at
    clock(at(2026, 10, 5, 6))
    assert draw_up_all(at(2026, 10, 5, 6)) == 2
    review = of("quarter", month=9, unit=place.area)
    check = SpotCheck.objects.get()
    task = Assignment.objects.get(step="spot_check", state="open")
    assert task.holder == visitor
    clock(at(2026, 10, 8))
    client.force_login(visitor)
    found = {
        "finding": "true", "visited_on": "2026-10-08", "account": "到转入学校见到学生。", "evidence-0-kind": "visit_photo", "evidence-0": photo(),
        "submission": str(uuid4()),
    }  # fmt: skip
    client.post(reverse("task", args=[task.pk]), found)
    check.refresh_from_db()
    assert check.finding == "true"

    client.force_login(county)
    page = client.get(review.get_absolute_url())
    assert page.context["draw"] == check.draw
    figures = page.context["edition"].figures
    assert figures["schools"] == {"all": 6, "sent": 5, "late": 0, "missing": 1}
    assert (figures["cleared"], figures["table"][0][2], figures["table"][0][6]) == ({"deducted": 1}, 1, 1)
    send(client, county, review, REVIEW | {"opening_schools": ""}, status=422)
    send(client, county, review, REVIEW)
    send(client, county_head, review, {"act": "back", "note": ""}, status=422)
    send(client, county_head, review, {"act": "back", "note": "请补充整改时限。"})
    send(client, county, review, REVIEW | {"measures": "十月底前约谈校长，按月通报。"})
    send(client, county_head, review, {"act": "sign", "note": ""})
    review.refresh_from_db()
    assert (review.state, review.sent_back) == ("filed", 1)
    assert review.acts.filter(act="compiled").latest("pk").said["checks"] == {"drawn": 1, "checked": 1, "true": 1, "not_true": 0, "not_found": 0}

    # whoever stands above reads it, on the page, on paper and as a file; the neighbour finds nothing
    client.force_login(prefecture)
    assert "十月底前约谈校长" in client.get(review.get_absolute_url()).content.decode()
    assert "县（市、区）义务教育控辍保学季度复核报告" in client.get(reverse("periodic-sheet", args=[review.pk])).content.decode()
    book = client.get(reverse("periodic-file", args=[review.pk]))
    page_of_book = openpyxl.load_workbook(BytesIO(book.content)).active
    assert page_of_book is not None
    written = [str(cell.value) for row in page_of_book.iter_rows() for cell in row if cell.value is not None]
    assert {"县（市、区）义务教育控辍保学季度复核报告", "十月底前约谈校长，按月通报。"} <= set(written)
    assert book.content == client.get(reverse("periodic-file", args=[review.pk])).content
    assert client.get(reverse("periodic-file", args=[review.pk]), {"type": "csv"}).content.startswith(b"\xef\xbb\xbf")
    assert client.get(reverse("periodic-file", args=[review.pk]), {"type": "exe"}).status_code == 404
    client.force_login(stranger)
    for name in ("periodic-report", "periodic-sheet", "periodic-file"):
        assert client.get(reverse(name, args=[review.pk])).status_code == 404
    seen = client.get(reverse("periodic"), {"kind": "quarter"}).context["rows"]
    assert [row.report.unit_id for row in seen] == ["420527"]
    assert verify() == []


def test_a_draft_is_read_by_its_own_office_alone(
    client: Client, case: Case, place: Place, county: User, county_head: User, inspector: User, prefecture: User, clock: Clock
) -> None:
    """Findings before the signature, and why they came back, are nobody's above or beside the bureau; and no cell of the text calculates."""
    clock(at(2026, 10, 5))
    draw_up_all(at(2026, 10, 5))
    review, words, why = of("quarter", unit=place.area), "＝草稿里的话", "退回的原因"
    place.area.name = '=HYPERLINK("//a")'
    place.area.save()
    send(client, county, review, REVIEW | {"findings": words})
    pages = [review.get_absolute_url(), reverse("periodic-sheet", args=[review.pk]), f"{reverse('periodic-file', args=[review.pk])}?type=csv"]

    def reads(user: User) -> list[bool]:
        client.force_login(user)
        return [words in client.get(page).content.decode() for page in pages]

    for state in ("signing", "compiling"):
        review.refresh_from_db()
        assert review.state == state
        for other in (prefecture, inspector):
            assert reads(other) == [False, False, False]
            assert why not in client.get(pages[0]).content.decode()
            assert county.name not in client.get(pages[1]).content.decode().split("kc-paper__signed")[1]
        assert reads(county) == reads(county_head) == [True, True, True]
        if state == "signing":
            send(client, county_head, review, {"act": "back", "note": why})
    send(client, county, review, REVIEW | {"findings": words})
    send(client, county_head, review, {"act": "sign", "note": ""})
    assert reads(prefecture) == reads(inspector) == [True, True, True]
    said = client.get(pages[2]).content.decode("utf-8-sig")
    cells = [cell for line in csv.reader(StringIO(said)) for cell in line]
    assert {f"'{words}", "'" + place.area.name} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "＝", "+", "@"))]


def test_a_term_and_a_school_year_over_the_pages(
    client: Client, place: Place, teacher: User, principal: User, county: User, prefecture: User, prefecture_head: User, province: User,
    province_head: User, clock: Clock,
) -> None:  # fmt: skip
    clock(at(2026, 7, 1))
    cleared(place, teacher, principal, county)
    said = {"findings": "三个县核减偏多。", "measures": "开展专项核查。", "note": ""}
    for moment, kind, officer, head in (
        (at(2026, 7, 6), ReportKind.TERM, prefecture, prefecture_head),
        (at(2026, 9, 5), ReportKind.YEAR, province, province_head),
    ):
        clock(moment)
        draw_up_all(moment)
        report = of(kind)
        later = moment + timedelta(days=3)
        clock(later)
        client.force_login(officer)
        assert [row.report for row in client.get(reverse("periodic"), {"kind": kind}).context["rows"]] == [report]
        send(client, head, report, said, status=403)
        send(client, officer, report, said)
        send(client, officer, report, {"act": "sign", "note": ""}, status=403)
        send(client, head, report, {"act": "sign", "note": ""})
        assert client.get(report.get_absolute_url()).context["sealed"].by == head
        assert "三个县核减偏多" in client.get(reverse("periodic-sheet", args=[report.pk])).content.decode()
    figures = of("year").editions.get().figures
    assert [line[0] for line in figures["table"]][1:] == [line[0] for line in figures["before"]][1:]
    assert len(figures["table"]) >= 18
    assert (figures["work"]["entered"], figures["trend"][0][:2], len(figures["trend"])) == (1, [2025, 9], 12)
    client.force_login(county)
    assert client.get(of("term").get_absolute_url()).status_code == 404
    client.force_login(prefecture)
    assert client.get(of("year").get_absolute_url()).status_code == 404
    assert verify() == []


def test_each_sees_its_own(
    client: Client, case: Case, place: Place, principal: User, other_principal: User, teacher: User, township: User, convener: User, inspector: User,
    clock: Clock, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    clock(at(2026, 9, 25))
    draw_up_all(at(2026, 9, 25))
    own = of("school", school=place.school)
    for reader, status in ((principal, 200), (convener, 200), (inspector, 200), (other_principal, 404), (teacher, 404), (township, 404)):
        client.force_login(reader)
        assert client.get(own.get_absolute_url()).status_code == status, reader
    client.force_login(principal)
    with django_assert_max_num_queries(22):
        page = client.get(reverse("periodic"))
    assert [row.report for row in page.context["rows"]] == [own]
    with django_assert_max_num_queries(26):
        client.get(own.get_absolute_url())
    assert client.get(reverse("periodic"), {"kind": "quarter"}).status_code == 404
    task = Assignment.objects.get(report=own)
    assert client.get(reverse("task", args=[task.pk]))["Location"] == own.get_absolute_url()
    assert place.school.name in client.get(reverse("inbox")).content.decode()
    client.force_login(inspector)
    assert client.post(own.get_absolute_url(), MONTH).status_code == 403


def test_a_board_of_many_schools_costs_the_same(client: Client, place: Place, county: User, clock: Clock, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        make_organisation(OrganisationKind.SCHOOL, place.township_area, f"第{number}小学", superior=place.education, line=Line.EDUCATION)
    moment: datetime = at(2026, 9, 25)
    clock(moment)
    draw_up_all(moment)
    client.force_login(county)
    with django_assert_max_num_queries(26):
        page = client.get(reverse("periodic"), {"kind": "school"})
    assert len(page.context["rows"]) == 31
