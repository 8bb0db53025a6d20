"""One plan a child: written by the school, signed by the township, carried out with departments."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.services import AlreadyRecorded
from cases.register.decisions import SamePerson
from cases.register.forms import PlanForm
from cases.register.locking import Refused
from cases.register.models import Case, CasePlan, Involvement, PlanMeasure
from cases.register.plans import AlreadyAnswered, NoPlan, answer_help, sign_plan, write_plan
from tests.cast import NOON
from tests.factories import Place, appoint
from tests.paper import pdf


def text(place: Place, **more: Any) -> dict[str, Any]:
    police = {"organisation": place.departments["police"], "means": "administrative", "task": "联系务工地公安协助查找"}
    given: dict[str, Any] = {
        "reason": "work", "situation": "父母在外务工，随祖母生活", "goal": "本学期内返校", "means": ["care", "administrative"], "measures": [police],
    }  # fmt: skip
    return given | {"now": NOON} | more


@pytest.fixture
def measure(on_ledger: Case, place: Place, principal: User, township: User) -> PlanMeasure:
    write_plan(on_ledger, by=principal, **text(place))
    sign_plan(on_ledger, sign=True, by=township, now=NOON)
    return PlanMeasure.objects.get()


def test_both_lines_sign_and_the_departments_get_their_part(on_ledger: Case, place: Place, principal: User, township: User, police: User) -> None:
    assert not Case.objects.visible_to(police).exists()
    plan = write_plan(on_ledger, by=principal, **text(place))
    assert (plan.version, plan.signed_school_by, plan.school_person) == (1, principal, principal.name)
    assert not Case.objects.visible_to(police).exists(), "a draft shows the child to nobody else"

    sign_plan(on_ledger, sign=True, by=township, now=NOON)

    assert Case.objects.visible_to(police).get() == on_ledger
    assert Involvement.objects.get().organisation == place.departments["police"]
    assert Case.objects.get().reason == "work"


def test_teacher_and_stranger_write_no_plan_and_the_school_does_not_sign_for_the_township(
    on_ledger: Case, place: Place, teacher: User, stranger: User, principal: User, county: User
) -> None:
    for somebody in (teacher, stranger):
        with pytest.raises(NotAllowed):
            write_plan(on_ledger, by=somebody, **text(place))
    write_plan(on_ledger, by=principal, **text(place))
    for somebody in (principal, county):
        with pytest.raises(NotAllowed):
            sign_plan(on_ledger, sign=True, by=somebody, now=NOON)


def test_whoever_holds_both_posts_still_does_not_sign_twice(on_ledger: Case, place: Place, principal: User) -> None:
    appoint(principal, "township_officer", place.township)
    principal = User.objects.get(pk=principal.pk)  # posts are looked up once for each request
    write_plan(on_ledger, by=principal, **text(place))
    with pytest.raises(SamePerson):
        sign_plan(on_ledger, sign=True, by=principal, now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePlan.objects.update(signed_township_by=principal, signed_township_at=NOON)


def test_a_plan_that_was_sent_back_gets_a_new_version(on_ledger: Case, place: Place, principal: User, township: User) -> None:
    with pytest.raises(NoPlan):
        sign_plan(on_ledger, sign=True, by=township, now=NOON)
    write_plan(on_ledger, by=principal, **text(place))
    with pytest.raises(Refused):
        sign_plan(on_ledger, sign=False, by=township, now=NOON)
    sign_plan(on_ledger, sign=False, note="没有写明帮扶责任人", by=township, now=NOON)
    with pytest.raises(NoPlan):
        sign_plan(on_ledger, sign=True, by=township, now=NOON)
    assert write_plan(on_ledger, by=principal, **text(place, measures=[])).version == 2
    sign_plan(on_ledger, sign=True, by=township, now=NOON)
    assert not Involvement.objects.exists()
    with pytest.raises(Refused):
        write_plan(on_ledger, by=principal, **text(place))


def test_a_department_of_another_county_cannot_be_asked(on_ledger: Case, place: Place, neighbour: Place, principal: User) -> None:
    foreign = [{"organisation": neighbour.departments["police"], "means": "care", "task": "帮助"}]
    with pytest.raises(Refused, match="秭归县"):
        write_plan(on_ledger, by=principal, **text(place, measures=foreign))


def test_the_named_department_answers_with_proof_and_no_other(measure: PlanMeasure, police: User, civil_affairs: User, stranger: User) -> None:
    for somebody in (civil_affairs, stranger):
        with pytest.raises(NotAllowed):
            answer_help(measure, answer="done", answer_note="已联系", by=somebody, now=NOON)
    with pytest.raises(Refused):
        answer_help(measure, answer="done", answer_note="已联系", by=police, now=NOON)
    with pytest.raises(Refused):
        answer_help(measure, answer="not_possible", answer_note=" ", by=police, now=NOON)
    answer_help(measure, answer="under_way", answer_note="11月底前", by=police, now=NOON)
    answered = answer_help(measure, answer="done", answer_note="已联系", evidence=[("department_answer", pdf())], by=police, now=NOON)
    assert (answered.answer, answered.answered_by, answered.evidence.count()) == ("done", police, 1)
    with pytest.raises(AlreadyAnswered):
        answer_help(measure, answer="under_way", answer_note="再查", by=police, now=NOON)


def test_the_same_plan_sent_twice_counts_once(on_ledger: Case, place: Place, principal: User) -> None:
    form = uuid4()
    write_plan(on_ledger, by=principal, submission=form, **text(place))
    with pytest.raises(AlreadyRecorded):
        write_plan(on_ledger, by=principal, submission=form, **text(place))
    assert CasePlan.objects.get().version == 1


def test_the_form_hands_over_what_the_service_takes(on_ledger: Case, place: Place, principal: User, neighbour: Place) -> None:
    data = {
        "reason": "work", "situation": "父母在外务工", "goal": "返校", "means": ["care"], "school_person": "", "township_person": "",
        "measures-0-organisation": str(place.departments["police"].pk), "measures-0-means": "care", "measures-0-task": "协助查找",
        "measures-4-organisation": "", "measures-4-means": "legal", "measures-4-task": "",
    }  # fmt: skip
    form = PlanForm(data, case=on_ledger, user=principal)
    assert form.is_valid(), form.errors
    write_plan(on_ledger, **form.cleaned_data, by=principal, now=NOON)
    assert PlanMeasure.objects.get().task == "协助查找"
    for wrong in ({"measures-0-organisation": str(neighbour.departments["police"].pk)}, {"measures-0-task": ""}, {"measures-0-means": "x"}):
        assert "measures" in PlanForm(data | wrong, case=on_ledger, user=principal).errors
    draft = PlanForm(case=on_ledger, user=principal)
    assert draft.initial["goal"] == "返校"
    assert "协助查找" in str(draft)
