"""A child comes back, stays, and is watched three times; another leaves again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cases.register.models import Standing
from tests.journeys.driver import Said, Story, weekdays
from tests.journeys.roads import Cast, conclude, confirm_return, enter, hold_rounds, look, persuade, plan, watch
from tests.paper import pdf

if TYPE_CHECKING:
    from cases.register.models import Student

pytestmark = pytest.mark.django_db


def test_from_suspicion_to_return_with_three_watches(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    assert story.ledger() == {}, "a suspicion is in no column"
    conclude(story, who)
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}
    plan(story, who)
    persuade(story, who)
    hold_rounds(story, who, 1)
    assert story.waiting == {"joint_persuasion": "township"}, "the next round"

    story.later(days=2)
    confirm_return(story, who)
    assert story.ledger() == {"on_ledger": 1, "returned": 1}

    for number in (30, 60, 90):
        assert story.waiting == {f"watch_{number}": "teacher"}
        assert story.case.closed_at is None
        watch(story, who, number)

    assert story.waiting == {}
    assert story.case.standing == Standing.RETURNED
    assert story.case.closed_at is not None
    assert story.ledger(2026, 12) == {"on_ledger": 1, "returned": 1}
    assert story.today.year == 2027
    assert story.ledger() == {}, "another year, another ledger: who returned is not carried over"


def test_a_return_in_a_hurry_is_refused_with_words(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    first_day = weekdays(story.today, 1)[0]
    story.on(first_day)
    story.acts(who.teacher, "return-report", on=first_day)
    story.later(days=2)
    evidence = {"attendance_list": pdf()}
    days = weekdays(first_day, 2)
    story.is_refused(who.principal, "confirm_return", stayed=True, attendance=days, placement="same_class", evidence=evidence)
    story.later(days=5)
    days = weekdays(first_day, 5)
    refused = story.is_refused(who.principal, "confirm_return", stayed=True, attendance=days, placement="same_class")
    assert refused.problems
    assert refused.form.controls["attendance"].values == [day.isoformat() for day in days], "what was filled in is still there"
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_a_child_that_leaves_within_the_week_never_left_the_ledger(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    plan(story, who)
    persuade(story, who)
    first_day = weekdays(story.today, 1)[0]
    story.on(first_day)
    story.acts(who.teacher, "return-report", on=first_day)
    story.later(days=2)
    story.does(who.principal, "confirm_return", stayed=False, note="第二天又离校。")
    assert story.waiting == {"joint_persuasion": "township"}
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}


def test_the_county_refuses_a_return_and_the_school_proposes_again(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    first_day = weekdays(story.today, 1)[0]
    story.on(first_day)
    story.acts(who.teacher, "return-report", on=first_day)
    story.later(days=7)
    said: Said = {"stayed": True, "attendance": weekdays(first_day, 5), "placement": "same_class"}
    story.does(who.principal, "confirm_return", **said, evidence={"attendance_list": pdf()})
    story.is_refused(who.county, "approve_return", approve=False)
    story.does(who.county, "approve_return", approve=False, note="考勤表缺少签名。")
    assert story.waiting == {"confirm_return": "principal"}
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}

    story.does(who.principal, "confirm_return", **said, evidence={"class_roster": pdf()})
    story.does(who.county, "approve_return", approve=True)
    assert story.ledger() == {"on_ledger": 1, "returned": 1}


def test_a_relapse_at_a_watch_reopens_the_case_on_the_same_ledger(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    plan(story, who)
    persuade(story, who)
    confirm_return(story, who)
    assert story.ledger() == {"on_ledger": 1, "returned": 1}

    watch(story, who, 30, days_present=3, passed=False, note="再次离校，在县城打工。")
    assert (story.case.episode, story.case.standing) == (2, Standing.STILL_OUT)
    assert story.case.entered_ledger_on == story.today
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}, "one child, counted once"

    assert story.waiting == {"write_plan": "principal"}
    plan(story, who)
    persuade(story, who)
    confirm_return(story, who)
    assert story.ledger(2026, 12) == {"on_ledger": 1, "returned": 1}
    assert story.waiting == {"watch_30": "teacher"}, "watched anew"


def test_a_new_absence_after_the_case_was_closed_is_a_new_episode(story: Story, who: Cast, student: Student) -> None:
    enter(story, who, student)
    confirm_return(story, who)
    for number in (30, 60, 90):
        watch(story, who, number)
    assert story.case.closed_at is not None
    case_number = story.case.number

    story.later(days=60)
    story.report(who.teacher, student, last_attended_on=story.days_ago(40))
    assert (story.case.number, story.case.episode, story.case.standing) == (case_number, 2, Standing.SUSPECTED)
    assert story.waiting == {"first_visit": "teacher", "village_check": "village"}
    assert story.ledger() == {}
    story.visits(who.teacher, "first_visit")
    story.does(who.village, "village_check", found="at_home")
    story.does(who.principal, "conclude_verification", conclusion="dropped_out", reason="tired_of_school")
    assert story.today.year == 2027
    assert story.ledger() == {"on_ledger": 1, "still_out": 1}
