"""From an overdue task to a supervision order, its answer and its end; to the joint conference; and what the inspectorate makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cases.conferences.models import AgendaItem
from cases.inspections.models import Finding
from cases.supervision.models import SupervisionOrder
from tests.journeys.driver import Story
from tests.journeys.roads import Cast, look
from tests.paper import pdf
from workflows.models import Escalation

if TYPE_CHECKING:
    from cases.register.models import Student

pytestmark = pytest.mark.django_db


def test_an_order_is_issued_sent_back_answered_again_and_accepted(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    story.later(days=16)
    story.time_does_its_work()
    [raised] = Escalation.objects.queue_of(who.conference).filter(assignment__step="first_visit", rung=4)
    browser = story.browser(who.conference)
    page = browser.open(reverse("escalation", args=[raised.pk]))
    address = f"{reverse('order-new', args=[story.case.pk])}?escalation={raised.pk}"
    assert f'href="{address}"' in page.text
    page = browser.open(address)
    after = browser.submit(page, page.form.fill(answer_by=story.today + timedelta(days=4)))
    order = SupervisionOrder.objects.get()
    assert after.address == order.get_absolute_url()

    story.later(days=1)
    story.does(who.principal, "answer_order", text="班主任已联系家长。", evidence=[pdf("记录.pdf")])
    story.does(who.conference, "decide_on_answer", outcome="sent_back", reason="须入户，并附家访记录。", again_by=story.today + timedelta(days=3))
    assert story.waiting["answer_order"] == "principal"
    story.is_refused(who.principal, "answer_order", text=" ")
    story.visits(who.teacher, "first_visit")
    story.does(who.principal, "answer_order", text="今日已家访，见记录。")
    story.is_refused(who.conference, "decide_on_answer", outcome="accountable", reason="", measure="talk")
    story.does(who.conference, "decide_on_answer", outcome="accepted")
    page = story.open(who.principal, order.get_absolute_url())
    assert all(word in page.text for word in ("须入户，并附家访记录。", "今日已家访，见记录。"))
    order.refresh_from_db()
    assert order.state == "accepted"
    assert order.number in story.page(who.county, "supervision").text
    assert set(story.waiting) == {"village_check"}


def test_a_hard_case_goes_before_the_conference_whose_decision_is_a_task(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.orders(who.county, "conclude_verification", "agenda", note="父母失联，请联席会议研究。")
    item = AgendaItem.objects.get()
    story.orders(who.county, "conclude_verification", "agenda", status=422, note="再议")

    browser = story.browser(who.conference)
    page = browser.open(reverse("conference"))
    on = story.today + timedelta(days=3)
    browser.submit(page, page.form_to(reverse("conference-schedule")).fill(item=[str(item.pk)], meeting_on=on))
    assert "父母失联" in story.open(who.convener, f"{reverse('agenda-paper')}?on={on.isoformat()}").text
    story.on(on)
    page = browser.open(item.get_absolute_url())
    post = who.police.appointments.get()
    page = browser.submit(
        page, page.form.fill(taken_up="yes", held_on=on, decision="公安局查明监护人去向。", post=post, title="查明去向", working_days=3)
    )
    assert story.waiting["extra_task"] == "police"
    story.does(who.police, "extra_task", answer="已查明。")
    assert "公安局查明监护人去向。" in story.page(who.county, "supervision").text


def test_a_task_is_raised_from_its_page_and_lies_before_the_superior(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    task = story.task("first_visit")
    assert task.due_at is not None
    story.at(task.due_at + timedelta(hours=1))
    story.time_does_its_work()
    story.orders(who.principal, "first_visit", "raise", status=422, note="")
    story.orders(who.principal, "first_visit", "raise", note="班主任请长假，校内无人可派。")
    [raised] = [row.escalation for row in story.open(who.county, reverse("queue")).context["rows"]]
    assert raised.assignment == task
    assert "班主任请长假" in story.open(who.county, reverse("escalation", args=[raised.pk])).text
    story.orders(who.principal, "first_visit", "raise", status=422, note="再提一次")


def test_the_inspectorate_finds_the_unit_answers_the_inspectorate_closes(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    browser = story.browser(who.inspector)
    page = browser.follow(browser.open(reverse("findings")), reverse("finding-new"))
    said = {"count": "persuasion", "facts": "三周内仅电话联系一次", "demand": "三日内入户", "number": story.case.number}
    browser.submit(page, page.form.fill(unit=story.case.school, **said | {"number": "没有此号"}), status=422)
    browser.submit(page, page.form.fill(unit=story.case.school, **said))
    finding = Finding.objects.get()
    story.open(who.teacher, finding.get_absolute_url(), status=404)
    answering = story.browser(who.principal)
    page = answering.follow(answering.open(reverse("findings")), finding.get_absolute_url())
    answering.submit(page, page.form.fill(answer="已入户，孩子答应周一返校。"))
    page = browser.open(finding.get_absolute_url())
    browser.submit(page, page.form.fill(outcome="close"))
    finding.refresh_from_db()
    assert finding.state == "closed"
    assert "已入户" in story.open(who.county, finding.get_absolute_url()).text
