"""What a phone takes along, what it learns of its records, and what happens when it falls silent."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.directory.models import User
from cases.journal.models import Entry
from cases.mobile.models import PhoneTask
from cases.mobile.names import short
from cases.register.models import Case, Student
from cases.register.opening import open_case
from cases.visits.models import HomeVisit
from cases.visits.overseeing import ask_correction
from tests.cast import NOON
from tests.factories import Place, make_guardian, make_student
from tests.mobile.phone import Phone, record_of
from workflows.silence import listen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


def more_cases(place: Place, by: User, count: int) -> list[Case]:
    made = []
    for number in range(count):
        student = make_student(place, name=f"李小{number}")
        make_guardian(student)
        made.append(
            open_case(student, channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), reason="tired_of_school", by=by, now=NOON)
        )
    return made


def test_a_teacher_takes_the_own_tasks_and_children_along(case: Case, teacher: User, student: Student) -> None:
    phone = Phone(teacher)
    assert phone.send(record_of(case, mode="phone")).status_code == 200
    said = phone.worklist().json()

    [task] = [row for row in said["tasks"] if row["step"] == "first_visit"]
    assert (task["case"], task["visit"], task["overdue"]) == (case.pk, True, False)
    [child] = said["cases"]
    assert (child["child"], child["full"], child["number"], child["address"]) == ("张某某", "张小明", case.number, "青山村3组")
    assert child["guardians"] == [{"name": "张大山", "relation": "父亲", "phone": "13800001234"}]
    assert child["last_visit"]["by"] == teacher.name
    assert said["numbers"]["occurred_at"] == 1


def test_the_choices_come_in_the_order_of_the_form_with_what_it_must_know(case: Case, teacher: User) -> None:
    from cases.codes.models import CodeItem, CodeList
    from cases.codes.services import invalidate

    CodeItem.objects.filter(list=CodeList.REASON, code="bullying").update(wants_text=True)
    invalidate()
    options = Phone(teacher).worklist().json()["options"]
    lists = {"mode", "met", "whereabouts", "reason", "outcome", "danger_kind", "suspicion_reason"}
    assert lists | {"in_person", "reason_first", "reason_text"} == options.keys()
    assert [code for code, _label in options["mode"]][: len(options["in_person"])] == options["in_person"] == ["home", "away", "meeting", "joint"]
    assert [code for code, _label in options["reason"]][: options["reason_first"]] == ["study_difficulty", "work", "early_marriage", "religion"]
    assert set(options["reason_text"]) == {"bullying", "other"}
    assert options["suspicion_reason"] == options["reason"]


def test_no_identity_number_travels_to_a_phone(case: Case, teacher: User, student: Student) -> None:
    text = Phone(teacher).worklist().content.decode()
    assert student.id_tail not in text
    assert student.masked_identity not in text


def test_a_stranger_takes_nothing_along_and_a_keeper_neither(case: Case, stranger: User, admin: User, other_teacher: User) -> None:
    for somebody in (stranger, admin, other_teacher):
        said = Phone(somebody).worklist().json()
        assert (said["tasks"], said["cases"]) == ([], [])
        assert case.number not in str(said)


def test_a_county_officer_takes_the_children_of_the_own_tasks_along_not_the_whole_county(case: Case, county: User) -> None:
    assert Phone(county).worklist().json()["cases"] == []


def test_the_number_of_queries_does_not_grow_with_the_number_of_children(place: Place, teacher: User, case: Case) -> None:
    phone = Phone(teacher)
    phone.worklist()
    with CaptureQueriesContext(
        connection,
    ) as few:
        phone.worklist()
    more_cases(place, teacher, 12)
    with CaptureQueriesContext(connection) as many:
        assert len(phone.worklist().json()["cases"]) == 13
    assert len(many) <= len(few) <= 22


def test_a_list_that_has_not_changed_does_not_travel_again(case: Case, teacher: User, clock: Callable[[datetime], None]) -> None:
    phone = Phone(teacher)
    first = phone.worklist()
    assert first["ETag"].startswith('W/"')
    again = phone.worklist(if_none_match=first["ETag"])
    assert (again.status_code, again.content, bool(again["X-As-Of"])) == (304, b"", True)
    assert Entry.objects.filter(verb="list.exported").count() == 1, "a copy left the house once"
    phone.send(record_of(case))
    assert phone.worklist(if_none_match=first["ETag"]).status_code == 200


def test_the_list_travels_compressed(case: Case, teacher: User) -> None:
    answer = Phone(teacher).worklist(accept_encoding="gzip")
    assert answer["Content-Encoding"] == "gzip"
    assert case.number in gzip.decompress(answer.content).decode()


@pytest.mark.parametrize(("name", "shown"), [("李小红", "李某某"), ("欧阳明", "欧阳某某"), ("欧阳", "欧某某"), ("", ""), ("Anna", "A某某")])
def test_a_list_shows_the_surname_alone(name: str, shown: str) -> None:
    assert short(name) == shown


# ── records


def test_my_records_show_what_became_of_them_and_those_to_correct_first(case: Case, teacher: User, principal: User, evening: datetime) -> None:
    phone = Phone(teacher)
    first, second = record_of(case, mode="phone"), record_of(case, mode="phone")
    phone.send(first)
    phone.send(second)
    ask_correction(HomeVisit.objects.get(pk=first.id), reason="请补充祖母的话", by=principal, now=evening)

    rows = phone.ask("GET", "records").json()["records"]
    assert [(row["visit"], row["state"], row["why"]) for row in rows] == [(str(first.id), "returned", "请补充祖母的话"), (str(second.id), "ok", "")]
    assert rows[0]["child"] == "张某某"
    phone.send(record_of(case, mode="phone", more={"corrects": str(first.id)}))
    assert {row["visit"]: row["state"] for row in phone.ask("GET", "records").json()["records"]}[str(first.id)] == "corrected"
    assert Phone(principal).ask("GET", "records").json()["records"] == []


# ── suspicions


def suspect(phone: Phone, student: Student, key: Any = None, **more: Any) -> Any:
    said = {"student": student.pk, "last_attended_on": "2026-09-04", "reason": "", "note": "电话不通", "client_time": NOON.isoformat()} | more
    return phone.ask("PUT", f"suspicions/{key or uuid4()}", said)


def test_a_suspicion_opens_a_case_once(teacher: User, student: Student) -> None:
    phone, key = Phone(teacher), uuid4()
    first, again = suspect(phone, student, key), suspect(phone, student, key)
    assert (first.status_code, again.json()) == (200, first.json())
    case = Case.objects.get()
    assert first.json() == {"suspicion": str(key), "case": case.number, "url": case.get_absolute_url()}
    other = suspect(phone, student)
    assert (other.status_code, other.json()["error"], other.json()["case"]) == (409, "open", case.number)


def test_a_suspicion_is_refused_as_the_page_refuses_it(teacher: User, stranger: User, student: Student) -> None:
    phone = Phone(teacher)
    early = suspect(phone, student, last_attended_on="2026-09-15")
    assert (early.status_code, list(early.json()["fields"])) == (400, ["last_attended_on"])
    assert suspect(phone, student, last_attended_on="gestern").status_code == 400
    assert phone.ask("PUT", f"suspicions/{uuid4()}", {"student": {}}).status_code == 400
    assert phone.ask("PUT", f"suspicions/{uuid4()}", []).status_code == 400
    assert suspect(Phone(stranger), student).status_code == 404
    assert not Case.objects.exists()


def test_the_id_of_somebody_elses_report_is_not_mine(teacher: User, principal: User, student: Student) -> None:
    key = uuid4()
    suspect(Phone(principal), student, key)
    assert suspect(Phone(teacher), student, key).json()["error"] == "owner"


def test_the_pupils_to_choose_from_are_the_own_class_without_an_open_case(case: Case, teacher: User, place: Place) -> None:
    other = make_student(place, name="王小二")
    make_student(place, name="别班的", school_class=place.other_class)
    assert Phone(teacher).worklist().json()["students"] == [{"id": other.pk, "name": "王小二", "class": "七(1)班"}]


# ── silence


def test_a_phone_of_which_nothing_is_heard_for_two_days_is_noticed_once(
    case: Case, teacher: User, principal: User, clock: Callable[[datetime], None], evening: datetime
) -> None:
    phone = Phone(teacher)
    phone.worklist()
    assert listen(evening + timedelta(hours=47)) == 0
    later = evening + timedelta(hours=49)
    assert listen(later) == 1
    assert listen(later + timedelta(hours=1)) == 0, "a silence is on record once"
    entry = Entry.objects.get(verb="phone.silent")
    assert (entry.case, entry.actor) == (case, None)

    supervisor = Phone(principal)
    clock(later)
    page = supervisor.client.get("/late-visits/").content.decode()
    assert "张小明" in page
    assert "张小明" in supervisor.client.get(f"/cases/{case.pk}/?tab=visits").content.decode()
    assert case.number not in Phone(teacher).client.get("/late-visits/").content.decode()

    phone.worklist()
    assert not PhoneTask.objects.silent().exists()


def test_who_was_at_work_in_the_case_otherwise_is_not_silent(case: Case, teacher: User, evening: datetime, clock: Callable[[datetime], None]) -> None:
    phone = Phone(teacher)
    phone.worklist()
    clock(evening + timedelta(hours=30))
    phone.client.get(case.get_absolute_url())
    assert listen(evening + timedelta(hours=49)) == 0


def test_a_task_that_ended_meanwhile_is_no_silence_and_ends_one(case: Case, teacher: User, principal: User, evening: datetime) -> None:
    Phone(teacher).worklist()
    assert listen(evening + timedelta(hours=49)) == 1
    case.assignments.update(state="withdrawn")
    listen(evening + timedelta(hours=50))
    assert not PhoneTask.objects.silent().exists()
