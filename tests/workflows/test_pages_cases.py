"""The list of cases, the page of a case and its sheet, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate

from cases.journal.models import Entry
from cases.register import identity
from cases.register.clearance import propose_deduction, report_return
from cases.register.models import Case
from cases.visits.rounds import check_village
from tests.factories import make_user
from tests.workflows.desk import BUDGET, as_, many_cases, task
from tests.workflows.roads import enter, papers, persuade
from workflows import chart
from workflows.models import Kind
from workflows.steps import STEPS, title
from workflows.views.case_tabs import TABS

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def at_noon(clock: Callable[[datetime], None], noon: datetime) -> None:
    clock(noon)


def count(user: User, **words: str) -> int:
    return int(as_(user).get("/cases/", words).context["page"].paginator.count)


def test_suspected_and_on_the_ledger_are_two_lists(case: Case, teacher: User, village: User, principal: User, county: User, noon: datetime) -> None:
    assert (count(county), count(county, tab="ledger")) == (1, 0)
    enter(case, teacher, village, principal, noon)
    assert (count(county), count(county, tab="ledger"), count(county, tab="closed")) == (0, 1, 0)


def test_a_row_says_who_does_what_by_when(case: Case, county: User) -> None:
    row = as_(county).get("/cases/").context["rows"][0]
    assert row.step == title("first_visit")
    assert "teacher" in row.who
    assert row.due_at == task(case, "first_visit").due_at
    assert row.absent == 8


@pytest.mark.parametrize("size", [3, 60])
@pytest.mark.parametrize("who", ["teacher", "county", "prefecture"])
def test_the_case_list_costs_eight_queries_whatever_its_length(
    place: Place, teacher: User, noon: datetime, size: int, who: str, request: pytest.FixtureRequest, django_assert_max_num_queries: Any
) -> None:
    many_cases(place, teacher, noon, size)
    client = as_(request.getfixturevalue(who))
    client.get("/cases/")
    with django_assert_max_num_queries(BUDGET):
        page = client.get("/cases/", {"q": "学生", "late": "1", "sort": "absent", "reason": "tired_of_school"})
    assert page.status_code == 200
    with django_assert_max_num_queries(BUDGET):
        assert client.get("/cases/").context["page"].paginator.count == size


def test_search_and_filters_find_by_name_number_school_step_and_place(place: Place, case: Case, teacher: User, county: User, noon: datetime) -> None:
    many_cases(place, teacher, noon, 2)
    assert count(county, q="张小明") == 1
    assert count(county, q=case.number.lower()) == 1
    assert count(county, q="青山学校") == 3
    assert count(county, step="village_check") == 3
    assert count(county, step="refer") == 0
    assert count(county, place=str(place.township.pk)) == 3
    assert count(county, school=str(place.school.pk), reason="tired_of_school", standing="suspected") == 2 + (case.reason == "tired_of_school")
    assert count(county, late="1") == 0
    assert count(county, place="zz", school="zz", standing="zz", tab="zz", page="zz") == 0


def test_overdue_cases_are_found(case: Case, county: User, clock: Callable[[datetime], None], noon: datetime) -> None:
    clock(noon + timedelta(days=5))
    assert count(county, late="1") == 1


def test_a_stranger_and_the_administrators_see_no_case_in_list_search_or_count(case: Case, stranger: User, admin: User, auditor: User) -> None:
    for user in (stranger, admin, auditor):
        page = as_(user).get("/cases/", {"tab": "all", "q": "张小明"})
        assert page.context["page"].paginator.count == 0
        assert "张小明" not in page.content.decode().replace('value="张小明"', "")


def test_an_identity_number_finds_the_case_by_post_and_never_by_address(case: Case, county: User, stranger: User) -> None:
    assert case.student.id_cipher is not None
    number = identity.decrypt(bytes(case.student.id_cipher), case.student.id_hash)
    client = as_(county)
    assert client.get("/cases/find/").status_code == 200
    assert client.post("/cases/find/", {"identity": f" {number[:6]} {number[6:]}"}).headers["Location"] == f"/cases/{case.pk}/"
    assert client.post("/cases/find/", {"identity": "123"}).headers["Location"] == "/cases/"
    assert as_(stranger).post("/cases/find/", {"identity": number}).headers["Location"] == "/cases/"

    page = as_(county).get("/cases/", {"q": number}, follow=True)

    assert page.redirect_chain == [("/cases/", 302)]
    assert number not in page.content.decode()
    assert [message.level_tag for message in page.context["messages"]] == ["warning"]


def test_the_page_of_a_case_shows_child_stage_tasks_and_both_lines(case: Case, county: User) -> None:
    page = as_(county).get(f"/cases/{case.pk}/")
    words = page.content.decode()
    assert page.status_code == 200
    assert "张小明" in words
    assert case.student.masked_identity in words
    assert [stage["state"] for stage in page.context["stages"]] == ["current", "ahead", "ahead", "ahead", "ahead"]
    assert [item["title"] for item in page.context["lanes"]["government"]] == [title("village_check")]
    assert len(page.context["waiting"]) == 2


def test_a_verification_that_nobody_concluded_is_not_said_to_be_done(case: Case, village: User, teacher: User, county: User, noon: datetime) -> None:
    check_village(case, found="away", by=village, now=noon)
    report_return(case, on=localdate(noon), by=teacher, now=noon)
    states = [stage["state"] for stage in as_(county).get(f"/cases/{case.pk}/").context["stages"]]
    assert states == ["skipped", "skipped", "skipped", "skipped", "current"]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_case_opens(
    tab: str, case: Case, teacher: User, village: User, principal: User, township: User, county: User, noon: datetime
) -> None:
    persuade(case, teacher, village, principal, township, noon)
    page = as_(county).get(f"/cases/{case.pk}/", {"tab": tab})
    assert page.status_code == 200
    assert f'href="/cases/{case.pk}/?tab=journal"' in page.content.decode()


@pytest.mark.parametrize("path", ["", "?tab=journal", "sheet/", "bpmn/dropout/", "supervise/pause/", "supervise/extra/"])
def test_a_stranger_finds_no_case(case: Case, stranger: User, path: str) -> None:
    assert as_(stranger).get(f"/cases/{case.pk}/{path}").status_code == 404


def test_a_department_sees_a_case_only_with_a_part_in_it(case: Case, police: User) -> None:
    assert as_(police).get(f"/cases/{case.pk}/").status_code == 404


def test_a_look_goes_on_record_once_an_hour(case: Case, county: User, principal: User, clock: Callable[[datetime], None], noon: datetime) -> None:
    def looks(user: User) -> int:
        return Entry.objects.filter(case=case, verb="case.viewed", actor=user).count()

    client = as_(county)
    client.get(f"/cases/{case.pk}/")
    client.get(f"/cases/{case.pk}/?tab=files")
    assert (looks(county), looks(principal)) == (1, 0)
    clock(noon + timedelta(minutes=61))
    client.get(f"/cases/{case.pk}/")
    assert looks(county) == 2


def test_the_sheet_holds_the_case_on_one_page(case: Case, teacher: User, village: User, principal: User, county: User, noon: datetime) -> None:
    enter(case, teacher, village, principal, noon)
    words = as_(county).get(f"/cases/{case.pk}/sheet/").content.decode()
    assert "张小明" in words
    assert "data-print" in words


def test_who_supervises_suspends_resumes_adds_a_task_and_cancels(case: Case, county: User, teacher: User, place: Place) -> None:
    client = as_(county)
    where = f"/cases/{case.pk}/supervise"
    assert as_(teacher).get(f"{where}/pause/").status_code == 403
    assert client.post(f"{where}/pause/", {"note": "住院"}).status_code == 302
    case.refresh_from_db()
    assert case.paused_at
    assert client.post(f"{where}/resume/", {"note": "出院"}).status_code == 302
    post = make_user("helper", "township_officer", place.township).appointments.get()
    said = {"title": "联系亲属", "instructions": "问清去向", "post": post.pk, "working_days": 3}
    assert client.post(f"{where}/extra/", said).status_code == 302
    assert task(case, "extra_task").organisation == place.township
    assert client.post(f"{where}/cancel/", {"note": ""}).status_code == 422
    assert client.post(f"{where}/cancel/", {"note": "录错了"}).status_code == 302
    case.refresh_from_db()
    assert case.standing == "cancelled"
    assert client.get(f"{where}/dismiss/").status_code == 404


def test_the_menu_offers_what_the_post_may_do_and_only_danger_on_a_closed_case(case: Case, teacher: User, county: User) -> None:
    def labels(user: User) -> set[str]:
        with translation.override("en"):
            return {item.url.split("/")[-2] for group in as_(user).get(f"/cases/{case.pk}/").context["menu"] for item in group}

    assert "pause" in labels(county)
    assert "pause" not in labels(teacher)
    as_(county).post(f"/cases/{case.pk}/supervise/cancel/", {"note": "录错了"})
    assert labels(county) == {"danger"}


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_every_flow_is_drawn_without_inline_styles_and_with_short_titles(kind: str) -> None:
    drawing = chart.draw(kind, {"conclude_verification": "current"})
    assert drawing.boxes
    assert all(box.x >= 0 and box.y >= 0 and box.x + box.width <= drawing.width and box.y + box.height <= drawing.height for box in drawing.boxes)
    assert all(len(line) <= 16 for box in drawing.boxes for _x, _y, line in box.lines)
    drawn = {box.title for box in drawing.boxes if box.shape == "task"}
    assert drawn <= {title(step) for step in STEPS}


def test_titles_fit_the_chart_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert {step: title(step) for step in STEPS if len(title(step)) > 12 and not title(step).isascii()} == {}


def test_the_chart_shows_where_the_case_stands(case: Case, county: User) -> None:
    words = as_(county).get(f"/cases/{case.pk}/", {"tab": "course"}).content.decode()
    assert words.count("kc-chart__node--current") == 2
    assert "style=" not in words


def test_a_supervisor_takes_the_flow_away_as_bpmn(case: Case, county: User, teacher: User, admin: User) -> None:
    answer = as_(county).get(f"/cases/{case.pk}/bpmn/dropout/")
    root = ElementTree.fromstring(answer.content)
    assert root.tag.endswith("definitions")
    assert as_(teacher).get(f"/cases/{case.pk}/bpmn/dropout/").status_code == 403
    assert as_(county).get(f"/cases/{case.pk}/bpmn/nonsense/").status_code == 404


def test_who_proposed_may_take_it_back_from_the_plan(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    proposal = propose_deduction(
        case, ground="moved_away", occurred_on=later.date(), evidence=papers("register_transfer", "receiving_reply"), by=township, now=later
    )
    where = f"/clearances/{proposal.pk}/withdraw/"
    assert where in as_(township).get(f"/cases/{case.pk}/", {"tab": "plan"}).content.decode()
    assert where not in as_(teacher).get(f"/cases/{case.pk}/", {"tab": "plan"}).content.decode()


def test_the_search_of_every_page_keeps_an_identity_number_out_of_the_address(client: Client, county: User, case: Case) -> None:
    client.force_login(county)
    by_name = client.post(reverse("case-find"), {"q": case.student.name})
    assert by_name["Location"].startswith(reverse("cases") + "?q=")
    number = identity.decrypt(bytes(case.student.id_cipher or b""), case.student.id_hash)
    by_number = client.post(reverse("case-find"), {"q": number})
    assert by_number["Location"] == reverse("case", args=[case.pk])
