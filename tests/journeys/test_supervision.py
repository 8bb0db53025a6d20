"""The supervisor's road: a task goes overdue, climbs, and somebody above decides; a case is sent back, suspended, cancelled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from cases.register.models import Standing
from tests.journeys.driver import Story
from tests.journeys.roads import Cast, enter, look, plan
from workflows.models import Escalation, EscalationState

if TYPE_CHECKING:
    from cases.directory.models import Appointment, User
    from cases.register.models import Student

pytestmark = pytest.mark.django_db


def post_of(user: User) -> Appointment:
    return user.appointments.get()


def queue(story: Story, user: User) -> list[Escalation]:
    return [row.escalation for row in story.open(user, reverse("queue")).context["rows"]]


def test_an_overdue_task_climbs_to_the_head_and_then_to_its_superior(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    task = story.task("first_visit")
    assert task.due_at is not None
    assert queue(story, who.principal) == []

    story.at(task.due_at + timedelta(minutes=1))
    story.time_does_its_work()
    [raised] = queue(story, who.principal)
    assert (raised.assignment, raised.rung) == (task, 2)
    assert queue(story, who.county) == []

    # three working days later it lies before the county, with a button to act on it
    story.later(days=5)
    story.time_does_its_work()
    [raised] = queue(story, who.county)
    assert (raised.assignment, raised.rung) == (task, 3)
    address = reverse("escalation", args=[raised.pk])
    browser = story.browser(who.county)
    page = browser.follow(story.open(who.county, reverse("queue")), address)
    until = story.today + timedelta(days=5)
    browser.submit(page, page.form.fill(how="extend", note=""), status=422)
    browser.submit(page, page.form.fill(how="extend", until=until, note="教师培训，周五前补访。"))
    task.refresh_from_db()
    assert task.due_at.date() == until
    assert queue(story, who.county) == []
    raised.refresh_from_db()
    assert (raised.state, raised.handled_by) == (EscalationState.HANDLED, who.county)
    assert story.ledger() == {}

    # overdue again, it climbs again
    story.on(until + timedelta(days=1))
    story.time_does_its_work()
    assert [row.assignment for row in queue(story, who.principal)] == [task]
    story.visits(who.teacher, "first_visit")
    assert queue(story, who.principal) == [], "done is done"


def test_the_queue_reminds_and_reassigns_many_at_once(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    task = story.task("first_visit")
    story.later(days=8)
    story.time_does_its_work()
    browser = story.browser(who.county)
    page = browser.open(reverse("queue"))
    picked = [str(row.escalation.pk) for row in page.context["rows"]]
    bulk = page.form_to(reverse("queue-bulk"))
    asked = browser.submit(page, bulk.fill(escalation=picked), press="how=remind")
    browser.submit(asked, asked.form_to(reverse("queue-bulk")).fill(note="请今天完成。"))
    assert {row.decision for row in Escalation.objects.filter(assignment=task, handled_by=who.county)} == {"reminded"}
    assert who.teacher.notifications.filter(message="task_reminder").exists()

    page = browser.open(reverse("queue"))
    bulk = page.form_to(reverse("queue-bulk"))
    asked = browser.submit(page, bulk.fill(escalation=[str(row.escalation.pk) for row in page.context["rows"]]), press="how=reassign")
    colleague = post_of(who.other_teacher)
    browser.submit(asked, asked.form_to(reverse("queue-bulk")).fill(to=colleague, note="班主任请假，由同事家访。"))
    assert story.waiting["first_visit"] == "other-teacher"
    story.visits(who.other_teacher, "first_visit")
    assert set(story.waiting) == {"village_check"}


def test_a_task_is_reassigned_from_its_own_page_and_taken_over(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.orders(who.county, "conclude_verification", "reassign", to=post_of(who.county_2), note="校长外出。")
    assert story.waiting == {"conclude_verification": "county-2"}
    story.orders(who.county, "conclude_verification", "remind", note="请今天核实。")
    story.orders(who.county_head, "conclude_verification", "take-over", note="亲自处理。")
    assert story.waiting == {"conclude_verification": "county-head"}
    story.does(who.county_head, "conclude_verification", conclusion="dropped_out", reason="work")
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_a_case_is_sent_back_with_a_reason(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    plan(story, who)
    story.later(days=1)
    story.visits(who.teacher, "school_persuasion")
    story.orders(who.county, "township_persuasion", "send-back", status=422, step="write_plan", note="")
    story.orders(who.county, "township_persuasion", "send-back", step="write_plan", note="计划未写明帮扶措施。")
    assert story.waiting == {"write_plan": "principal"}
    assert "计划未写明帮扶措施。" in story.page(who.principal, "journal").text
    story.does(who.principal, "write_plan", goal="三周内返校")
    story.does(who.township, "sign_plan", sign=False, note="请补充镇负责人。")
    assert story.waiting == {"write_plan": "principal"}
    story.does(who.principal, "write_plan", township_person="王主任")
    story.does(who.township, "sign_plan", sign=True)
    assert set(story.waiting) == {"school_persuasion", "township_persuasion"}
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_a_suspended_case_stands_still_until_it_is_resumed(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    due_at = story.task("conclude_verification").due_at
    assert due_at is not None
    story.acts(who.county, "case-supervise", "pause", note="孩子住院，暂停。")
    assert story.case.paused_at is not None
    page = story.open(who.principal, story.address("conclude_verification"))
    assert not [form for form in page.forms if "submission" in form.controls], "nothing can be done"

    story.later(days=20)
    assert story.time_does_its_work() == 0
    assert not Escalation.objects.exists()
    story.acts(who.county, "case-supervise", "resume", note="出院。")
    assert (due_at.date(), story.today) == (date(2026, 10, 19), date(2026, 11, 3))
    resumed = story.task("conclude_verification").due_at
    assert resumed is not None
    assert resumed.date() == date(2026, 11, 6), "the three working days that were left"
    story.does(who.principal, "conclude_verification", conclusion="dropped_out", reason="illness")
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_what_was_opened_by_mistake_is_cancelled_but_never_from_the_ledger(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.acts(who.county, "case-supervise", "cancel", note="同名误报。")
    assert (story.case.standing, story.waiting) == (Standing.CANCELLED, {})
    assert story.ledger() == {}
    assert story.open(who.teacher, reverse("inbox")).context["page"].paginator.count == 0


def test_a_case_on_the_ledger_offers_no_cancelling(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    address = reverse("case-supervise", args=[story.case.pk, "cancel"])
    assert not story.page(who.county).offers(address)
    page = story.open(who.county, address)
    story.browser(who.county).submit(page, page.form.fill(note="误报"), status=422)
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_an_extra_task_gives_a_department_a_part_and_nothing_more(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.open(who.police, story.case.get_absolute_url(), status=404)
    story.acts(who.county, "case-supervise", "extra", title="核实去向", instructions="请查实监护人去向。", post=post_of(who.police), working_days=2)
    assert story.waiting == {"conclude_verification": "principal", "extra_task": "police"}
    story.does(who.police, "extra_task", answer="监护人在武汉务工。")
    assert story.waiting == {"conclude_verification": "principal"}
    story.page(who.police)
    story.open(who.police, story.address("conclude_verification"))
    assert story.ledger() == {}


def test_more_time_is_asked_for_and_granted_by_somebody_above(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    task = story.task("first_visit")
    address, until = reverse("more-time", args=[task.pk]), story.today + timedelta(days=6)
    browser = story.browser(who.teacher)
    page = browser.follow(story.open(who.teacher, reverse("task", args=[task.pk])), address)
    browser.submit(page, page.form.fill(until=until, reason="道路被水冲断。"))
    due_at = story.task("first_visit").due_at
    assert due_at == task.due_at, "it runs on until somebody answers"
    story.open(who.village, address, status=403)

    above = story.browser(who.principal)
    page = above.open(address)
    assert "道路被水冲断。" in page.text
    above.submit(page, page.form.fill(grant="no"), status=422)
    above.submit(page, page.form.fill(grant="yes"))
    moved = story.task("first_visit").due_at
    assert moved is not None
    assert localdate(moved) == until
