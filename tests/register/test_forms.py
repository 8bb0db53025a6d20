"""The forms: what they hand over is what the services take, and what is missing they say beside the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from cases.directory.models import User
from cases.register import clearance, verification
from cases.register.caseform import CaseForm
from cases.register.clearanceforms import DecisionForm, DeferralEndForm, ReturnForm
from cases.register.forms import ConclusionForm, HelpAnswerForm, LeaveEndForm, PlanSignForm
from cases.register.models import Case, Standing
from tests.cast import NOON
from tests.paper import pdf


def test_a_conclusion_goes_from_the_form_to_the_service(case: Case, principal: User) -> None:
    form = ConclusionForm({"conclusion": "dropped_out", "reason": "work", "note": "已外出"}, case=case, user=principal)
    assert form.is_valid(), form.errors
    verification.conclude_verification(case, **form.cleaned_data, by=principal, now=NOON + timedelta(days=30))
    case.refresh_from_db()
    assert (case.standing, case.reason) == (Standing.STILL_OUT, "work")


@pytest.mark.parametrize(
    ("form", "data", "field"),
    [
        (ConclusionForm, {"conclusion": "not_dropout"}, "finding"),
        (ConclusionForm, {"conclusion": "on_leave"}, "ends_on"),
        (ConclusionForm, {"conclusion": "out_of_school", "reason": ""}, "reason"),
        (LeaveEndForm, {"result": "extended", "on": "2026-10-01"}, "ends_on"),
        (PlanSignForm, {"sign": "no", "note": " "}, "note"),
        (DecisionForm, {"approve": "no"}, "note"),
        (HelpAnswerForm, {"answer": "done"}, "answer_note"),
        (DeferralEndForm, {"result": "enrolled"}, "on"),
        (ReturnForm, {"stayed": "no"}, "note"),
        (ReturnForm, {"stayed": "yes"}, "placement"),
        (ReturnForm, {"stayed": "yes", "placement": "vocational_school"}, "receiving_school"),
        (ReturnForm, {"stayed": "yes", "placement": "same_class"}, "attendance"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(case: Case, principal: User, form: type[CaseForm], data: dict[str, str], field: str) -> None:
    assert field in form(data, case=case, user=principal).errors


def test_a_return_offers_the_days_since_the_child_is_back(on_ledger: Case, teacher: User, principal: User, clock: Callable[[Any], None]) -> None:
    back = NOON + timedelta(days=33)
    clearance.report_return(on_ledger, on=back.date(), by=teacher, now=back)
    on_ledger.refresh_from_db()
    clock(back + timedelta(days=4))
    fresh = ReturnForm(case=on_ledger, user=principal)
    days = [day for day, _label in fresh.fields["attendance"].choices]  # type: ignore[attr-defined]  # a field with choices
    assert days == [(back.date() + timedelta(days=n)).isoformat() for n in range(5)]
    files = MultiValueDict({"evidence-0": [pdf()]})
    data = MultiValueDict({"stayed": ["yes"], "placement": ["same_class"], "attendance": days, "evidence-0-kind": ["class_roster"]})
    form = ReturnForm(data, files, case=on_ledger, user=principal)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["attendance"] == [date.fromisoformat(day) for day in days]
    proposal = clearance.propose_return(on_ledger, **form.cleaned_data, by=principal, now=back + timedelta(days=4))
    assert proposal is not None


def test_a_day_that_was_not_offered_is_refused(case: Case, principal: User) -> None:
    form = ReturnForm(MultiValueDict({"stayed": ["yes"], "attendance": ["2026-01-01"]}), case=case, user=principal)
    assert "attendance" in form.errors
