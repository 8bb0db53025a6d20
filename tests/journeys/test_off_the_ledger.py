"""Deduction and deferred enrolment: with the evidence that the ground demands, and a second person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cases.register.models import Clearance, Standing
from tests.journeys.driver import Said, Story
from tests.journeys.roads import Cast, enter, persuade, plan
from tests.paper import pdf, photo

if TYPE_CHECKING:
    from cases.register.models import Student

pytestmark = pytest.mark.django_db


def test_a_deduction_needs_its_evidence_and_a_second_person(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    moved: Said = {"ground": "moved_away", "occurred_on": story.today, "note": "随父母迁往广东。"}
    page = story.acts(who.principal, "deduction-new", status=422, **moved, evidence={"register_transfer": pdf("迁移证.pdf")})
    assert page.problems, "the reply of the receiving place is missing"
    assert not Clearance.objects.exists()
    assert story.waiting == {"write_plan": "principal"}

    story.acts(who.principal, "deduction-new", **moved, evidence={"register_transfer": pdf("迁移证.pdf"), "receiving_reply": photo("回执.jpg")})
    assert set(story.waiting) == {"write_plan", "approve_deduction"}, "the work goes on until the county has decided"
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}

    story.later(days=1)
    page = story.open(who.county, story.address("approve_deduction"))
    for stored in Clearance.objects.get().evidence.all():
        assert page.offers(f"/files/{stored.pk}/")
        story.open(who.county, f"/files/{stored.pk}/")
    story.does(who.county, "approve_deduction", approve=True)

    assert (story.case.standing, story.waiting) == (Standing.DEDUCTED, {})
    assert story.case.closed_at is not None
    assert story.ledger() == {"on_ledger": 1, "deducted": 1}


def test_whoever_proposes_never_decides(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    evidence = {"death_certificate": pdf()}
    story.acts(who.county, "deduction-new", ground="died", occurred_on=story.today, evidence=evidence)
    assert story.waiting["approve_deduction"] == "county-2", "the task goes to the colleague"
    story.is_refused(who.county, "approve_deduction", approve=True)
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}
    story.does(who.county_2, "approve_deduction", approve=True)
    assert story.ledger() == {"on_ledger": 1, "deducted": 1}


def test_a_refused_and_a_withdrawn_deduction_change_nothing(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    evidence = {"register_transfer": pdf(), "receiving_reply": pdf()}
    story.acts(who.principal, "deduction-new", ground="moved_away", occurred_on=story.today, evidence=evidence)
    story.does(who.county, "approve_deduction", approve=False, note="接收地未回函。")
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}

    story.acts(who.principal, "deduction-new", ground="moved_away", occurred_on=story.today, evidence=evidence)
    proposal = Clearance.objects.get(state="proposed")
    plan_page = story.page(who.principal, "plan")
    browser = story.browser(who.principal)
    browser.submit(plan_page, plan_page.form_to(f"/clearances/{proposal.pk}/withdraw/"))
    assert story.waiting == {"write_plan": "principal"}
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_a_deferral_ends_and_the_child_is_persuaded_again(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    plan(story, who)
    persuade(story, who)
    until = date(2027, 8, 31)
    application: Said = {"ground": "illness", "occurred_on": story.today, "until": until, "note": "肾病，需住院治疗。"}
    page = story.acts(who.principal, "deferral-new", status=422, **application, evidence={"application": pdf()})
    assert page.problems, "neither diagnosis nor the expert committee's opinion"
    story.acts(who.principal, "deferral-new", **application, evidence={"application": pdf(), "diagnosis": pdf("诊断书.pdf")})
    assert set(story.waiting) == {"joint_persuasion", "approve_deferral"}

    story.later(days=1)
    story.does(who.county, "approve_deferral", approve=True)
    assert (story.case.standing, story.case.ends_on) == (Standing.DEFERRED, until)
    assert set(story.waiting) == {"deferral_ends"}
    assert story.ledger() == {"on_ledger": 1, "deferred": 1}

    story.on(date(2027, 8, 20))
    due_at = story.task("deferral_ends").due_at
    assert due_at is not None
    assert due_at.date() == date(2027, 8, 21), "ten days before its end"
    assert story.ledger() == {}, "deferred last year, counted last year"
    story.on(until)
    story.does(who.county, "deferral_ends", result="not_enrolled", on=until, note="家长未送入学。")
    assert story.case.standing == Standing.STILL_OUT
    assert story.waiting == {"joint_persuasion": "township"}
    assert story.ledger() == {"carried_over": 1}, "still out from an earlier year stands beside the table"


def test_a_deferral_that_ends_at_school_counts_as_a_return(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    until = date(2026, 12, 20)
    evidence = {"application": pdf(), "expert_opinion": pdf()}
    story.acts(who.township, "deferral-new", ground="illness", occurred_on=story.today, until=until, evidence=evidence)
    story.does(who.county, "approve_deferral", approve=True)
    assert story.ledger() == {"on_ledger": 1, "deferred": 1}
    story.on(date(2026, 12, 15))
    story.does(who.county, "deferral_ends", result="enrolled", on=story.today, note="县特殊教育学校")
    assert (story.case.standing, story.waiting) == (Standing.RETURNED, {})
    assert story.ledger() == {"on_ledger": 1, "returned": 1}
