"""What happens beside the main road: a joint visit of both lines, and danger to a child."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cases.protection.models import MandatoryReport, Receipt
from cases.visits.models import HomeVisit
from tests.journeys.driver import VISIT, Story
from tests.journeys.roads import Cast, enter, look, plan
from tests.paper import photo

if TYPE_CHECKING:
    from cases.register.models import Student

pytestmark = pytest.mark.django_db


def test_a_joint_visit_is_confirmed_by_the_other_line_with_one_tap(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    plan(story, who)
    story.later(days=1)
    story.visits(who.teacher, "school_persuasion", lines=True, companions="镇干部", photos=[photo("一.jpg"), photo("二.jpg")], signature=photo())
    assert story.waiting == {"township_persuasion": "township"}, "one line's word ends only its own task"

    visit = HomeVisit.objects.latest("recorded_at")
    address = reverse("visit", args=[visit.pk])
    own = story.open(who.teacher, address)
    assert not [form for form in own.forms if form.action == reverse("visit-confirm", args=[visit.pk])], "nobody confirms the own visit"
    for file in (*visit.photos.all(), visit.signature):
        assert file is not None
        story.open(who.township, reverse("file", args=[file.pk]))

    page = story.browser(who.township).follow(story.page(who.township, "visits"), address)
    tap = page.form_to(reverse("visit-confirm", args=[visit.pk]))
    story.browser(who.township).submit(page, tap)
    story.browser(who.township).submit(page, tap)
    assert story.waiting == {"joint_persuasion": "township"}, "and both tasks are done"
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_danger_on_a_visit_is_reported_at_once_and_confirmed_by_each_addressee(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    story.is_refused(who.teacher, "first_visit", **VISIT | {"danger": True})
    assert not MandatoryReport.objects.exists()
    for person in (who.police, who.civil_affairs):
        story.open(person, story.case.get_absolute_url(), status=404)

    story.visits(who.teacher, "first_visit", danger=True, danger_kind="neglect")
    receipts = {receipt.organisation_id: receipt for receipt in Receipt.objects.select_related("organisation")}
    assert len(receipts) == 3
    assert story.case.danger
    for task in story.open_tasks("confirm_receipt"):
        assert task.due_at is not None
        assert timedelta(hours=1, minutes=59) < task.due_at - story.moment < timedelta(hours=2, minutes=1)

    for person in (who.police, who.civil_affairs, who.county):
        mine = receipts[person.posts()[0].organisation_id]
        assert "孩子在家，不愿上学。" in story.open(person, reverse("receipt", args=[mine.pk])).text, "they read what was seen"
        story.does(person, "confirm_receipt", measures="已派人到场。")
        mine.refresh_from_db()
        assert mine.confirmed_by == person
    assert story.waiting == {"village_check": "village"}
    story.page(who.police)
    assert story.ledger() == {}


def test_danger_is_reported_even_while_the_case_is_suspended(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.acts(who.county, "case-supervise", "pause", note="住院治疗")
    story.acts(who.village, "danger", kind="violence", facts="邻居听到打骂声。")
    assert MandatoryReport.objects.get().by == who.village
    assert set(story.waiting) == {"conclude_verification", "confirm_receipt"}
    story.does(who.police, "confirm_receipt", measures="已出警。")
    assert Receipt.objects.get(organisation=who.police.posts()[0].organisation).confirmed_by == who.police
