"""A child in danger waits for nobody: neither a suspension of the case nor a broken clock keeps a report from climbing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cases.directory.models import User
from cases.protection.services import confirm_receipt, report_danger
from cases.register.locking import CasePaused
from cases.register.models import Case
from notifications.models import Notification
from tests.workflows.clockwork import SOON, clock_of
from tests.workflows.desk import task
from workflows import audit, casewide, escalation, policies, services
from workflows.models import Assignment, DeadlineState, Escalation, Fire

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
    assert Notification.objects.filter(message="escalated").exists()
