"""From suspicion to persuasion: which fact opens which task, for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cases.register.models import Case, Standing
from cases.register.plans import answer_help, sign_plan, write_plan
from cases.register.verification import conclude_verification, end_leave
from cases.visits.joint import confirm_visit
from cases.visits.rounds import hold_round
from cases.visits.services import log_visit
from tests.workflows.roads import enter, look, papers, plan, steps, visit
from workflows.models import Assignment

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def test_a_suspicion_is_looked_into_by_school_and_village_at_once(case: Case) -> None:
    assert steps(case) == {"first_visit": "teacher", "village_check": "village"}


def test_only_a_visit_in_person_where_the_family_was_met_ends_the_first_visit(case: Case, teacher: User, noon: datetime) -> None:
    log_visit(case, **visit(noon, mode="phone"), by=teacher, now=noon)
    log_visit(case, **visit(noon, met=["nobody"], outcome="not_met"), by=teacher, now=noon)
    assert "first_visit" in steps(case)

    log_visit(case, **visit(noon), by=teacher, now=noon)

    assert steps(case) == {"village_check": "village"}


def test_both_looks_together_bring_the_principal_to_the_conclusion(case: Case, teacher: User, village: User, noon: datetime) -> None:
    look(case, teacher, village, noon)
    assert steps(case) == {"conclude_verification": "principal"}


def test_a_child_that_is_no_dropout_leaves_without_a_task(case: Case, teacher: User, village: User, principal: User, noon: datetime) -> None:
    look(case, teacher, village, noon)
    conclude_verification(case, conclusion="not_dropout", finding="in_school", note="在读证明", by=principal, now=noon)
    assert steps(case) == {}
    assert case.processes.get().status == "DONE"


def test_a_leave_has_a_task_at_its_end_and_goes_on_from_there(case: Case, teacher: User, village: User, principal: User, noon: datetime) -> None:
    look(case, teacher, village, noon)
    ends_on = (noon + timedelta(days=30)).date()
    conclude_verification(case, conclusion="on_leave", ends_on=ends_on, note="住院", evidence=papers("diagnosis"), by=principal, now=noon)
    assert steps(case) == {"leave_ends": "principal"}
    due = Assignment.objects.get(case=case, step="leave_ends").due_at
    assert due is not None
    assert due.date() > ends_on

    end_leave(case, result="not_back", on=ends_on, by=principal, now=noon + timedelta(days=31))

    assert steps(case) == {"conclude_verification": "principal"}


def test_both_lines_sign_the_plan_before_both_persuade(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    assert steps(case) == {"write_plan": "principal"}

    write_plan(case, reason="tired_of_school", situation="在家", goal="返校", means=["care"], by=principal, now=later)
    assert steps(case) == {"sign_plan": "township"}
    sign_plan(case, sign=False, note="缺帮扶措施", by=township, now=later)
    assert steps(case) == {"write_plan": "principal"}

    plan(case, principal, township, later)
    assert steps(case) == {"school_persuasion": "teacher", "township_persuasion": "township"}


def test_one_joint_visit_ends_both_lines_when_the_other_confirms_it(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    plan(case, principal, township, later)
    joint = log_visit(case, **visit(later, lines=["education", "government"]), by=teacher, now=later)
    assert steps(case) == {"township_persuasion": "township"}
    assert township.notifications.filter(message="joint_visit_to_confirm").count() == 1

    confirm_visit(joint, by=township, now=later)

    assert steps(case) == {"joint_persuasion": "township"}


def test_three_rounds_then_each_department_of_the_plan_then_the_law(
    case: Case, teacher: User, village: User, principal: User, township: User, civil_affairs: User, police: User, noon: datetime, place: Place
) -> None:
    later = enter(case, teacher, village, principal, noon)
    measures = [{"organisation": place.departments[name], "means": "aid", "task": "帮扶"} for name in ("civil_affairs", "police")]
    plan(case, principal, township, later, measures)
    for person in (teacher, township):
        log_visit(case, **visit(later), by=person, now=later)
    for _round in range(3):
        assert steps(case) == {"joint_persuasion": "township"}
        hold_round(case, held_on=later.date(), participants="镇、校、村", result="refused", note="不愿返校", by=township, now=later)
    waiting = Assignment.objects.filter(case=case, state="open", kind="dropout").select_related("holder").order_by("pk")
    assert [(row.step, row.holder.username if row.holder else "") for row in waiting] == [
        ("department_help", "civil-affairs"),
        ("department_help", "police"),
    ]

    case.refresh_from_db()
    first, second = case.plans.get().measures.order_by("pk")
    answer_help(first, answer="under_way", answer_note="下周落实", by=civil_affairs, now=later)
    assert len(waiting.all()) == 2
    answer_help(first, answer="not_possible", answer_note="不符合救助条件", by=civil_affairs, now=later)
    answer_help(second, answer="not_possible", answer_note="无能为力", by=police, now=later)

    assert steps(case) == {"written_report": "principal"}
    case.refresh_from_db()
    assert case.standing == Standing.STILL_OUT


def test_every_task_has_its_clock_and_its_notice(case: Case, teacher: User, village: User) -> None:
    for row in Assignment.objects.filter(case=case):
        assert row.deadline.state == "armed"
        assert row.due_at == row.deadline.due_at
    assert teacher.notifications.filter(message="task_assigned").count() == 1
    assert village.notifications.filter(message="task_assigned").count() == 1


def test_a_visit_from_before_the_task_came_stays_on_record_and_ends_nothing(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = enter(case, teacher, village, principal, noon)
    plan(case, principal, township, later)
    log_visit(case, **visit(later, occurred_at=later - timedelta(days=2)), by=teacher, now=later)
    assert "school_persuasion" in steps(case)
    log_visit(case, **visit(later), by=teacher, now=later)
    assert "school_persuasion" not in steps(case)
