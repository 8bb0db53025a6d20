"""A task may be about a county's monthly report, which is no case: its clock is swept, audited, mended, counted again and reported like any other."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Q
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from cases.directory.models import User
from cases.directory.services import end_appointment
from cases.journal.models import Entry
from cases.ledger.models import Report
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Above, Place, make_user
from tests.workflows.clockwork import SOON, clock_of, make_case, make_task, moment_of
from workflows import audit, deadlines, escalation, planning, policies, previewing, punctuality, replanning
from workflows.calendars import Allowance
from workflows.models import Assignment, CalendarDay, Deadline, Escalation, Fire, Kind, ReportProcess, Unit
from workflows.rows import board
from workflows.rows.days import Borders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]

STEP = "approve_return"  # any step of the education bureau has an allowance; what is tried is the clock


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


@pytest.fixture
def task(place: Place, above: Above, county: User) -> Assignment:
    report = Report.objects.create(
        unit=place.area, year=2026, month=9, number="420526-2026-09", due_on=date(2026, 9, 20), education=place.education,
        prefecture=above.prefecture, province=above.province, drawn_up_at=NOON,
    )  # fmt: skip
    process = ReportProcess.objects.create(flow_class="workflows/flows.ledger.LedgerFlow", report=report)
    token = Task.objects.create(
        process=process, flow_task=f"workflows/flows.ledger.LedgerFlow.{STEP}", flow_task_type="HUMAN", status=STATUS.ASSIGNED, token=Token("start")
    )
    planned = planning.plan(STEP, now=NOON, county_id=report.county_id, allowance=Allowance(3, Unit.WORKING_DAYS))
    made: Assignment = Assignment.objects.create(
        task=token, report=report, kind=Kind.REPORT, step=STEP, line="education", organisation=place.education, role="county_officer",
        holder=county, created_at=NOON, due_at=planned.due_at,
    )  # fmt: skip
    deadlines.arm(made, planned, NOON)
    return made


def found(now: datetime) -> set[str]:
    return {finding.invariant.code for finding in audit.look(now) if finding.count != 0}


def test_its_rungs_come_once_and_the_auditor_is_content(task: Assignment) -> None:
    for rung in (1, 2, 3):
        escalation.sweep(now=moment_of(task, rung))
        escalation.sweep(now=moment_of(task, rung))
        assert found(moment_of(task, rung) + SOON) == set()

    assert list(Fire.objects.order_by("rung").values_list("rung", "outcome")) == [(1, "acted"), (2, "acted"), (3, "acted")]
    assert Escalation.objects.filter(assignment=task, case=None).count() == 2


def test_an_edited_calendar_moves_it_beside_those_of_cases_and_says_so(task: Assignment, place: Place) -> None:
    other = make_task(make_case(place), now=NOON, allowance=Allowance(3, Unit.WORKING_DAYS))
    CalendarDay.objects.create(kind="work", day=date(2026, 9, 18), working=False, reason="洪水")
    policies.invalidate()

    assert replanning.replan_all(now=NOON, county_id=place.area.code) == replanning.Replanned(looked=2, moved=2, left=0)

    assert clock_of(task).due_at == clock_of(other).due_at
    said = Notification.objects.get(message="report_calendar_changed")
    assert (said.recipient.username, said.params["on"], said.params["case"]) == ("county", "2026-09-18", "420526-2026-09")
    assert Entry.objects.get(verb="task.extended", case=None).data["report"] == task.report_id
    assert sum(effect.running for effect in previewing.preview(lambda: None, on=NOON.date()).values()) == 2


@pytest.mark.parametrize("kind", ["ledger", "quarter"])
def test_a_clock_that_is_missing_or_stands_is_named_and_set_going_again(task: Assignment, kind: str) -> None:
    assert task.report_id
    Report.of_every_kind.filter(pk=task.report_id).update(kind=kind)
    Deadline.objects.filter(assignment=task).delete()
    run = audit.audit(job="timetable", now=NOON)
    assert run is not None
    assert (list(run.findings), run.mended) == (["task_without_clock"], {"task_without_clock": 1})

    Deadline.objects.filter(assignment=task).update(state="met", next_at=None)
    run = audit.audit(job="timetable", now=NOON + timedelta(minutes=10))
    assert run is not None
    assert run.mended == {"task_without_clock": 1}
    assert clock_of(task).state == "armed"


def test_a_vacant_post_is_named_and_a_leaver_hands_it_over(task: Assignment, county: User, place: Place, security: User) -> None:
    make_user("county-3", "county_officer", place.education)
    end_appointment(county.appointments.get(), on=NOON.date() - timedelta(days=1), by=security, now=NOON)
    task.refresh_from_db()
    assert task.holder_id != county.pk

    Assignment.objects.filter(pk=task.pk).update(holder=None)
    for post in place.education.appointments.filter(role="county_officer"):
        post.until = NOON.date() - timedelta(days=1)
        post.save()
    assert found(NOON) == {"post_vacant"}


def test_the_report_of_the_month_counts_it(task: Assignment, place: Place) -> None:
    escalation.sweep(now=moment_of(task, 2))
    counted = {unit.name: unit.count for unit in punctuality.month(date(2026, 9, 1), places=[place.area.code], now=moment_of(task, 2) + SOON)}

    assert counted[place.education.name].fired == 2
    assert counted[place.education.name].tasks == 1


def test_the_boards_count_it_once_beside_those_of_cases(task: Assignment, place: Place, county: User, stranger: User) -> None:
    make_task(make_case(place), organisation=place.education, role="county_officer", holder=county, now=NOON)
    dated, borders = Q(due_at__isnull=False), Borders.at(NOON)
    assert [len(rows) for rows in Assignment.objects.supervised_by(county, dated)] == [1, 1, 0]
    assert [len(rows) for rows in Assignment.objects.supervised_by(stranger, dated)] == [0, 0, 0]
    for drilled in (False, True):
        within = board.Within(place.area.code, drilled=drilled)
        assert [row.open for row in board.rows_by_unit(county, within, borders)] == [2]
        assert [row.open for row in board.rows_by_person(county, within, borders)] == [2]
        assert board.tasks(county, within, borders, "").count() == 2
    assert board.rows_by_unit(stranger, board.Within("420527"), borders) == []
