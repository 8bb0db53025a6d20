"""Children: registered once, corrected by who may, shown in full only for a purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import override_settings

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.register import identity
from cases.register.identity import BadIdentity
from cases.register.locking import Refused
from cases.register.models import Case, Guardian, Student
from cases.register.students import KnownStudent, NeedsTransfer, add_guardian, edit_student, find_by_identity, register_student, show_identity
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Place, identity_number, make_student
from workflows.models import Assignment

NUMBER = identity_number(born_on=date(2014, 3, 2), sex="female")


def child(place: Place, **more: Any) -> dict[str, Any]:
    return {
        "name": " 李小红 ", "sex": "female", "born_on": date(2014, 3, 2), "identity_number": NUMBER, "school": place.school,
        "school_class": place.school_class, "registered_at": place.village_area, "lives_at": place.village_area, "groups": ["left_behind"],
        "guardian_name": "李大叔", "guardian_relation": "father", "guardian_phone": "13900000000", "now": NOON,
    } | more  # fmt: skip


def test_a_principal_registers_a_child_of_the_own_school(place: Place, principal: User) -> None:
    student = register_student(by=principal, **child(place))
    assert (student.name, student.masked_identity) == ("李小红", f"{NUMBER[:3]}***********{NUMBER[-4:]}")
    assert Guardian.objects.get().is_main
    assert find_by_identity(f" {NUMBER.lower()} ") == student
    assert Entry.objects.get().data == {"student": student.pk}


def test_teacher_and_stranger_register_nobody_here(place: Place, teacher: User, stranger: User) -> None:
    for somebody in (teacher, stranger):
        with pytest.raises(NotAllowed):
            register_student(by=somebody, **child(place))
    assert not Student.objects.exists()


def test_a_number_is_registered_once_and_a_stranger_is_not_told_whose_it_is(place: Place, neighbour: Place, principal: User, stranger: User) -> None:
    student = register_student(by=principal, **child(place))
    with pytest.raises(KnownStudent) as own:
        register_student(by=principal, **child(place))
    with pytest.raises(KnownStudent) as foreign:
        register_student(by=stranger, **child(neighbour))
    assert (own.value.student, foreign.value.student) == (student, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_student(neighbour, number=NUMBER)


def test_wrong_numbers_ages_and_classes_are_refused(place: Place, neighbour: Place, principal: User) -> None:
    with pytest.raises(BadIdentity):
        register_student(by=principal, **child(place, born_on=date(2014, 3, 3)))
    with pytest.raises(Refused):
        register_student(by=principal, **child(place, born_on=date(2000, 3, 2), identity_number=""))
    with pytest.raises(Refused):
        register_student(by=principal, **child(place, school_class=neighbour.school_class))


def test_two_children_whose_numbers_nobody_knows_are_two_children(place: Place, principal: User) -> None:
    register_student(by=principal, **child(place, identity_number=""))
    register_student(by=principal, **child(place, identity_number="", name="李小兰"))
    assert Student.objects.filter(id_hash="").count() == 2


def test_the_number_is_shown_for_a_purpose_and_the_journal_knows(student: Student, principal: User, teacher: User, stranger: User) -> None:
    for somebody in (teacher, stranger):
        with pytest.raises(NotAllowed):
            show_identity(student, purpose="roll", by=somebody, now=NOON)
    with pytest.raises(Refused):
        show_identity(student, purpose="curiosity", by=principal, now=NOON)
    assert not Entry.objects.exists()

    number = show_identity(student, purpose="roll", by=principal, now=NOON)

    assert identity.hashed(number) == student.id_hash
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor, entry.data) == ("identity.shown", principal, {"student": student.pk, "purpose": "roll"})


def test_a_correction_names_the_fields_and_the_open_case_follows(case: Case, place: Place, principal: User, teacher: User) -> None:
    with pytest.raises(NotAllowed):
        edit_student(case.student, name="张晓明", by=teacher, now=NOON)
    edit_student(case.student, name="张晓明", school_class=place.other_class, by=principal, now=NOON)
    case.refresh_from_db()
    assert case.school_class == place.other_class
    assert Entry.objects.get(verb="student.changed").data["fields"] == ["name", "school_class"]


def test_the_tasks_follow_a_child_whose_class_was_corrected_and_stay_with_whoever_may_do_them_still(
    village: User, other_teacher: User, case: Case, place: Place, principal: User, teacher: User
) -> None:
    def holders() -> dict[str, User | None]:
        return {row.step: row.holder for row in Assignment.objects.filter(case=case, state="open").select_related("holder")}

    before = holders()
    edit_student(case.student, name="张晓明", by=principal, now=NOON)
    assert holders() == before
    edit_student(case.student, school_class=place.other_class, by=principal, now=NOON)
    assert holders() == {**before, "first_visit": other_teacher}
    told = Notification.objects.filter(recipient=teacher, message="tasks_moved_away")
    assert (before["first_visit"], told.count()) == (teacher, 1)


def test_an_open_case_does_not_leave_its_county_by_a_correction(case: Case, neighbour: Place, prefecture: User, county: User) -> None:
    with pytest.raises(NeedsTransfer):
        edit_student(case.student, school=neighbour.school, school_class=None, by=county, now=NOON)


def test_a_new_main_guardian_takes_the_place_of_the_old(student: Student, township: User, stranger: User) -> None:
    with pytest.raises(NotAllowed):
        add_guardian(student, name="王奶奶", relation="paternal_grandmother", by=stranger, now=NOON)
    add_guardian(student, name="王奶奶", relation="paternal_grandmother", is_main=True, by=township, now=NOON)
    assert Guardian.objects.get(is_main=True).name == "王奶奶"


def test_keys_rotate_and_rotating_again_does_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = b"o" * 32, b"n" * 32
    with override_settings(KC_FIELD_KEYS={"1": old}):
        student = make_student(place, number=NUMBER)
        make_student(place, name="无证", number="")
    with override_settings(KC_FIELD_KEYS={"2": new, "1": old}):
        call_command("rotate_field_keys")
        call_command("rotate_field_keys")
    assert capsys.readouterr().out.splitlines()[0].startswith("1 ")
    student.refresh_from_db()
    with override_settings(KC_FIELD_KEYS={"2": new}):
        assert identity.decrypt(bytes(student.id_cipher or b""), student.id_hash) == NUMBER


def test_a_roll_number_that_contains_the_identity_number_is_kept_without_its_middle(place: Place, principal: User) -> None:
    student = register_student(by=principal, **child(place, identity_number="", roll_number=f"G{NUMBER}"))
    masked = f"G{NUMBER[:3]}{'*' * 11}{NUMBER[-4:]}"
    assert student.roll_number == masked
    assert find_by_identity(NUMBER) == student

    edit_student(student, roll_number=masked, name="李晓红", by=principal, now=NOON)

    student.refresh_from_db()
    assert (student.roll_number, student.name) == (masked, "李晓红")


def test_a_roll_number_with_another_childs_identity_number_is_refused(place: Place, principal: User) -> None:
    with pytest.raises(BadIdentity):
        register_student(by=principal, **child(place, roll_number=f"G{identity_number()}"))
