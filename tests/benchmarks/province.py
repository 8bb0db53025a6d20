"""A province with a million tasks, written by the database itself: 100,000 cases in all counties, ten tasks each, one in twenty still open; and
what units answer for beside the cases (`beside`)."""

from __future__ import annotations

from django.db import connection

from cases.directory.models import Area, Level, Line, Organisation, OrganisationKind, Role
from tests.benchmarks.beside import make_beside
from tests.benchmarks.copies import COPIES, copy
from tests.cast import NOON
from tests.databases import as_owner
from tests.factories import Place, make_user
from tests.workflows.clockwork import clock_of, make_case, make_task
from workflows.models import Escalation, Fire, FireOutcome

CASES, A_CASE = 100_000, 10
OPEN = 20  # one task in so many is open
YEARS = 3  # over which the others were answered


def make_province(place: Place) -> None:
    """The county of `place` is one among all; each has an office of its own with one officer, who holds and answered its tasks."""
    offices = _offices(place)
    case = make_case(place)
    task = make_task(case, organisation=place.education, role=Role.COUNTY_OFFICER)
    clock = clock_of(task)
    fire = Fire.objects.create(deadline=clock, generation=1, rung=2, planned_at=clock.due_at, decided_at=NOON, outcome=FireOutcome.ACTED)
    raised = Escalation.objects.create(
        fire=fire, case=case, assignment=task, rung=2, organisation=place.education, role=Role.COUNTY_OFFICER, line="education", at=NOON
    )
    process = task.task.process_id
    of_case = f"{COPIES} + n / {A_CASE}"
    county = f"(SELECT area FROM office WHERE place = mod(n / {A_CASE}, (SELECT count(*) FROM office)))"
    office, officer = county.replace("SELECT area", "SELECT id"), county.replace("SELECT area", "SELECT person")
    per_case = county.replace(f"n / {A_CASE}", "n")
    still_open, done = f"mod(n, {OPEN}) = 0", f"due_at - mod(n, {YEARS * 365}) * interval '1 day'"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE office (place int PRIMARY KEY, area varchar, id bigint, person bigint)")
        cursor.executemany("INSERT INTO office VALUES (%s, %s, %s, %s)", offices)
        cursor.execute("ANALYZE office")
    copy("cases_student", case.student_id, CASES, name="'学生' || n")
    copy("cases_case", case.pk, CASES, number="'P' || n", student_id="pk", county_id=per_case, place_id=per_case)
    copy("viewflow_process", process, CASES)
    copy("workflows_caseprocess", process, CASES, "process_ptr_id", case_id="pk", round="n")
    tasks = CASES * A_CASE
    copy("viewflow_task", task.task_id, tasks, process_id=of_case)
    copy(
        "workflows_assignment", task.pk, tasks, task_id="pk", case_id=of_case, organisation_id=office,
        holder_id=f"CASE WHEN mod(n, 40) = 0 THEN NULL ELSE {officer} END",
        state=f"CASE WHEN {still_open} THEN 'open' ELSE 'done' END",
        due_at=f"CASE WHEN {still_open} THEN due_at + (mod(n, 500) - 250) * interval '1 hour' ELSE {done} END",
        done_at=f"CASE WHEN {still_open} THEN NULL ELSE {done} + (mod(n, 7) - 5) * interval '1 day' END",
        done_by_id=f"CASE WHEN {still_open} THEN NULL ELSE {officer} END",
        created_at=f"CASE WHEN {still_open} THEN created_at ELSE {done} - interval '6 days' END",
    )  # fmt: skip
    copy(
        "workflows_deadline", clock.pk, tasks, assignment_id="pk", case_id=of_case,
        state=f"CASE WHEN {still_open} THEN 'armed' ELSE 'met' END",
    )  # fmt: skip
    some = f"AND {still_open}"
    copy("workflows_fire", fire.pk, tasks, deadline_id="pk", only=some)
    copy("workflows_escalation", raised.pk, tasks, fire_id="pk", case_id=of_case, assignment_id="pk", organisation_id=office, only=some)
    make_beside(place)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE office")
    with as_owner(str(connection.settings_dict["NAME"])) as owner:  # the product may not; a real database is looked after by its autovacuum
        owner.execute("VACUUM ANALYZE")


def _offices(place: Place) -> list[tuple[int, str, int, int]]:
    counties = list(Area.objects.filter(level=Level.COUNTY).order_by("pk"))
    found = []
    for n, county in enumerate(counties):
        office = Organisation.objects.filter(area=county, kind=OrganisationKind.COUNTY_EDUCATION).first() or Organisation.objects.create(
            area=county, kind=OrganisationKind.COUNTY_EDUCATION, name=f"{county.name}教育局", line=Line.EDUCATION
        )
        found.append((n, county.pk, office.pk, make_user(f"officer-{n}", Role.COUNTY_OFFICER, office).pk))
    assert any(area == place.area.pk for _n, area, *_more in found)
    return found
