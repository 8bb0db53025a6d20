"""The ways off the ledger, and the tasks on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cases.attendance.services import record_watch
from cases.register.clearance import apply_deferral, end_deferral, propose_deduction, propose_return, report_return
from cases.register.decisions import decide
from cases.register.models import Case, Standing
from tests.workflows.roads import enter, papers, persuade, steps, weekdays
from workflows.models import Assignment

if TYPE_CHECKING:
    from cases.directory.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def bring_back(case: Case, principal: User, now: datetime) -> datetime:
    """Reported back and confirmed after five school days; returns the moment."""
    back_on = now.date() + timedelta(days=1)
    report_return(case, on=back_on, by=principal, now=now + timedelta(days=1))
    later = now + timedelta(days=9)
    propose_return(
        case, stayed=True, placement="same_class", attendance=weekdays(back_on, 5), evidence=papers("attendance_list"), by=principal, now=later
    )
    return later


def test_a_reported_return_withdraws_persuasion_and_asks_the_school_to_confirm(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = persuade(case, teacher, village, principal, township, noon)
    report_return(case, on=later.date(), by=principal, now=later)
    assert steps(case) == {"confirm_return": "principal"}
    withdrawn = Assignment.objects.get(case=case, step="joint_persuasion")
    assert withdrawn.state == "withdrawn"
    assert withdrawn.deadline.state == "cancelled"


def test_a_return_is_approved_by_a_second_person_and_watched_three_times(
    case: Case, teacher: User, village: User, principal: User, township: User, county: User, noon: datetime
) -> None:
    later = bring_back(case, principal, persuade(case, teacher, village, principal, township, noon))
    task = Assignment.objects.get(case=case, step="approve_return", state="open")
    assert task.role == "county_officer"
    decide(case.clearances.get(), approve=True, by=county, now=later)
    case.refresh_from_db()
    assert case.standing == Standing.RETURNED

    for number in (30, 60, 90):
        assert steps(case) == {f"watch_{number}": "teacher"}
        record_watch(case, number=number, school_days=20, days_present=20, passed=True, by=teacher, now=later + timedelta(days=number))

    case.refresh_from_db()
    assert steps(case) == {}
    assert case.closed_at is not None


def test_a_refused_return_goes_back_to_the_school(
    case: Case, teacher: User, village: User, principal: User, township: User, county: User, noon: datetime
) -> None:
    later = bring_back(case, principal, persuade(case, teacher, village, principal, township, noon))
    decide(case.clearances.get(), approve=False, note="考勤不清", by=county, now=later)
    assert steps(case) == {"confirm_return": "principal"}
    assert principal.notifications.filter(message="clearance_refused").exists()


def test_a_child_that_did_not_stay_is_persuaded_again(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = persuade(case, teacher, village, principal, township, noon)
    report_return(case, on=later.date(), by=principal, now=later)
    propose_return(case, stayed=False, note="两天后离校", by=principal, now=later + timedelta(days=3))
    assert steps(case) == {"joint_persuasion": "township"}


def test_a_failed_watch_reopens_the_case_with_a_new_plan(
    case: Case, teacher: User, village: User, principal: User, township: User, county: User, noon: datetime
) -> None:
    later = bring_back(case, principal, persuade(case, teacher, village, principal, township, noon))
    decide(case.clearances.get(), approve=True, by=county, now=later)
    record_watch(case, number=30, school_days=20, days_present=2, passed=False, note="再次离校", by=teacher, now=later + timedelta(days=30))
    case.refresh_from_db()
    assert (case.episode, case.standing) == (2, Standing.STILL_OUT)
    assert steps(case) == {"write_plan": "principal"}


def test_a_deduction_runs_beside_the_work_until_it_is_approved(
    case: Case, teacher: User, village: User, principal: User, county: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    proposal = propose_deduction(
        case, ground="moved_away", occurred_on=later.date(), evidence=papers("register_transfer", "receiving_reply"), by=principal, now=later
    )
    assert set(steps(case)) == {"write_plan", "approve_deduction"}

    decide(proposal, approve=True, by=county, now=later)

    assert steps(case) == {}
    case.refresh_from_db()
    assert case.standing == Standing.DEDUCTED


def test_the_proposer_is_never_given_the_approval(
    case: Case, teacher: User, village: User, principal: User, county: User, other_county_officer: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    propose_deduction(
        case, ground="moved_away", occurred_on=later.date(), evidence=papers("register_transfer", "receiving_reply"), by=county, now=later
    )
    assert steps(case)["approve_deduction"] == "county-2"


def test_a_deferral_has_a_task_ten_days_before_its_end(
    case: Case, teacher: User, village: User, principal: User, county: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    until = later.date() + timedelta(days=200)
    proposal = apply_deferral(
        case, ground="illness", occurred_on=later.date(), until=until, evidence=papers("application", "diagnosis"), by=principal, now=later
    )
    decide(proposal, approve=True, by=county, now=later)
    task = Assignment.objects.get(case=case, state="open", kind="deferral")
    assert task.step == "deferral_ends"
    assert task.due_at is not None
    assert (until - task.due_at.date()).days == 10

    end_deferral(case, result="not_enrolled", on=until, by=county, now=later + timedelta(days=200))

    assert steps(case) == {"joint_persuasion": "township"}
