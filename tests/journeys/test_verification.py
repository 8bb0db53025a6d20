"""Suspicions that come to something else than the ledger, and one that becomes a dropout by the passing of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from cases.register.models import Standing
from tests.journeys.driver import START, Said, Story
from tests.journeys.roads import Cast, look
from tests.paper import pdf

if TYPE_CHECKING:
    from cases.register.models import Student

pytestmark = pytest.mark.django_db

A_WEEK_AGO = (START - timedelta(days=8)).date()


def test_what_is_no_dropout_never_enters_the_ledger(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.later(days=1)
    story.is_refused(who.principal, "conclude_verification", conclusion="not_dropout", note="已在外县就读")
    story.does(
        who.principal,
        "conclude_verification",
        conclusion="not_dropout",
        finding="other_province_no_roll",
        note="已在外县就读",
        evidence={"enrolment_certificate": pdf()},
    )
    assert (story.case.standing, story.case.entered_ledger_on, story.waiting) == (Standing.NOT_DROPOUT, None, {})
    assert story.case.closed_at is not None
    assert story.ledger() == {}


def test_suspended_by_rule_and_back(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    ends_on = date(2026, 11, 30)
    said: Said = {"conclusion": "suspended_by_rule", "ends_on": ends_on, "note": "经学校批准休学。"}
    story.is_refused(who.principal, "conclude_verification", **said)
    story.does(who.principal, "conclude_verification", **said, evidence={"leave_form": pdf("休学审批表.pdf")})
    assert (story.case.standing, story.case.ends_on) == (Standing.ON_LEAVE, ends_on)
    assert story.waiting == {"leave_ends": "principal"}
    assert story.ledger() == {}

    story.on(date(2026, 12, 1))
    story.does(who.principal, "leave_ends", result="back", on=story.today)
    assert (story.case.standing, story.waiting) == (Standing.NOT_DROPOUT, {})
    assert story.ledger() == {}


def test_a_leave_is_prolonged_and_then_the_child_stays_away(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    story.does(who.principal, "conclude_verification", conclusion="on_leave", ends_on=date(2026, 10, 30), evidence={"leave_form": pdf()})
    story.on(date(2026, 10, 30))
    story.does(who.principal, "leave_ends", result="extended", on=story.today, ends_on=date(2026, 11, 10))
    assert story.waiting == {"leave_ends": "principal"}
    story.on(date(2026, 11, 12))
    story.does(who.principal, "leave_ends", result="not_back", on=date(2026, 11, 10), note="假期满后未返校。")
    assert story.case.standing == Standing.SUSPECTED
    assert story.waiting == {"conclude_verification": "principal"}
    assert story.ledger() == {}

    early: Said = {"conclusion": "dropped_out", "reason": "tired_of_school"}
    story.is_refused(who.principal, "conclude_verification", **early)
    story.on(date(2026, 12, 10))
    story.does(who.principal, "conclude_verification", **early)
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_still_suspected_until_the_day_that_makes_it_a_dropout(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student, last_attended_on=A_WEEK_AGO)
    story.later(days=1)
    dropped_out: Said = {"conclusion": "dropped_out", "reason": "tired_of_school"}
    page = story.is_refused(who.principal, "conclude_verification", **dropped_out)
    the_day = A_WEEK_AGO + timedelta(days=30)
    assert the_day.isoformat() in page.text, "the words name the day"
    story.does(who.principal, "conclude_verification", conclusion="still_suspected", note="继续劝返。")
    assert story.waiting == {"persuade_suspected": "teacher"}

    story.later(days=3)
    story.visits(who.teacher, "persuade_suspected", stays_open=True)
    story.later(days=3)
    story.time_does_its_work()
    assert story.waiting == {"persuade_suspected": "teacher"}
    assert story.ledger() == {}

    story.on(the_day + timedelta(days=1))
    story.time_does_its_work()
    assert story.waiting == {"conclude_verification": "principal"}, "the day itself brought it back"
    story.does(who.principal, "conclude_verification", **dropped_out)
    assert story.case.standing == Standing.STILL_OUT
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_a_contact_by_telephone_is_on_record_and_ends_nothing(story: Story, who: Cast, student: Student) -> None:
    story.report(who.teacher, student)
    story.visits(who.teacher, "first_visit", stays_open=True, mode="phone")
    story.visits(who.teacher, "first_visit", stays_open=True, met=["nobody"], outcome="not_met")
    story.visits(who.teacher, "first_visit")
    assert story.waiting == {"village_check": "village"}


def test_a_child_of_a_priority_household_that_never_enrolled(story: Story, who: Cast, student: Student) -> None:
    student.groups = ["monitored_unstable"]
    student.save()
    look(story, who, student, last_attended_on=None, channel="village_report")
    story.does(who.principal, "conclude_verification", conclusion="out_of_school", reason="tired_of_school")
    assert story.case.priority_household is True
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}
    total = story.open(who.county, "/ledger/").context["rows"][0]["cells"]
    assert [cell["priority"] for cell in total if cell["total"]] == [1, 1]
