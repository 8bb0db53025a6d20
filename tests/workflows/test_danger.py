"""A child in danger waits for nobody: neither a suspension of the case nor a broken clock keeps a report from climbing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cases.directory.models import User
from cases.protection.services import confirm_receipt, report_danger
from cases.register.locking import CasePaused
from cases.register.models import Case
from notifications.models import Notification
from tests.cast import NOON
from tests.workflows.clockwork import SOON, clock_of
from tests.workflows.desk import task
from workflows import audit, casewide, escalation, policies, services
from workflows.ladderform import LadderForm
from workflows.models import Assignment, DeadlineState, Escalation, Fire, Ladder, StepPolicy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]

TWO_HOURS = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


@pytest.fixture
def suspended(case: Case, county: User, noon: datetime) -> Case:
    casewide.pause_case(case, note="住院", by=county, now=noon)
    return Case.objects.get(pk=case.pk)


def receipts(case: Case) -> list[Assignment]:
    return list(Assignment.objects.filter(case=case, step="confirm_receipt").select_related("case").order_by("pk"))


def test_a_report_in_a_suspended_case_climbs_after_two_hours_while_everything_else_stands_still(
    suspended: Case, teacher: User, noon: datetime
) -> None:
    report_danger(suspended, kind="neglect", facts="独自在家多日", by=teacher, now=noon)
    others = Assignment.objects.filter(case=suspended).exclude(step="confirm_receipt").values_list("pk", flat=True)

    escalation.sweep(now=noon + TWO_HOURS)

    for row in receipts(suspended):
        assert Fire.objects.filter(deadline=clock_of(row), rung=2, outcome="acted").count() == 1
        assert Escalation.objects.filter(assignment=row, state="open").exists()
    assert not Fire.objects.filter(deadline__assignment__in=others).exists()
    assert {finding.invariant.code for finding in audit.look(noon + TWO_HOURS + SOON) if finding.count} == set()


def test_a_resumption_changes_nothing_about_it(suspended: Case, teacher: User, county: User, noon: datetime) -> None:
    report_danger(suspended, kind="neglect", facts="独自在家多日", by=teacher, now=noon)
    before = [clock_of(row).due_at for row in receipts(suspended)]

    casewide.resume_case(suspended, by=county, now=noon + timedelta(days=3))

    assert [clock_of(row).due_at for row in receipts(suspended)] == before
    assert {clock_of(row).generation for row in receipts(suspended)} == {1}


def test_it_can_be_confirmed_and_handed_on_while_the_case_is_suspended_and_nothing_else_can(
    suspended: Case, teacher: User, police: User, county: User, county_head: User, noon: datetime
) -> None:
    report = report_danger(suspended, kind="neglect", facts="独自在家多日", by=teacher, now=noon)
    mine = next(row for row in receipts(suspended) if row.organisation_id == police.appointments.get().organisation_id)
    with pytest.raises(CasePaused):
        services.reassign(task(suspended, "first_visit"), to=county_head.appointments.get(), note="请假", by=county, now=noon)

    services.reassign(mine, to=police.appointments.get(), note="当班", by=county_head, now=noon)
    confirm_receipt(report.receipts.get(organisation=mine.organisation), measures="已出警", by=police, now=noon)

    assert clock_of(mine).state == DeadlineState.MET


def test_what_a_suspension_did_stop_by_mistake_the_auditor_sets_going_again(suspended: Case, teacher: User, noon: datetime) -> None:
    report_danger(suspended, kind="neglect", facts="独自在家多日", by=teacher, now=noon)
    stopped = [clock_of(row) for row in receipts(suspended)]
    for row in stopped:
        row.state, row.paused_at, row.next_at = DeadlineState.PAUSED, noon, None
        row.save()

    run = audit.audit(job="timetable", now=noon + timedelta(minutes=10))
    assert run is not None
    assert run.mended == {"danger_waits": len(stopped)}
    while escalation.sweep(now=noon + TWO_HOURS):
        pass

    assert Fire.objects.filter(deadline__in=stopped, rung=2, outcome="acted").count() == len(stopped)
    assert Notification.objects.filter(message="escalated_hours").exists()


# --- its ladder counts hours, by day and by night


def test_the_ladder_of_a_receipt_is_climbed_within_a_day_whatever_the_weekday(case: Case, teacher: User, clock: Callable[[datetime], None]) -> None:
    friday_night = datetime(2026, 9, 18, 22, 0, tzinfo=NOON.tzinfo)
    clock(friday_night)
    report_danger(case, kind="violence", facts="身上有伤", by=teacher, now=friday_night)
    row = clock_of(receipts(case)[0])
    planned = [datetime.fromisoformat(rung["at"]) - friday_night for rung in row.rungs]
    assert planned == [timedelta(hours=hours) for hours in (1, 2, 4, 8, 24)]

    for hours, rung in ((1, 1), (2, 2), (4, 3), (8, 4), (24, 5)):
        while escalation.sweep(now=friday_night + timedelta(hours=hours)):
            pass
        assert Fire.objects.filter(deadline=row).count() == rung
    told = Notification.objects.filter(message="escalated_hours", link=f"/tasks/{row.assignment_id}/").order_by("-pk")[0]
    assert told.params["hours"] == 22
    assert {finding.invariant.code for finding in audit.look(friday_night + timedelta(hours=24) + SOON) if finding.count} <= {"vacant"}


def test_every_other_step_keeps_its_working_days(case: Case) -> None:
    assert all("offset" in rung for rung in clock_of(task(case, "first_visit")).rungs)
    assert policies.policy_of("confirm_receipt", case.county_id, NOON.date()).ladder == policies.ladder("danger")


def test_a_county_may_give_it_other_hours_and_what_runs_keeps_its_own(case: Case, teacher: User, noon: datetime) -> None:
    report_danger(case, kind="neglect", facts="独自在家多日", by=teacher, now=noon)
    before = clock_of(receipts(case)[0]).rungs
    quick = Ladder.objects.create(code="quick", name="加急", rungs=[{"rung": 2, "hours": 0, "to": "head"}, {"rung": 3, "hours": 1, "to": "superior"}])
    StepPolicy.objects.create(step="confirm_receipt", county_id=case.county_id, valid_from=NOON.date(), amount=1, unit="hours", ladder=quick)
    policies.invalidate()
    report_danger(case, kind="violence", facts="身上有伤", by=teacher, now=noon)
    assert clock_of(receipts(case)[0]).rungs == before
    assert [rung["hours"] for rung in clock_of(receipts(case)[-1]).rungs] == [0, 1]


@pytest.mark.parametrize(
    "rungs",
    [
        [], {}, [{"rung": 1, "to": "head"}], [{"rung": 1, "to": "nobody", "hours": 1}], [{"rung": 1, "to": "head", "hours": "1"}],
        [{"rung": 1, "to": "head", "hours": 1, "offset": 1}], [{"rung": 2, "to": "head", "hours": 1}, {"rung": 1, "to": "superior", "hours": 2}],
        [{"rung": 1, "to": "head", "hours": 2}, {"rung": 2, "to": "superior", "hours": 1}],
        [{"rung": 1, "to": "head", "offset": 0}, {"rung": 2, "to": "superior", "hours": 1}],
    ],
)  # fmt: skip
def test_a_ladder_that_nobody_can_climb_is_refused(rungs: object) -> None:
    form = LadderForm({"code": "x", "name": "x", "rungs": json.dumps(rungs)})
    assert not form.is_valid()
    assert "rungs" in form.errors


def test_the_ladders_in_use_are_good(db: None) -> None:
    for row in Ladder.objects.all():
        form = LadderForm({"code": row.code, "name": row.name, "rungs": json.dumps(row.rungs)}, instance=row)
        assert form.is_valid(), form.errors
