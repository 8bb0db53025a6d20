"""A leaver's open tasks stay with the post."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.directory import services as directory
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Case
from tests.factories import Place, make_user
from tests.workflows.roads import steps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def test_when_a_teacher_leaves_the_tasks_go_to_the_classs_other_teacher(
    case: Case, place: Place, teacher: User, security: User, noon: datetime
) -> None:
    successor = make_user("successor", "class_teacher", place.school, school_class=place.school_class)
    directory.end_appointment(teacher.appointments.get(), on=noon.date(), by=security, now=noon)
    assert steps(case)["first_visit"] == "successor"
    assert successor.notifications.filter(message="task_reassigned").count() == 1
    assert Entry.objects.filter(verb=Verb.TASKS_HANDED_OVER).count() == 1


def test_without_a_successor_they_climb_to_the_principal(case: Case, teacher: User, admin: User, noon: datetime) -> None:
    directory.deactivate(teacher, by=admin, now=noon)
    assert steps(case)["first_visit"] == "principal"


def test_a_change_of_the_telephone_hands_nothing_over(case: Case, teacher: User, admin: User, noon: datetime) -> None:
    directory.edit_user(teacher, name=teacher.name, phone="13900000001", email="", by=admin, now=noon)
    assert steps(case)["first_visit"] == "teacher"
