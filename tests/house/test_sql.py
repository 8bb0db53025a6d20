"""What is said to the database directly reads and writes the same as Django does."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import sql
from cases.directory.models import Organisation, User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Case
from cases.register.opening import open_case
from tests.factories import Place, make_student
from workflows.models import Assignment, CaseProcess, Deadline
from workflows.running import open_assignments

pytestmark = pytest.mark.django_db


def columns(row: Case | Entry | CaseProcess | Assignment | Deadline) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_read_as_django_reads_it_its_parents_columns_too(case: Case) -> None:
    [(read,)] = sql.read((Case,), "FROM cases_case WHERE id = %s", case.pk)
    assert columns(read) == columns(Case.objects.get(pk=case.pk))

    for assignment in open_assignments(case):
        process = CaseProcess.objects.get(pk=assignment.task.process_id)
        assert columns(assignment) == columns(Assignment.objects.get(pk=assignment.pk))
        assert columns(assignment.task.process) == columns(process)
        assert assignment.task.flow_task.flow_class is process.flow_class


def test_an_inserted_row_has_what_the_database_decided(case: Case, teacher: User, noon: datetime) -> None:
    entry = Entry(verb=Verb.CASE_VIEWED, case=case, episode=1, actor=teacher, occurred_at=noon, data={"id": 1})
    sql.insert(entry)

    assert entry.pk
    assert columns(entry) == columns(Entry.objects.get(pk=entry.pk))


@pytest.mark.usefixtures("everybody")
def test_a_task_and_its_clock_are_one_statement(place: Place, teacher: User, noon: datetime) -> None:
    student = make_student(place, number="")
    with CaptureQueriesContext(connection) as said:
        opened = open_case(student, channel="attendance", last_attended_on=noon.date().replace(day=1), reason="tired_of_school", by=teacher, now=noon)

    assert sum("workflows_deadline" in query["sql"] for query in said) == Deadline.objects.filter(case=opened).count() == 2
    for deadline in Deadline.objects.filter(case=opened).select_related("assignment"):
        assert deadline.due_at == deadline.assignment.due_at


def test_the_posts_of_a_person_are_those_that_the_queryset_calls_present(principal: User, stranger: User) -> None:
    for user in (principal, stranger):
        present = user.appointments.present().order_by("since", "pk")
        assert list(user.posts()) == list(present)
        assert [post.organisation for post in user.posts()] == [Organisation.objects.get(pk=post.organisation_id) for post in present]
