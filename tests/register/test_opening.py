"""A case opens on suspicion: once a child, by whoever is responsible, not before the days are over."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.register.models import Case, Episode, Standing, StandingChange, Student
from cases.register.opening import BadDate, CaseExists, TooEarly, open_case, reopen
from cases.register.responsible import NobodyResponsible
from cases.register.standing import stand
from tests.cast import NOON
from tests.factories import Place, make_area, make_student

WEEK_AGO = NOON.date() - timedelta(days=7)


def test_a_teacher_opens_a_case_for_a_child_of_the_own_class(student: Student, place: Place, teacher: User) -> None:
    case = open_case(student, channel="attendance", last_attended_on=WEEK_AGO, reason="tired_of_school", note="电话无人接听", by=teacher, now=NOON)

    assert case.number == "420526-2026-0001"
    assert (case.standing, case.episode, case.entered_ledger_on) == (Standing.SUSPECTED, 1, None)
    assert (case.county_id, case.place_id, case.school, case.school_class) == ("420526", "420526104201", place.school, place.school_class)
    assert (case.village, case.township, case.education) == (place.village, place.township, place.education)
    entry = Entry.objects.get(verb="case.opened")
    assert entry.data == {"channel": "attendance", "last_attended_on": WEEK_AGO.isoformat()}
    assert entry.remark.text == "电话无人接听"
    change = StandingChange.objects.get()
    assert (change.standing, change.enters_ledger, change.entry) == ("suspected", False, entry)


def test_the_next_case_of_the_county_gets_the_next_number(student: Student, place: Place, teacher: User) -> None:
    open_case(student, channel="attendance", last_attended_on=WEEK_AGO, by=teacher, now=NOON)
    second = open_case(make_student(place, name="李小红"), channel="attendance", last_attended_on=WEEK_AGO, by=teacher, now=NOON)
    assert second.number == "420526-2026-0002"


def test_nobody_opens_a_case_of_another_class_or_county(
    student: Student, teacher: User, other_teacher: User, stranger: User, township: User, auditor: User
) -> None:
    for somebody in (other_teacher, stranger, auditor):
        with pytest.raises(NotAllowed):
            open_case(student, channel="door_to_door", last_attended_on=WEEK_AGO, by=somebody, now=NOON)
    assert open_case(student, channel="door_to_door", last_attended_on=WEEK_AGO, by=township, now=NOON).pk


def test_six_days_of_absence_are_no_suspicion_yet_and_seven_are(student: Student, teacher: User) -> None:
    with pytest.raises(TooEarly):
        open_case(student, channel="attendance", last_attended_on=WEEK_AGO + timedelta(days=1), by=teacher, now=NOON)
    assert open_case(student, channel="attendance", last_attended_on=WEEK_AGO, by=teacher, now=NOON).pk


def test_a_child_found_at_its_door_needs_no_days_and_perhaps_was_never_at_school(student: Student, village: User) -> None:
    case = open_case(student, channel="door_to_door", last_attended_on=None, by=village, now=NOON)
    assert case.last_attended_on is None


def test_the_last_day_at_school_does_not_lie_in_the_future_and_attendance_knows_it(student: Student, teacher: User) -> None:
    with pytest.raises(BadDate):
        open_case(student, channel="no_show", last_attended_on=NOON.date() + timedelta(days=1), by=teacher, now=NOON)
    with pytest.raises(BadDate):
        open_case(student, channel="attendance", last_attended_on=None, by=teacher, now=NOON)


def test_a_second_case_is_refused_and_names_the_first(case: Case, student: Student, township: User) -> None:
    with pytest.raises(CaseExists, match=case.number) as refusal:
        open_case(student, channel="village_report", last_attended_on=WEEK_AGO, by=township, now=NOON)
    assert refusal.value.case == case


def test_the_same_form_sent_twice_opens_one_case(student: Student, teacher: User) -> None:
    form = uuid4()
    open_case(student, channel="attendance", last_attended_on=WEEK_AGO, by=teacher, now=NOON, submission=form)
    with pytest.raises(AlreadyRecorded):
        open_case(student, channel="attendance", last_attended_on=WEEK_AGO, by=teacher, now=NOON, submission=form)
    assert Case.objects.count() == Entry.objects.count() == 1


def test_a_child_without_school_counts_where_its_household_register_is(place: Place, neighbour: Place, county: User, stranger: User) -> None:
    child = make_student(place, school=None, school_class=None, registered_at=neighbour.village_area)
    with pytest.raises(NotAllowed):
        open_case(child, channel="data_match", last_attended_on=None, by=county, now=NOON)
    case = open_case(child, channel="data_match", last_attended_on=None, by=stranger, now=NOON)
    assert (case.county_id, case.township, case.education) == ("420527", place.township, neighbour.education)


def test_where_no_township_government_is_entered_the_message_says_so(place: Place, teacher: User) -> None:
    elsewhere = make_area("420526999", "无名乡", "township")
    with pytest.raises(NobodyResponsible, match="420526999"):
        open_case(make_student(place, lives_at=elsewhere), channel="no_show", last_attended_on=None, by=teacher, now=NOON)


def test_a_closed_case_reopens_as_a_new_episode_and_keeps_the_old(case: Case, student: Student, teacher: User) -> None:
    stand(case, Standing.NOT_DROPOUT, on=NOON.date(), closed_at=NOON)
    later = NOON + timedelta(days=60)

    again = open_case(student, channel="attendance", last_attended_on=later.date() - timedelta(days=9), by=teacher, now=later)

    assert (again.pk, again.episode, again.standing, again.closed_at) == (case.pk, 2, Standing.SUSPECTED, None)
    old, new = Episode.objects.order_by("number")
    assert (old.standing, old.closed_on, new.opened_on, new.why) == ("not_dropout", NOON.date(), later.date(), "new_suspicion")


def test_a_relapse_is_on_the_ledger_at_once_with_the_household_as_it_is_now(case: Case, student: Student, teacher: User) -> None:
    student.groups = ["lifted_out_of_poverty"]
    student.save()
    again = reopen(case, why="relapse", on=date(2026, 11, 2), by=teacher, now=NOON + timedelta(days=47))
    assert (again.standing, again.entered_ledger_on, again.priority_household) == (Standing.STILL_OUT, date(2026, 11, 2), True)
    assert StandingChange.objects.get(episode=2).enters_ledger


def test_the_database_keeps_a_child_still_out_on_the_ledger(case: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(standing=Standing.STILL_OUT)
