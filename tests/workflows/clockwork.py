"""Cases and tasks with a running clock, as plain rows: what the sweep meets, without walking a flow to get there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from cases.directory.models import Organisation, User
from cases.register.models import Case, Student
from tests.cast import NOON, SHANGHAI
from tests.factories import Place, make_student
from workflows import deadlines, planning
from workflows.models import Assignment, CaseProcess, Deadline, Kind
from workflows.policies import calendar_of

_serial = count(1)


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def make_case(place: Place, student: Student | None = None, *, now: datetime = NOON) -> Case:
    case: Case = Case.objects.create(
        number=f"C{next(_serial):06d}",
        student=student or make_student(place, number=""),
        county=place.area,
        place=place.village_area,
        school=place.school,
        school_class=place.school_class,
        village=place.village,
        township=place.township,
        education=place.education,
        channel="attendance",
        opened_at=now,
    )
    return case


def make_task(
    case: Case,
    *,
    organisation: Organisation | None = None,
    role: str = "class_teacher",
    step: str = "school_persuasion",
    holder: User | None = None,
    now: datetime = NOON,
    road: bool = False,
    **plan: Any,
) -> Assignment:
    """An open task of the case's school, with its clock running since `now`."""
    return make_tasks([case], organisation=organisation, role=role, step=step, holder=holder, now=now, road=road, **plan)[0]


def make_tasks(
    cases: Iterable[Case],
    *,
    organisation: Organisation | None = None,
    role: str = "class_teacher",
    step: str = "school_persuasion",
    holder: User | None = None,
    now: datetime = NOON,
    road: bool = False,
    **plan: Any,
) -> list[Assignment]:
    made = []
    for case in cases:
        process = CaseProcess.objects.create(
            flow_class="workflows/flows.dropout.DropoutFlow", case=case, episode=1, kind=Kind.DROPOUT, round=next(_serial), status=PROCESS.NEW
        )
        task = Task.objects.create(
            process=process,
            flow_task=f"workflows/flows.dropout.DropoutFlow.{step}",
            flow_task_type="HUMAN",
            status=STATUS.ASSIGNED,
            token=Token("start"),
        )
        planned = planning.plan(step, now=now, county_id=case.county_id, **plan)
        assignment = Assignment.objects.create(
            task=task,
            case=case,
            kind=Kind.DROPOUT,
            step=step,
            line="education",
            organisation=organisation or case.school,
            role=role,
            holder=holder,
            created_at=now,
            due_at=planned.due_at,
        )
        deadlines.arm(assignment, planned, now, road=road)
        made.append(assignment)
    return made


def clock_of(assignment: Assignment) -> Deadline:
    return Deadline.objects.get(assignment=assignment)


def moment_of(assignment: Assignment, rung: int) -> datetime:
    """When a rung of the task comes."""
    return next(datetime.fromisoformat(each["at"]) for each in clock_of(assignment).rungs if each["rung"] == rung)


def working_days_after(moment: datetime, days: int, county_id: str) -> datetime:
    from workflows.calendars import add_working_days

    local = moment.astimezone(SHANGHAI)
    return at(add_working_days(local.date(), days, calendar_of(county_id)), local.hour, local.minute)


SOON = timedelta(seconds=1)


def make_many(case: Case, number: int, *, now: datetime = NOON, step: str = "school_persuasion") -> list[Assignment]:
    """So many open tasks of one case, each with its clock, in a few statements."""
    process = CaseProcess.objects.create(
        flow_class="workflows/flows.dropout.DropoutFlow", case=case, episode=1, kind=Kind.DROPOUT, round=next(_serial), status=PROCESS.NEW
    )
    node = f"workflows/flows.dropout.DropoutFlow.{step}"
    tokens = Task.objects.bulk_create(
        Task(process=process, flow_task=node, flow_task_type="HUMAN", status=STATUS.ASSIGNED, token=Token("start")) for _ in range(number)
    )
    planned = planning.plan(step, now=now, county_id=case.county_id)
    tasks = Assignment.objects.bulk_create(
        Assignment(
            task=token,
            case=case,
            kind=Kind.DROPOUT,
            step=step,
            line="education",
            organisation=case.school,
            role="class_teacher",
            created_at=now,
            due_at=planned.due_at,
        )
        for token in tokens
    )
    Deadline.objects.bulk_create(Deadline(assignment=task, case=case, armed_at=now, **planning.columns_of(planned)) for task in tasks)
    return list(tasks)
