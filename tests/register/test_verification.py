"""The conclusion: the only door to the ledger, and the ways past it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.register.evidence import EvidenceMissing
from cases.register.locking import CaseClosed, CasePaused, Refused
from cases.register.models import Case, Standing, StandingChange, Verification
from cases.register.opening import BadDate, TooEarly
from cases.register.verification import conclude_verification, end_leave
from tests.cast import NOON, conclusion
from tests.paper import pdf

THIRTIETH = NOON + timedelta(days=22)  # the child was last at school eight days before NOON


def test_thirty_days_absent_enter_the_ledger_on_that_day(case: Case, principal: User) -> None:
    conclude_verification(case, **conclusion(), by=principal, now=THIRTIETH)
    case.refresh_from_db()
    assert (case.standing, case.entered_ledger_on, case.priority_household) == (Standing.STILL_OUT, THIRTIETH.date(), False)
    entry = Entry.objects.get(verb="verification.concluded")
    assert (entry.data["conclusion"], entry.data["enters"], entry.data["priority"]) == ("dropped_out", True, False)
    assert StandingChange.objects.get(enters_ledger=True).entry == entry


def test_twenty_nine_days_do_not_and_the_message_says_from_when(case: Case, principal: User) -> None:
    with pytest.raises(TooEarly, match="2026-10-08"):
        conclude_verification(case, **conclusion(), by=principal, now=THIRTIETH - timedelta(days=1))


def test_a_child_that_was_never_enrolled_enters_without_waiting(case: Case, principal: User) -> None:
    Case.objects.update(last_attended_on=None)
    with pytest.raises(Refused):
        conclude_verification(case, **conclusion(), by=principal, now=NOON)
    conclude_verification(case, **conclusion(conclusion="out_of_school"), by=principal, now=NOON)
    case.refresh_from_db()
    assert case.entered_ledger_on == NOON.date()


def test_only_the_principal_and_the_county_conclude(case: Case, teacher: User, township: User, county: User, stranger: User) -> None:
    for somebody in (teacher, township, stranger):
        with pytest.raises(NotAllowed):
            conclude_verification(case, **conclusion(), by=somebody, now=THIRTIETH)
    conclude_verification(case, **conclusion(), by=county, now=THIRTIETH)


def test_what_is_no_dropout_closes_without_ever_entering_the_ledger(case: Case, principal: User) -> None:
    with pytest.raises(Refused):
        conclude_verification(case, **conclusion(conclusion="not_dropout", note="已核实"), by=principal, now=NOON)
    with pytest.raises(Refused):
        conclude_verification(case, **conclusion(conclusion="not_dropout", finding="in_school"), by=principal, now=NOON)

    verification = conclude_verification(
        case, **conclusion(conclusion="not_dropout", finding="in_school", evidence=[("enrolment_certificate", pdf())]), by=principal, now=NOON
    )

    case.refresh_from_db()
    assert (case.standing, case.closed_at, case.entered_ledger_on) == (Standing.NOT_DROPOUT, NOON, None)
    assert verification.evidence.get().kind == "enrolment_certificate"
    assert not StandingChange.objects.filter(enters_ledger=True).exists()
    with pytest.raises(CaseClosed):
        conclude_verification(case, **conclusion(), by=principal, now=THIRTIETH)


def test_still_suspected_changes_nothing_and_can_be_concluded_again(case: Case, principal: User) -> None:
    conclude_verification(case, **conclusion(conclusion="still_suspected"), by=principal, now=NOON)
    case.refresh_from_db()
    assert case.standing == Standing.SUSPECTED
    assert StandingChange.objects.count() == 1
    conclude_verification(case, **conclusion(), by=principal, now=THIRTIETH)


@pytest.mark.parametrize("kind", ["suspended_by_rule", "on_leave"])
def test_a_leave_has_evidence_and_an_end_within_a_year(case: Case, principal: User, kind: str) -> None:
    end = NOON.date() + timedelta(days=90)
    proof: dict[str, Any] = {"evidence": [("leave_form", pdf())]}
    with pytest.raises(EvidenceMissing, match="休学"):
        conclude_verification(case, **conclusion(conclusion=kind, ends_on=end), by=principal, now=NOON)
    for bad in (None, NOON.date(), NOON.date() + timedelta(days=400)):
        with pytest.raises(BadDate):
            conclude_verification(case, **conclusion(conclusion=kind, ends_on=bad, **proof), by=principal, now=NOON)

    conclude_verification(case, **conclusion(conclusion=kind, ends_on=end, **proof), by=principal, now=NOON)

    case.refresh_from_db()
    assert (case.standing, case.ends_on, case.closed_at) == (Standing.ON_LEAVE, end, None)


def on_leave(case: Case, principal: User) -> None:
    given = conclusion(conclusion="on_leave", ends_on=NOON.date() + timedelta(days=30), evidence=[("leave_form", pdf())])
    conclude_verification(case, **given, by=principal, now=NOON)


def test_after_a_leave_the_child_is_back_or_prolongs_it_or_is_suspected_again(case: Case, principal: User, teacher: User) -> None:
    on_leave(case, principal)
    later = NOON + timedelta(days=30)
    with pytest.raises(NotAllowed):
        end_leave(case, result="back", on=later.date(), by=teacher, now=later)
    end_leave(case, result="extended", on=later.date(), ends_on=later.date() + timedelta(days=30), by=principal, now=later)
    case.refresh_from_db()
    assert (case.standing, case.ends_on) == (Standing.ON_LEAVE, later.date() + timedelta(days=30))

    end_leave(case, result="not_back", on=later.date(), by=principal, now=later)
    case.refresh_from_db()
    assert (case.standing, case.ends_on, case.last_attended_on, case.closed_at) == (Standing.SUSPECTED, None, later.date(), None)


def test_a_child_back_from_leave_is_no_dropout(case: Case, principal: User) -> None:
    on_leave(case, principal)
    later = NOON + timedelta(days=31)
    end_leave(case, result="back", on=later.date(), by=principal, now=later)
    case.refresh_from_db()
    assert (case.standing, case.closed_at, case.entered_ledger_on) == (Standing.NOT_DROPOUT, later, None)


def test_a_suspended_case_says_so(case: Case, principal: User) -> None:
    Case.objects.update(paused_at=NOON)
    with pytest.raises(CasePaused):
        conclude_verification(case, **conclusion(), by=principal, now=THIRTIETH)


def test_the_same_conclusion_sent_twice_counts_once(case: Case, principal: User) -> None:
    form = uuid4()
    conclude_verification(case, **conclusion(conclusion="still_suspected"), by=principal, now=NOON, submission=form)
    with pytest.raises(AlreadyRecorded):
        conclude_verification(case, **conclusion(conclusion="still_suspected"), by=principal, now=NOON, submission=form)
    assert Verification.objects.count() == 1


def test_the_database_demands_an_end_and_a_finding(case: Case, principal: User) -> None:
    for bad in ({"conclusion": "on_leave"}, {"conclusion": "not_dropout"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.create(case=case, episode=1, by=principal, at=NOON, **bad)
