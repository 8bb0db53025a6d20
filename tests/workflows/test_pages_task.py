"""The page of a task, over HTTP: one road, two people at once, the same form twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.urls import reverse

from cases.journal.models import Entry
from cases.register.plans import write_plan
from cases.visits.models import HomeVisit
from cases.visits.rounds import check_village
from cases.visits.services import log_visit
from tests.factories import make_user
from tests.workflows.desk import as_, task, visit_post
from tests.workflows.roads import enter, look, persuade, visit
from workflows import casewide
from workflows.extratasks import add_extra_task
from workflows.models import Assignment
from workflows.steps import title

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def at_noon(clock: Callable[[datetime], None], noon: datetime) -> None:
    clock(noon)


def test_the_page_shows_form_case_deadline_and_what_comes_next(case: Case, teacher: User) -> None:
    page = as_(teacher).get(f"/tasks/{task(case, 'first_visit').pk}/")
    words = page.content.decode()
    assert page.status_code == 200
    assert 'name="submission"' in words
    assert 'name="visit_id"' in words
    assert "tel:13800001234" in words
    assert page.context["why"]
    assert [step.step for step in page.context["ahead"].steps] == ["conclude_verification"]
    assert page.context["ahead"].together


def test_a_teacher_carries_the_task_out_and_reads_that_something_else_is_still_open(case: Case, teacher: User, noon: datetime) -> None:
    todo = task(case, "first_visit")
    answer = as_(teacher).post(f"/tasks/{todo.pk}/", visit_post(noon), follow=True)
    assert answer.redirect_chain[-1][0] == "/tasks/"
    assert HomeVisit.objects.count() == 1
    todo.refresh_from_db()
    assert (todo.state, todo.done_by) == ("done", teacher)
    [said] = [str(message) for message in answer.context["messages"]]
    assert "1" in said, "the village's check, which was open before, is counted and not named"
    assert "village" not in said


def test_what_was_opened_meanwhile_by_something_else_does_not_come_next(
    case: Case, teacher: User, village: User, county: User, noon: datetime
) -> None:
    check_village(case, found="at_home", by=village, now=noon)
    add_extra_task(case, title="核实去向", instructions="", organisation=case.township, role="township_officer", working_days=2, by=county, now=noon)
    todo = task(case, "first_visit")
    answer = as_(teacher).post(f"/tasks/{todo.pk}/", visit_post(noon), follow=True)
    [said] = [str(message) for message in answer.context["messages"]]
    assert str(title("conclude_verification")) in said
    assert str(title("extra_task")) not in said


def test_who_has_the_next_task_too_is_led_there(case: Case, teacher: User, village: User, principal: User, noon: datetime) -> None:
    look(case, teacher, village, noon)
    todo = task(case, "conclude_verification")
    said = {"submission": str(uuid4()), "conclusion": "still_suspected", "reason": "tired_of_school", "note": "继续核查"}
    answer = as_(principal).post(f"/tasks/{todo.pk}/", said)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.headers["Location"] == "/tasks/"
    follow = task(case, "persuade_suspected")
    assert follow.holder == teacher


def test_a_contact_without_meeting_anybody_leaves_the_task_open_and_says_why(case: Case, teacher: User, noon: datetime) -> None:
    todo = task(case, "first_visit")
    answer = as_(teacher).post(f"/tasks/{todo.pk}/", visit_post(noon, mode="phone"), follow=True)
    assert answer.redirect_chain[-1][0] == f"/tasks/{todo.pk}/"
    assert task(case, "first_visit").pk == todo.pk


def test_mistakes_come_back_with_what_was_typed(case: Case, teacher: User, noon: datetime) -> None:
    todo = task(case, "first_visit")
    answer = as_(teacher).post(f"/tasks/{todo.pk}/", visit_post(noon, mode="", account="说了很多"))
    assert answer.status_code == 422
    assert "说了很多" in answer.content.decode()
    assert HomeVisit.objects.count() == 0


def test_the_same_form_posted_twice_counts_once(case: Case, teacher: User, noon: datetime) -> None:
    todo, said = task(case, "first_visit"), visit_post(noon)
    client = as_(teacher)
    first, second = client.post(f"/tasks/{todo.pk}/", said), client.post(f"/tasks/{todo.pk}/", said)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert HomeVisit.objects.count() == 1
    assert Entry.objects.filter(verb="visit.logged").count() == 1


def test_the_second_of_two_people_is_told_who_was_faster_and_keeps_the_words(
    case: Case, principal: User, village: User, noon: datetime, teacher: User
) -> None:
    todo = task(case, "village_check")
    client = as_(village)
    client.get(f"/tasks/{todo.pk}/")
    check_village(case, found="away", by=village, now=noon)

    answer = client.post(f"/tasks/{todo.pk}/", {"submission": str(uuid4()), "found": "at_home", "note": "我写了很久的情况"})

    words = answer.content.decode()
    assert answer.status_code == 409
    assert village.name in words
    assert "我写了很久的情况" in words
    assert case.checks.count() == 1


def test_a_finished_task_says_who_finished_it(case: Case, teacher: User, noon: datetime) -> None:
    todo = task(case, "first_visit")
    log_visit(case, **visit(noon), by=teacher, now=noon)
    page = as_(teacher).get(f"/tasks/{todo.pk}/")
    assert page.status_code == 200
    assert page.context["form"] is None
    assert teacher.name in page.context["closed"]


def test_who_may_see_the_case_reads_along_and_cannot_post(case: Case, township: User, noon: datetime) -> None:
    todo = task(case, "first_visit")
    client = as_(township)
    page = client.get(f"/tasks/{todo.pk}/")
    assert (page.status_code, page.context["form"]) == (200, None)
    assert client.post(f"/tasks/{todo.pk}/", visit_post(noon)).status_code == 403


@pytest.mark.parametrize("path", ["/tasks/{}/", "/tasks/{}/remind/", "/tasks/{}/reassign/"])
def test_a_stranger_finds_no_task(case: Case, stranger: User, path: str) -> None:
    assert as_(stranger).get(path.format(task(case, "first_visit").pk)).status_code == 404


def test_a_stranger_can_neither_claim_nor_post(case: Case, stranger: User, noon: datetime) -> None:
    todo = task(case, "first_visit")
    assert as_(stranger).post(f"/tasks/{todo.pk}/claim/").status_code == 404
    assert as_(stranger).post(f"/tasks/{todo.pk}/", visit_post(noon)).status_code == 404


def test_what_a_task_is_about_stands_above_its_form(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    write_plan(case, reason="tired_of_school", situation="在家照看弟弟", goal="两周内返校", means=["care"], measures=[], by=principal, now=later)
    page = as_(township).get(f"/tasks/{task(case, 'sign_plan').pk}/")
    assert "两周内返校" in page.content.decode()


def test_every_step_with_a_form_has_a_page(
    case: Case, teacher: User, village: User, principal: User, township: User, county: User, noon: datetime
) -> None:
    persuade(case, teacher, village, principal, township, noon)
    for row in Assignment.objects.filter(organisation__isnull=False):
        assert as_(county).get(f"/tasks/{row.pk}/").status_code == 200


def test_a_suspended_case_shows_no_form(case: Case, teacher: User, principal: User, noon: datetime) -> None:
    casewide.pause_case(case, note="住院", by=principal, now=noon)
    page = as_(teacher).get(f"/tasks/{task(case, 'first_visit').pk}/")
    assert (page.status_code, page.context["form"]) == (200, None)


def test_a_supervisor_reminds_with_a_reason(case: Case, principal: User, teacher: User) -> None:
    todo = task(case, "first_visit")
    client = as_(principal)
    assert client.get(f"/tasks/{todo.pk}/remind/").status_code == 200
    assert client.post(f"/tasks/{todo.pk}/remind/", {"submission": str(uuid4()), "note": ""}).status_code == 422
    assert client.post(f"/tasks/{todo.pk}/remind/", {"submission": str(uuid4()), "note": "请今天去"}).status_code == 302
    assert Entry.objects.get(verb="task.reminded").remark.text == "请今天去"
    assert as_(teacher).post(f"/tasks/{todo.pk}/remind/", {"note": "x"}).status_code == 403


def test_an_order_is_offered_to_whom_may_issue_one(case: Case, principal: User, county: User) -> None:
    todo, address = task(case, "first_visit"), reverse("order-new", args=[case.pk])
    assert address in as_(county).get(f"/tasks/{todo.pk}/").content.decode()
    page = as_(principal).get(f"/tasks/{todo.pk}/")
    assert page.context["supervises"]
    assert address not in page.content.decode()
    assert as_(principal).get(address).status_code == 403


def test_a_supervisor_reassigns_extends_and_takes_over(place: Place, case: Case, principal: User, noon: datetime) -> None:
    second = make_user("teacher-2", "class_teacher", place.school, school_class=place.school_class)
    todo, client = task(case, "first_visit"), as_(principal)
    post = second.appointments.get()
    assert client.post(f"/tasks/{todo.pk}/reassign/", {"to": post.pk, "note": "原班主任请假"}).status_code == 302
    until = (noon + timedelta(days=6)).date()
    assert client.post(f"/tasks/{todo.pk}/extend/", {"until": until.isoformat(), "note": "大雨封路"}).status_code == 302
    todo.refresh_from_db()
    assert todo.holder == second
    assert todo.due_at is not None
    assert todo.due_at.date() == until
    assert client.post(f"/tasks/{todo.pk}/take-over/", {"note": "我去"}).status_code == 302
    todo.refresh_from_db()
    assert todo.holder == principal


def test_a_supervisor_sends_back_to_a_step_that_was_done(
    case: Case, teacher: User, village: User, principal: User, county: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    write_plan(case, reason="tired_of_school", situation="在家", goal="返校", means=["care"], measures=[], by=principal, now=later)
    todo, client = task(case, "sign_plan"), as_(county)
    assert 'value="write_plan"' in client.get(f"/tasks/{todo.pk}/send-back/").content.decode()
    answer = client.post(f"/tasks/{todo.pk}/send-back/", {"step": "write_plan", "note": "措施不具体"})
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    assert task(case, "write_plan").holder == principal


def test_where_nothing_can_be_done_again_the_supervisor_is_told_so(case: Case, principal: User) -> None:
    todo = task(case, "first_visit")
    assert as_(principal).get(f"/tasks/{todo.pk}/send-back/").headers["Location"] == f"/tasks/{todo.pk}/"


def test_an_unknown_order_is_not_found(case: Case, principal: User) -> None:
    assert as_(principal).get(f"/tasks/{task(case, 'first_visit').pk}/dismiss/").status_code == 404
