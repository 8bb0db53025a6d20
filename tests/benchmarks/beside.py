"""What the units of a province answer for beside the cases, written by the database itself: the monthly reports of 2,000 schools over three years,
those of this month all open, and the differences of thirty lists at each school, those of the newest still open."""

from __future__ import annotations

from datetime import date
from typing import Any

from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from cases.directory.models import Role
from cases.ledger.models import Report, ReportKind
from cases.rosters.models import Roster, RosterState
from tests.benchmarks.copies import copy
from tests.cast import NOON
from tests.factories import Place, make_above, make_user
from tests.workflows.clockwork import clock_of
from workflows import deadlines, planning
from workflows.calendars import Allowance
from workflows.models import (
    Assignment,
    Escalation,
    Fire,
    FireOutcome,
    Kind,
    MatterKind,
    MatterProcess,
    ReportProcess,
    Unit,
    UnitMatter,
)

SCHOOLS, MONTHS, LISTS = 2_000, 36, 30
OF_REPORTS, OF_MATTERS, OF_SCHOOLS, OF_LISTS = 20_000_000, 30_000_000, 40_000_000, 50_000_000  # where the pks of the copies begin
RAISED = 2  # one open task in so many lies before the county


def make_beside(place: Place) -> None:
    """The schools lie in the counties of the temporary table "office" by turns."""
    number = "(SELECT count(*) FROM office)"
    area, office, officer = (f"(SELECT {column} FROM office WHERE place = mod(mod(n, {SCHOOLS}), {number}))" for column in ("area", "id", "person"))
    school, round_ = f"{OF_SCHOOLS} + mod(n, {SCHOOLS})", f"n / {SCHOOLS}"
    copy("cases_organisation", place.school.pk, SCHOOLS, first=OF_SCHOOLS, name="'学校' || n", area_id=area, superior_id=office)
    report = _report(place)
    month = f"2026 * 12 + 8 - {round_}"
    closed = f"CASE WHEN {round_} = 0 THEN NULL ELSE drawn_up_at - {round_} * interval '30 days' END"
    copy(
        "cases_report", report.pk, SCHOOLS * MONTHS, first=OF_REPORTS, number="'M' || n", unit_id=area, school_id=school, education_id=office,
        year=f"({month}) / 12", month=f"mod({month}, 12) + 1", closed_at=closed, state=f"CASE WHEN {round_} = 0 THEN state ELSE 'filed' END",
    )  # fmt: skip
    process = ReportProcess.objects.create(flow_class="workflows/flows.periodic.SchoolMonthFlow", report=report)
    task = _task(process, "send_school_report", Kind.SCHOOL_MONTH, place, report=report)
    _copies(task, "report", OF_REPORTS, MONTHS, place, officer, school)

    user = make_user("brings-lists", Role.COUNTY_OFFICER, place.education)
    roster = Roster.objects.create(
        county=place.area, organisation=place.education, taken_on=date(2026, 9, 10), digest="0" * 64, state=RosterState.COMPARED,
        brought_by=user, brought_at=NOON, compared_at=NOON, marked_at=NOON,
    )  # fmt: skip
    copy("cases_roster", roster.pk, LISTS, first=OF_LISTS, digest="lpad(n::text, 64, 'a')")
    matter = UnitMatter.objects.create(
        kind=MatterKind.DIFFERENCES, number="2026-09-10", organisation=place.school, role=Role.PRINCIPAL, county=place.area, roster=roster,
        due_on=date(2026, 9, 18),
    )  # fmt: skip
    copy(
        "workflows_unitmatter", matter.pk, SCHOOLS * LISTS, first=OF_MATTERS, organisation_id=school, county_id=area,
        roster_id=f"{OF_LISTS} + {round_}",
    )  # fmt: skip
    process = MatterProcess.objects.create(flow_class="workflows/flows.matters.DifferencesFlow", matter=matter)
    task = _task(process, "settle_differences", Kind.DIFFERENCES, place, matter=matter)
    _copies(task, "matter", OF_MATTERS, LISTS, place, officer, school)


def _report(place: Place) -> Report:
    above = make_above()
    made: Report = Report.of_every_kind.create(
        kind=ReportKind.SCHOOL, unit=place.area, school=place.school, year=2026, month=10, number="420526-of-a-school", due_on=date(2026, 9, 28),
        education=place.education, prefecture=above.prefecture, province=above.province, drawn_up_at=NOON,
    )  # fmt: skip
    return made


def _task(process: Any, step: str, kind: Kind, place: Place, **about: Any) -> Assignment:
    token = Task.objects.create(
        process=process, flow_task=f"{process.flow_class}.{step}", flow_task_type="HUMAN", status=STATUS.ASSIGNED, token=Token("start")
    )
    planned = planning.plan(step, now=NOON, county_id=place.area.code, allowance=Allowance(3, Unit.WORKING_DAYS))
    made: Assignment = Assignment.objects.create(
        task=token, kind=kind, step=step, line="education", organisation=place.school, role=Role.PRINCIPAL, created_at=NOON,
        due_at=planned.due_at, **about,
    )  # fmt: skip
    deadlines.arm(made, planned, NOON)
    return made


def _copies(task: Assignment, about: str, first: int, rounds: int, place: Place, officer: str, school: str) -> None:
    """The process, token, task and clock of each; those of the first round are open, and some of them raised to the county."""
    number, round_ = SCHOOLS * rounds, f"n / {SCHOOLS}"
    still_open, done = f"n < {SCHOOLS}", f"due_at - {round_} * interval '30 days'"
    clock, process = clock_of(task), task.task.process_id
    fire = Fire.objects.create(deadline=clock, generation=1, rung=2, planned_at=clock.due_at, decided_at=NOON, outcome=FireOutcome.ACTED)
    raised = Escalation.objects.create(
        fire=fire, assignment=task, rung=2, organisation=place.education, role=Role.COUNTY_OFFICER, line="education", at=NOON
    )
    copy("viewflow_process", process, number, first=first)
    copy(f"workflows_{about}process", process, number, "process_ptr_id", first=first, **{f"{about}_id": "pk"})
    copy("viewflow_task", task.task_id, number, first=first, process_id="pk")
    copy(
        "workflows_assignment", task.pk, number, first=first, task_id="pk", organisation_id=school, **{f"{about}_id": "pk"},
        state=f"CASE WHEN {still_open} THEN 'open' ELSE 'done' END",
        due_at=f"CASE WHEN {still_open} THEN due_at + (mod(n, 300) - 150) * interval '1 hour' ELSE {done} END",
        done_at=f"CASE WHEN {still_open} THEN NULL ELSE {done} + (mod(n, 7) - 5) * interval '1 day' END",
        done_by_id=f"CASE WHEN {still_open} THEN NULL ELSE {officer} END",
        created_at=f"CASE WHEN {still_open} THEN created_at ELSE {done} - interval '6 days' END",
    )  # fmt: skip
    copy(
        "workflows_deadline", clock.pk, number, first=first, assignment_id="pk", state=f"CASE WHEN {still_open} THEN 'armed' ELSE 'met' END",
    )  # fmt: skip
    copy("workflows_fire", fire.pk, SCHOOLS, first=first, deadline_id="pk", only=f"AND mod(n, {RAISED}) = 0")
    office = f"(SELECT superior_id FROM cases_organisation WHERE id = {school})"
    copy(
        "workflows_escalation", raised.pk, SCHOOLS, first=first, fire_id="pk", assignment_id="pk", organisation_id=office,
        only=f"AND mod(n, {RAISED}) = 0",
    )  # fmt: skip
