"""The pages of the register, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from cases.journal.models import Entry
from cases.register.clearance import propose_deduction
from cases.register.models import Case, Clearance, Student
from tests.cast import NOON
from tests.factories import Place, identity_number, make_student
from tests.paper import pdf

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def at_noon(clock: Callable[[Any], None]) -> None:
    clock(NOON + timedelta(days=33))


def page(client: Client, user: User, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    client.force_login(user)
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_a_teacher_reports_a_suspicion_and_lands_on_the_case(client: Client, teacher: User, student: Student) -> None:
    assert student.name in page(client, teacher, "report")
    assert student.name in page(client, teacher, "report-student", student.pk)
    form = {"channel": "attendance", "last_attended_on": "2026-10-10", "reason": "work", "note": "电话无人接听", "submission": str(uuid4())}
    answer = client.post(reverse("report-student", args=[student.pk]), form)
    case = Case.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, case.get_absolute_url())
    assert (case.channel, case.reason, case.opened_at.date()) == ("attendance", "work", (NOON + timedelta(days=33)).date())
    again = client.post(reverse("report-student", args=[student.pk]), form)
    assert again.headers["Location"] == case.get_absolute_url(), "the same form again shows the same case"
    assert Case.objects.count() == 1
    assert case.number in page(client, teacher, "report-student", student.pk), "an open case is shown instead of a form"


def test_a_refusal_stands_on_the_form(client: Client, teacher: User, student: Student) -> None:
    client.force_login(teacher)
    answer = client.post(reverse("report-student", args=[student.pk]), {"channel": "attendance", "last_attended_on": "2026-10-18"})
    assert answer.status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["student", "student-edit", "guardian-new", "report-student"])
def test_a_stranger_finds_no_child(client: Client, stranger: User, student: Student, name: str) -> None:
    page(client, stranger, name, student.pk, status=404)
    for listing in ("students", "report"):
        assert reverse(name, args=[student.pk]) not in page(client, stranger, listing, q=student.name)
        assert student.masked_identity not in page(client, stranger, listing)


@pytest.mark.parametrize("name", ["return-report", "deduction-new", "deferral-new"])
def test_a_stranger_finds_no_case(client: Client, stranger: User, county: User, auditor: User, on_ledger: Case, name: str) -> None:
    page(client, stranger, name, on_ledger.pk, status=404)
    page(client, auditor, name, on_ledger.pk, status=404)
    assert on_ledger.number in page(client, county, name, on_ledger.pk)


def test_a_post_that_may_not_gets_403_where_it_may_look(client: Client, teacher: User, student: Student, on_ledger: Case, auditor: User) -> None:
    page(client, teacher, "deduction-new", on_ledger.pk, status=403)
    page(client, teacher, "student-edit", student.pk, status=403)
    page(client, teacher, "student-new", status=403)
    page(client, auditor, "report", status=403)


def test_a_number_finds_its_child_by_post_alone(client: Client, teacher: User, stranger: User, place: Place) -> None:
    number = identity_number()
    child = make_student(place, number=number)
    client.force_login(teacher)
    answer = client.post(reverse("student-find"), {"identity_number": number})
    assert answer.headers["Location"] == reverse("student", args=[child.pk])
    assert client.get(reverse("student-find")).status_code == 405
    client.force_login(stranger)
    assert client.post(reverse("student-find"), {"identity_number": number}).headers["Location"] == reverse("students")


def test_the_number_is_masked_until_a_purpose_is_given(client: Client, principal: User, teacher: User, place: Place) -> None:
    number = identity_number()
    child = make_student(place, number=number)
    assert number not in page(client, principal, "student", child.pk)
    answer = client.post(reverse("student-identity", args=[child.pk]), {"purpose": ""})
    assert number not in answer.content.decode()
    answer = client.post(reverse("student-identity", args=[child.pk]), {"purpose": "roll"})
    assert number in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert Entry.objects.get(verb="identity.shown").data["purpose"] == "roll"
    client.force_login(teacher)
    assert number not in client.post(reverse("student-identity", args=[child.pk]), {"purpose": "roll"}).content.decode()


def test_a_principal_registers_a_child_and_corrects_it(client: Client, principal: User, place: Place) -> None:
    assert "guardian_name" in page(client, principal, "student-new")
    data = {
        "name": "王小雨", "sex": "female", "born_on": "2014-03-02", "school": place.school.pk, "school_class": place.school_class.pk,
        "registered_at": place.village_area.pk, "lives_at": place.village_area.pk, "guardian_name": "王大山", "guardian_relation": "father",
    }  # fmt: skip
    answer = client.post(reverse("student-new"), data | {"identity_number": "123"})
    assert answer.status_code == 422
    answer = client.post(reverse("student-new"), data | {"submission": str(uuid4())})
    child = Student.objects.get()
    assert answer.headers["Location"] == reverse("student", args=[child.pk])
    assert "王大山" in page(client, principal, "student", child.pk)
    assert "王小雨" in page(client, principal, "student-edit", child.pk)
    client.post(reverse("student-edit", args=[child.pk]), data | {"name": "王晓雨"})
    child.refresh_from_db()
    assert child.name == "王晓雨"
    client.post(reverse("guardian-new", args=[child.pk]), {"name": "李奶奶", "relation": "paternal_grandmother", "is_main": "on"})
    assert child.guardians.get(is_main=True).name == "李奶奶"


def test_a_teacher_reports_the_return_on_a_page(client: Client, teacher: User, on_ledger: Case) -> None:
    page(client, teacher, "return-report", on_ledger.pk)
    answer = client.post(reverse("return-report", args=[on_ledger.pk]), {"on": "2026-10-19"})
    assert answer.headers["Location"] == on_ledger.get_absolute_url()
    on_ledger.refresh_from_db()
    assert on_ledger.back_since is not None


def test_a_deduction_with_its_evidence_is_proposed_on_a_page(client: Client, township: User, on_ledger: Case) -> None:
    assert "户口迁移证" in page(client, township, "deduction-new", on_ledger.pk), "each ground says what it needs"
    data = {"ground": "moved_away", "occurred_on": "2026-10-01", "note": "全家迁往武汉", "evidence-0-kind": "register_transfer", "evidence-0": pdf()}
    answer = client.post(reverse("deduction-new", args=[on_ledger.pk]), data)
    assert answer.status_code == 422
    assert "接收地回函" in answer.content.decode()
    data |= {"evidence-0": pdf(), "evidence-1-kind": "receiving_reply", "evidence-1": pdf()}
    assert client.post(reverse("deduction-new", args=[on_ledger.pk]), data).status_code == 302
    clearance = Clearance.objects.get()
    client.post(reverse("clearance-withdraw", args=[clearance.pk]))
    clearance.refresh_from_db()
    assert clearance.state == "withdrawn"


def test_a_stranger_withdraws_nothing(client: Client, county: User, stranger: User, on_ledger: Case) -> None:
    proposal = propose_deduction(
        on_ledger, ground="wrong_entry", occurred_on=NOON.date(), evidence=[("original_record", pdf())], by=county, now=NOON + timedelta(days=31)
    )
    client.force_login(stranger)
    assert client.post(reverse("clearance-withdraw", args=[proposal.pk])).status_code == 404


def test_a_deferral_form_names_its_end(client: Client, county: User, on_ledger: Case) -> None:
    client.force_login(county)
    data = {"ground": "illness", "occurred_on": "2026-10-19", "until": "2026-10-19", "evidence-0-kind": "diagnosis", "evidence-0": pdf()}
    assert client.post(reverse("deferral-new", args=[on_ledger.pk]), data).status_code == 422
    data |= {"until": "2027-06-30", "evidence-0": pdf()}
    assert client.post(reverse("deferral-new", args=[on_ledger.pk]), data).status_code == 302


def test_the_list_of_children_costs_no_more_for_many(
    client: Client, county: User, place: Place, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(30):
        make_student(place, name=f"学生{number}", number="")
    client.force_login(county)
    for name in ("students", "report"):
        client.get(reverse(name))  # an active session is written once in five minutes
        with django_assert_max_num_queries(8):
            assert client.get(reverse(name)).status_code == 200
