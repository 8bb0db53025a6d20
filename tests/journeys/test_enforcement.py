"""Persuasion and aid are spent: report, talk, order, term, procuratorate, mediation before the court, return."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cases.documents.models import Document
from cases.register.models import Standing
from tests.factories import Place
from tests.journeys.driver import Story
from tests.journeys.roads import Cast, confirm_return, enter, hold_rounds, persuade, plan
from tests.paper import pdf, photo

if TYPE_CHECKING:
    from cases.register.models import Student

pytestmark = pytest.mark.django_db

STILL_OUT = {"on_ledger": 1, "still_out": 1}


def test_from_persuasion_to_court_mediation_and_return(story: Story, who: Cast, student: Student, place: Place) -> None:
    enter(story, who, student)
    departments = place.departments
    plan(
        story,
        who,
        measures=[
            {"organisation": departments["civil_affairs"], "means": "aid", "task": "核查并落实临时救助"},
            {"organisation": departments["police"], "means": "administrative", "task": "协查监护人去向"},
        ],
    )
    persuade(story, who)
    hold_rounds(story, who, 3)

    # help by departments, side by side
    tasks = story.open_tasks("department_help")
    assert {task.organisation_id for task in tasks} == {departments["civil_affairs"].pk, departments["police"].pk}
    story.later(days=3)
    story.does(who.civil_affairs, "department_help", stays_open=True, answer="under_way", answer_note="正在入户核查。")
    story.does(
        who.civil_affairs, "department_help", answer="done", answer_note="已发放临时救助金。", evidence={"department_answer": pdf("发放表.pdf")}
    )
    assert set(story.waiting) == {"department_help"}
    story.is_refused(who.police, "department_help", answer="done", answer_note="父亲在广东务工，已联系。")
    story.does(who.police, "department_help", answer="done", answer_note="父亲在广东务工，已联系。", evidence={"official_document": pdf()})

    # the law: report, talk, order
    assert story.waiting == {"written_report": "principal"}
    story.later(days=1)
    story.does(who.principal, "written_report", scan=pdf("报告.pdf"), note="报县教育局和镇政府。")
    assert story.waiting == {"talk_on_record": "township"}
    story.does(who.township, "talk_on_record", scan=photo("谈话记录.jpg"))
    assert story.waiting == {"issue_order": "township-head"}
    story.is_refused(who.township_head, "issue_order", number="兴古政令〔2026〕1号")
    story.does(who.township_head, "issue_order", number="兴古政令〔2026〕1号", scan=pdf("责令书.pdf"))
    assert story.ledger() == STILL_OUT

    # the term runs from service, and nobody has to do anything
    story.later(days=1)
    served_on = story.today
    story.does(who.township, "serve_order", service_way="left", witness="村主任李四", proof=photo("送达回证.jpg"), served_on=served_on)
    order = Document.objects.get(kind="order_to_comply")
    assert order.term_ends_on == served_on + timedelta(days=7)
    assert set(story.waiting) == {"term_runs"}
    story.on(served_on + timedelta(days=6))
    story.time_does_its_work()
    assert set(story.waiting) == {"term_runs"}, "not before its last day is over"
    story.on(served_on + timedelta(days=11))
    story.time_does_its_work()
    assert story.waiting == {"refer": "county-head"}
    assert story.ledger() == STILL_OUT

    # procuratorate and court
    story.does(who.county_head, "refer", venue="court", organisation=departments["justice"], number="兴教函〔2026〕3号", scan=pdf("移送函.pdf"))
    assert story.waiting == {"follow_case_in_court": "justice"}
    story.later(days=10)
    story.does(who.justice, "follow_case_in_court", state="accepted", on=story.today, note="已受理。")
    assert story.waiting == {"follow_case_in_court": "justice"}, "followed until the child is back"
    story.later(days=10)
    returns_on = story.today + timedelta(days=4)
    story.is_refused(who.justice, "follow_case_in_court", state="mediated", on=story.today)
    story.does(who.justice, "follow_case_in_court", state="mediated", on=story.today, return_on=returns_on, note="达成调解。")
    assert story.ledger(2026, 12) == STILL_OUT

    story.on(returns_on)
    confirm_return(story, who)
    assert story.ledger(2026, 12) == {"on_ledger": 1, "returned": 1}
    assert (story.case.standing, story.waiting) == (Standing.RETURNED, {"watch_30": "teacher"})

    for tab in ("overview", "course", "visits", "plan", "documents", "files", "journal"):
        story.page(who.county, tab)
    for document in Document.objects.all():
        story.open(who.county, reverse("document", args=[document.pk]))
    story.open(who.county, reverse("case-sheet", args=[story.case.pk]))


def test_a_rejected_referral_is_referred_anew(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    plan(story, who)
    persuade(story, who)
    hold_rounds(story, who, 3)
    assert story.waiting == {"written_report": "principal"}, "a plan without measures goes straight to the law"
    story.does(who.principal, "written_report", note="报县教育局和镇政府。")
    story.does(who.township, "talk_on_record", note="监护人承诺配合，未送子女返校。")
    story.does(who.township_head, "issue_order", number="1号", scan=pdf())
    story.does(who.township, "serve_order", service_way="direct", witness="张大山")
    story.later(days=12)
    story.time_does_its_work()
    story.does(who.county_head, "refer", venue="procuratorate", number="2号")
    story.later(days=5)
    story.does(who.justice, "follow_case_in_court", state="rejected", on=story.today, note="材料不足。")
    assert story.waiting == {"refer": "county-head"}
    assert story.ledger() == STILL_OUT
