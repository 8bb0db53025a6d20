"""Drawing up: each unit once a period, in as many statements for many schools as for few, with the tasks that viewflow itself would make."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Process, Task

from cases.directory.models import Line, OrganisationKind, User
from cases.journal.models import Entry
from cases.ledger import tables
from cases.ledger.adjustments import edition_before
from cases.ledger.drawing import draw_up_month
from cases.ledger.models import Edition, Report, ReportKind
from cases.periodic.drawing import draw_up, draw_up_unit, latest
from cases.periodic.periods import month_of, quarter_of
from cases.register.models import Case
from notifications.models import Notification
from tests.factories import Place, make_organisation
from tests.periodic.conftest import Clock, at
from workflows import reportstarts, running
from workflows.models import Assignment, Deadline, Kind, ReportProcess

pytestmark = pytest.mark.django_db


def schools(place: Place, number: int) -> None:
    for n in range(number):
        make_organisation(OrganisationKind.SCHOOL, place.township_area, f"第{n}小学", superior=place.education, line=Line.EDUCATION)


def test_a_school_gets_its_report_with_task_clock_and_word(case: Case, principal: User, clock: Clock) -> None:
    clock(at(2026, 9, 25))
    assert draw_up(ReportKind.SCHOOL, now=at(2026, 9, 24)) == 0
    assert draw_up(ReportKind.SCHOOL, now=at(2026, 9, 25)) == 1
    assert draw_up(ReportKind.SCHOOL, now=at(2026, 9, 25, 10)) == 0
    report = Report.of_every_kind.get()
    assert (report.school_id, report.unit_id, str(report.due_on), report.number) == (
        case.school_id,
        "420526",
        "2026-09-28",
        f"420526-X{case.school_id}-2609",
    )
    assert not Report.objects.exists()
    task = Assignment.objects.get(report=report)
    assert (task.step, task.kind, task.holder, task.organisation_id) == ("send_school_report", Kind.SCHOOL_MONTH, principal, case.school_id)
    assert task.deadline.due_at == task.due_at == at(2026, 9, 28, 17).replace(minute=30)
    assert Notification.objects.filter(recipient=principal, message="report_task_assigned").count() == 1
    entry = Entry.objects.get(verb="reports.drawn_up")
    assert entry.data["reports"] == [report.pk]


def test_starting_many_leaves_what_starting_one_leaves(
    case: Case, place: Place, principal: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = at(2026, 9, 25)
    clock(moment)
    schools(place, 1)
    begin = reportstarts.start_all
    monkeypatch.setattr("workflows.reportstarts.start_all", lambda waiting, moment: 0)
    draw_up(ReportKind.SCHOOL, now=moment)
    one, other = Report.of_every_kind.order_by("pk")
    running.flow_of(Kind.SCHOOL_MONTH).start.run(report=one, moment=moment)
    begin(Report.of_every_kind.filter(pk=other.pk), moment=moment)
    assert _rows(one) == _rows(other)


def _rows(report: Report) -> dict[str, Any]:
    process = ReportProcess.objects.get(report=report)
    tasks = list(Task.objects.filter(process=process).order_by("pk"))
    changing = {"id", "process", "created", "started", "finished", "task", "report", "organisation", "holder", "assignment", "process_ptr", "role"}

    def columns(row: Any) -> dict[str, Any]:
        return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in changing}

    assignment = Assignment.objects.get(report=report)
    return {
        "process": columns(Process.objects.get(pk=process.pk)),
        "tasks": [columns(task) | {"begun": bool(task.started), "ended": bool(task.finished)} for task in tasks],
        "previous": [[before.pk - tasks[0].pk for before in task.previous.all()] for task in tasks],
        "assignment": columns(assignment),
        "deadline": columns(Deadline.objects.get(assignment=assignment)),
    }


def test_a_county_of_many_schools_costs_as_many_statements_as_one_of_few(place: Place, case: Case, clock: Clock) -> None:
    clock(at(2026, 9, 25))
    schools(place, 2)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert draw_up_unit(place.area, month_of(2026, 9), now=at(2026, 9, 25)) == 3
    schools(place, 60)
    with CaptureQueriesContext(connection) as many:
        assert draw_up_unit(place.area, month_of(2026, 9), now=at(2026, 9, 25)) == 60
    assert len(many) <= len(few) <= 32
    assert Assignment.objects.filter(state="open", report__isnull=False).count() == Edition.objects.count() == 63


def test_the_ledger_of_the_month_knows_nothing_of_periodic_reports(on_ledger: Case, place: Place, county: User, clock: Clock) -> None:
    clock(at(2026, 9, 12))
    draw_up_month(2026, 9, now=at(2026, 9, 12))
    clock(at(2026, 9, 25))
    draw_up_unit(place.area, month_of(2026, 9), now=at(2026, 9, 25))
    draw_up_unit(place.area, quarter_of(2026, 3), now=at(2026, 9, 30))
    assert tables.of_month(2026, 9, place.area.pk).lines[0].name == place.area.name
    assert place.area.name not in tables.of_month(2026, 9).missing
    clock(at(2026, 10, 12))
    draw_up_month(2026, 10, now=at(2026, 10, 12))
    before = edition_before(latest(Report.objects.get(month=10)))
    assert before is not None
    assert before.report == Report.objects.get(month=9)
