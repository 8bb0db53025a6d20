"""What supervisors do to tasks, and what nobody else may."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.protection.services import confirm_receipt, report_danger
from cases.register.locking import CaseClosed, CasePaused, Refused
from cases.register.models import Case, Standing
from cases.register.plans import write_plan
from cases.register.verification import conclude_verification
from cases.visits.rounds import check_village, hold_round
from cases.visits.services import log_visit
from tests.workflows.roads import enter, look, persuade, steps, visit
from workflows import casewide, extratasks, opentasks, services
from workflows.models import Assignment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def task(case: Case, step: str) -> Assignment:
    found: Assignment = Assignment.objects.select_related("case").get(case=case, step=step, state="open")
    return found


def test_a_principal_gives_a_task_to_another_teacher_and_a_teacher_may_not(
    case: Case, teacher: User, other_teacher: User, principal: User, noon: datetime
) -> None:
    to = other_teacher.appointments.get()
    with pytest.raises(NotAllowed):
        services.reassign(task(case, "first_visit"), to=to, note="请病假", by=teacher, now=noon)
    with pytest.raises(opentasks.ReasonMissing):
        services.reassign(task(case, "first_visit"), to=to, note=" ", by=principal, now=noon)

    services.reassign(task(case, "first_visit"), to=to, note="请病假", by=principal, now=noon)

    assert steps(case)["first_visit"] == "other-teacher"
    assert Case.objects.visible_to(other_teacher).filter(pk=case.pk).exists()
    log_visit(case, **visit(noon), by=other_teacher, now=noon)
    assert "first_visit" not in steps(case)


def test_an_extension_only_moves_a_day_forward(case: Case, principal: User, noon: datetime) -> None:
    row = task(case, "first_visit")
    with pytest.raises(Refused):
        services.extend(row, until=noon.date(), note="在外地", by=principal, now=noon)
    services.extend(row, until=noon.date() + timedelta(days=5), note="在外地", by=principal, now=noon)
    extended = task(case, "first_visit")
    assert extended.due_at == extended.deadline.due_at
    assert extended.due_at is not None
    assert extended.due_at.date() == noon.date() + timedelta(days=5)
    assert extended.deadline.generation == 2


def test_a_suspended_case_takes_nothing_until_it_is_resumed(case: Case, village: User, principal: User, noon: datetime) -> None:
    casewide.pause_case(case, note="住院", by=principal, now=noon)
    with pytest.raises(CasePaused):
        check_village(case, found="at_home", by=village, now=noon)
    assert {row.deadline.state for row in Assignment.objects.filter(case=case)} == {"paused"}

    casewide.resume_case(case, by=principal, now=noon + timedelta(days=3))

    check_village(case, found="at_home", by=village, now=noon + timedelta(days=3))
    assert task(case, "first_visit").deadline.state == "armed"


def test_what_was_opened_by_mistake_is_cancelled_with_all_its_tasks(case: Case, village: User, principal: User, noon: datetime) -> None:
    casewide.cancel_case(case, note="同名误报", by=principal, now=noon)
    case.refresh_from_db()
    assert case.standing == Standing.CANCELLED
    assert steps(case) == {}
    with pytest.raises(CaseClosed):
        check_village(case, found="at_home", by=village, now=noon)


def test_a_child_on_the_ledger_cannot_be_cancelled_away(
    case: Case, teacher: User, village: User, principal: User, township: User, noon: datetime
) -> None:
    later = persuade(case, teacher, village, principal, township, noon)
    with pytest.raises(Refused):
        casewide.cancel_case(case, note="误报", by=principal, now=later)


def test_sending_back_keeps_the_record_and_opens_the_earlier_step(
    case: Case, teacher: User, village: User, principal: User, township: User, township_head: User, noon: datetime
) -> None:
    later = persuade(case, teacher, village, principal, township, noon)
    hold_round(case, held_on=later.date(), participants="镇、校、村", result="refused", note="不愿返校", by=township, now=later)
    with pytest.raises(Refused):
        services.send_back(task(case, "joint_persuasion"), step="refer", note="方案不实", by=township_head, now=later)

    services.send_back(task(case, "joint_persuasion"), step="write_plan", note="方案不实", by=township_head, now=later)

    assert steps(case) == {"write_plan": "principal"}
    assert Assignment.objects.filter(case=case, step="joint_persuasion", state="done").count() == 1


def test_an_extra_task_gives_its_office_sight_of_the_case_and_leaves_the_main_road_alone(
    case: Case, police: User, village: User, county: User, noon: datetime
) -> None:
    assert not Case.objects.visible_to(police).filter(pk=case.pk).exists()
    extra = extratasks.add_extra_task(
        case,
        title="协查去向",
        instructions="",
        organisation=police.appointments.get().organisation,
        role="department_officer",
        working_days=3,
        by=county,
        now=noon,
    )
    assert steps(case)["extra_task"] == "police"
    assert Case.objects.visible_to(police).filter(pk=case.pk).exists()
    with pytest.raises(NotAllowed):
        extratasks.answer_extra(extra, answer="查到了", by=village, now=noon)

    extratasks.answer_extra(extra, answer="在邻县务工", by=police, now=noon)

    assert set(steps(case)) == {"first_visit", "village_check"}


def test_danger_asks_every_addressee_for_a_receipt_within_two_hours(case: Case, teacher: User, police: User, noon: datetime) -> None:
    report = report_danger(case, kind="neglect", facts="独自在家多日", by=teacher, now=noon)
    receipts = Assignment.objects.filter(case=case, step="confirm_receipt", state="open")
    assert receipts.count() == report.receipts.count() == 3
    assert {row.due_at for row in receipts} == {noon + timedelta(hours=2)}

    confirm_receipt(report.receipts.get(organisation=police.appointments.get().organisation), measures="已出警", by=police, now=noon)

    assert receipts.all().count() == 2


# What a step costs: from task to task, through a gateway, and where the fact starts a second flow beside (the entry in the school-roll system).
@pytest.mark.parametrize(("conclusion", "most"), [("", 20), ("still_suspected", 20), ("dropped_out", 30)])
def test_completing_a_step_that_a_human_step_follows_costs_at_most_twenty_queries(
    case: Case, teacher: User, village: User, principal: User, noon: datetime, conclusion: str, most: int
) -> None:
    later = noon + timedelta(days=30) if conclusion == "dropped_out" else noon
    if conclusion:
        look(case, teacher, village, noon)
    else:
        later = enter(case, teacher, village, principal, noon)
    case, by = Case.objects.get(pk=case.pk), User.objects.get(pk=principal.pk)
    with CaptureQueriesContext(connection) as queries:
        if conclusion:
            reason = "tired_of_school" if conclusion == "dropped_out" else ""
            conclude_verification(case, conclusion=conclusion, reason=reason, by=by, now=later, submission=uuid4())
        else:
            write_plan(case, reason="tired_of_school", situation="在家", goal="返校", means=["care"], by=by, now=later, submission=uuid4())
    # in a test the outermost transaction is a savepoint of its own: its two statements are no queries
    statements = [query["sql"] for query in queries][1:-1]
    assert len(statements) <= most, "\n".join(sql[:120] for sql in statements)
