"""Who sees which cases and children, and how the database finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from cases.directory.scoping import at_my_posts, case_scope, student_scope
from cases.register.models import Case, Involvement, Student
from tests.factories import Place, appoint, make_student
from tests.workflows.clockwork import make_case

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(student: Student, place: Place, noon: datetime) -> Case:
    """A row is all that sight looks at."""
    return make_case(place, student, now=noon)


def sees(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    "person",
    [
        "teacher", "principal", "village", "township", "township_head", "county", "county_head",
        "convener", "conference", "prefecture", "province", "inspector",
    ],
)  # fmt: skip
def test_every_post_that_answers_for_the_child_sees_its_case(request: pytest.FixtureRequest, case: Case, person: str) -> None:
    assert sees(request.getfixturevalue(person), case)


@pytest.mark.parametrize("person", ["other_teacher", "police", "justice", "admin", "security", "auditor", "stranger"])
def test_nobody_else_sees_it(request: pytest.FixtureRequest, case: Case, person: str) -> None:
    assert not sees(request.getfixturevalue(person), case)


def test_a_department_sees_a_case_only_while_it_has_a_part_in_it(case: Case, police: User, justice: User, place: Place, noon: datetime) -> None:
    part = Involvement.objects.create(case=case, organisation=place.departments["police"])

    assert sees(police, case)
    assert not sees(justice, case)

    part.until = noon
    part.save()
    assert not sees(police, case)


def test_without_a_post_nothing_is_seen_and_nothing_is_asked(case: Case, teacher: User, django_assert_num_queries: Any) -> None:
    teacher.appointments.update(until="2020-12-31")
    teacher.forget_posts()
    with django_assert_num_queries(1):
        assert list(Case.objects.visible_to(teacher)) == []
        assert list(Student.objects.visible_to(teacher)) == []


def test_several_posts_see_what_each_of_them_sees_and_each_case_once(case: Case, teacher: User, place: Place) -> None:
    appoint(teacher, "village_cadre", place.village)
    appoint(teacher, "county_officer", place.education)
    teacher.forget_posts()

    assert list(Case.objects.visible_to(teacher)) == [case]


def test_the_posts_are_asked_once(teacher: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        teacher.posts()
        teacher.posts()
        case_scope(teacher)
        student_scope(teacher)
        at_my_posts(teacher)


@pytest.mark.parametrize("person", ["teacher", "principal", "township", "county", "conference", "prefecture", "police"])
def test_sight_needs_no_join(request: pytest.FixtureRequest, case: Case, person: str) -> None:
    sql = str(Case.objects.visible_to(request.getfixturevalue(person)).query)
    assert "JOIN" not in sql.split("ARRAY", maxsplit=1)[0]
    assert " LIKE " not in sql or "cases_area" not in sql


@pytest.mark.parametrize("person", ["county", "conference", "teacher", "police", "township"])
def test_the_database_answers_sight_from_indexes(request: pytest.FixtureRequest, case: Case, person: str) -> None:
    user = request.getfixturevalue(person)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, values = Case.objects.visible_to(user).order_by().query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    print(plan)
    assert "Seq Scan on cases_case" not in plan


@pytest.mark.parametrize("person", ["teacher", "principal", "village", "township", "county", "conference", "prefecture", "province", "inspector"])
def test_a_child_without_a_case_is_seen_by_its_school_and_places(request: pytest.FixtureRequest, place: Place, person: str) -> None:
    child = make_student(place)
    assert Student.objects.visible_to(request.getfixturevalue(person)).filter(pk=child.pk).exists()


@pytest.mark.parametrize("person", ["other_teacher", "police", "admin", "security", "auditor", "stranger"])
def test_a_child_without_a_case_is_seen_by_nobody_else(request: pytest.FixtureRequest, place: Place, person: str) -> None:
    child = make_student(place)
    assert not Student.objects.visible_to(request.getfixturevalue(person)).filter(pk=child.pk).exists()


def test_a_department_with_a_part_sees_the_child_too(case: Case, police: User, place: Place) -> None:
    Involvement.objects.create(case=case, organisation=place.departments["police"])
    assert list(Student.objects.visible_to(police)) == [case.student]
