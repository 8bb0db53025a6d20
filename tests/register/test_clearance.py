"""The ways off the ledger: with evidence, before four eyes, once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.register.clearance import AlreadyProposed, NotBack, apply_deferral, end_deferral, propose_deduction, propose_return, report_return
from cases.register.decisions import AlreadyDecided, SamePerson, decide, withdraw
from cases.register.evidence import EvidenceMissing, UnknownCode
from cases.register.locking import CaseClosed, Refused
from cases.register.models import Case, Clearance, ClearanceState, Standing, StandingChange
from cases.register.opening import BadDate
from tests.cast import NOON
from tests.paper import pdf, photo

BACK = NOON + timedelta(days=33)  # a Monday
WEEK_LATER = BACK + timedelta(days=7)
SCHOOL_DAYS = [BACK.date() + timedelta(days=n) for n in range(5)]


def confirmation(**more: Any) -> dict[str, Any]:
    given = {"stayed": True, "placement": "same_class", "attendance": SCHOOL_DAYS, "evidence": [("attendance_list", pdf())]}
    return given | {"by": None, "now": WEEK_LATER} | more


@pytest.fixture
def back(on_ledger: Case, teacher: User) -> Case:
    report_return(on_ledger, on=BACK.date(), by=teacher, now=BACK)
    on_ledger.refresh_from_db()
    return on_ledger


@pytest.fixture
def proposal(back: Case, principal: User) -> Clearance:
    clearance = propose_return(back, **confirmation(by=principal))
    assert clearance is not None
    return clearance


def deduction(case: Case, by: User, **more: Any) -> Clearance:
    given: dict[str, Any] = {
        "ground": "moved_away", "occurred_on": date(2026, 10, 1), "evidence": [("register_transfer", pdf()), ("receiving_reply", pdf())], "now": BACK,
    }  # fmt: skip
    return propose_deduction(case, by=by, **given | more)


def deferral(case: Case, by: User, **more: Any) -> Clearance:
    given: dict[str, Any] = {
        "ground": "illness", "occurred_on": BACK.date(), "until": BACK.date() + timedelta(days=300), "evidence": [("diagnosis", pdf())], "now": BACK,
    }  # fmt: skip
    return apply_deferral(case, by=by, **given | more)


# --- return


def test_a_reported_return_changes_nothing_on_the_ledger_yet(on_ledger: Case, teacher: User, stranger: User) -> None:
    with pytest.raises(NotAllowed):
        report_return(on_ledger, on=BACK.date(), by=stranger, now=BACK)
    report_return(on_ledger, on=BACK.date(), by=teacher, now=BACK)
    on_ledger.refresh_from_db()
    assert (on_ledger.standing, on_ledger.back_since) == (Standing.STILL_OUT, BACK.date())
    with pytest.raises(Refused):
        report_return(on_ledger, on=BACK.date(), by=teacher, now=BACK)


def test_the_first_day_back_lies_after_the_absence_and_not_in_the_future(on_ledger: Case, teacher: User) -> None:
    for bad in (BACK.date() + timedelta(days=1), (NOON - timedelta(days=8)).date()):
        with pytest.raises(BadDate):
            report_return(on_ledger, on=bad, by=teacher, now=BACK)


def test_the_school_confirms_with_five_days_a_placement_and_a_proof(back: Case, principal: User, teacher: User) -> None:
    refusals: list[tuple[type[Exception], dict[str, Any]]] = [
        (Refused, {"attendance": SCHOOL_DAYS[:4]}),
        (BadDate, {"attendance": [*SCHOOL_DAYS[:4], BACK.date() - timedelta(days=1)]}),
        (EvidenceMissing, {"evidence": [("visit_photo", photo())]}),
        (UnknownCode, {"placement": "somewhere"}),
        (Refused, {"placement": "other_school"}),
        (NotAllowed, {"by": teacher}),
    ]
    for refusal, change in refusals:
        with pytest.raises(refusal):
            propose_return(back, **confirmation(by=principal) | change)
    clearance = propose_return(back, **confirmation(by=principal, placement="other_school", receiving_school="古夫镇中心学校"))
    assert clearance is not None
    assert (clearance.occurred_on, clearance.attendance, clearance.evidence.count()) == (BACK.date(), SCHOOL_DAYS, 1)
    back.refresh_from_db()
    assert back.standing == Standing.STILL_OUT


def test_home_teaching_needs_the_finding_that_the_child_cannot_attend(back: Case, principal: User) -> None:
    home = {"placement": "home_teaching", "attendance": []}
    with pytest.raises(EvidenceMissing, match="专家"):
        propose_return(back, **confirmation(by=principal, **home, evidence=[("visit_photo", photo())]))
    assert propose_return(back, **confirmation(by=principal, **home, evidence=[("visit_photo", photo()), ("expert_opinion", pdf())]))


def test_nobody_confirms_what_nobody_reported(on_ledger: Case, principal: User) -> None:
    with pytest.raises(NotBack):
        propose_return(on_ledger, **confirmation(by=principal))


def test_a_child_that_left_again_is_out_as_before(back: Case, principal: User) -> None:
    with pytest.raises(Refused):
        propose_return(back, stayed=False, by=principal, now=WEEK_LATER)
    assert propose_return(back, stayed=False, note="第三天又外出务工", by=principal, now=WEEK_LATER) is None
    back.refresh_from_db()
    assert (back.standing, back.back_since) == (Standing.STILL_OUT, None)
    assert Entry.objects.get(verb="return.failed").remark.text == "第三天又外出务工"


def test_a_second_person_of_the_county_approves_and_the_case_stays_open_for_the_watches(
    proposal: Clearance, principal: User, county: User, stranger: User
) -> None:
    for somebody in (principal, stranger):
        with pytest.raises(NotAllowed):
            decide(proposal, approve=True, by=somebody, now=WEEK_LATER)
    decide(proposal, approve=True, by=county, now=WEEK_LATER)
    case = Case.objects.get()
    assert (case.standing, case.closed_at, case.back_since) == (Standing.RETURNED, None, BACK.date())
    change = StandingChange.objects.order_by("-pk")[0]
    assert (change.standing, change.occurred_on, change.enters_ledger) == ("returned", BACK.date(), False)
    with pytest.raises(AlreadyDecided):
        decide(proposal, approve=False, note="迟了", by=county, now=WEEK_LATER)


def test_a_refusal_has_a_reason_and_leaves_the_child_where_it_was(proposal: Clearance, county: User) -> None:
    with pytest.raises(Refused):
        decide(proposal, approve=False, by=county, now=WEEK_LATER)
    decided = decide(proposal, approve=False, note="佐证照片看不清", by=county, now=WEEK_LATER)
    assert (decided.state, decided.decision_note) == (ClearanceState.REFUSED, "佐证照片看不清")
    assert Case.objects.get().standing == Standing.STILL_OUT


# --- deduction


def test_a_deduction_needs_the_evidence_of_its_ground_and_names_what_is_missing(on_ledger: Case, township: User) -> None:
    with pytest.raises(EvidenceMissing, match="接收地回函") as refusal:
        deduction(on_ledger, township, evidence=[("register_transfer", pdf())])
    assert refusal.value.demands == [["receiving_reply"]]
    assert "户口迁移证" not in str(refusal.value)
    clearance = deduction(on_ledger, township)
    assert {file.kind for file in clearance.evidence.all()} == {"register_transfer", "receiving_reply"}
    assert Case.objects.get().standing == Standing.STILL_OUT


def test_a_county_officer_who_proposes_does_not_approve(on_ledger: Case, county: User, other_county_officer: User, township_head: User) -> None:
    proposal = deduction(on_ledger, county)
    with pytest.raises(SamePerson):
        decide(proposal, approve=True, by=county, now=BACK)
    with pytest.raises(NotAllowed):
        decide(proposal, approve=True, by=township_head, now=BACK)
    decide(proposal, approve=True, by=other_county_officer, now=BACK)
    case = Case.objects.get()
    assert (case.standing, case.closed_at) == (Standing.DEDUCTED, BACK)
    with pytest.raises(CaseClosed):
        deduction(on_ledger, county)


def test_the_database_has_four_eyes_too(on_ledger: Case, county: User) -> None:
    proposal = deduction(on_ledger, county)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clearance.objects.filter(pk=proposal.pk).update(decided_by=county, decided_at=BACK)


def test_an_outcome_is_proposed_once(on_ledger: Case, county: User, township: User) -> None:
    deduction(on_ledger, county)
    with pytest.raises(AlreadyProposed):
        deduction(on_ledger, township)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clearance.objects.create(
            case=on_ledger, episode=1, outcome="deducted", code="died", occurred_on=BACK.date(), proposed_by=county, proposed_at=BACK
        )


def test_only_a_child_on_the_ledger_is_deducted(case: Case, county: User) -> None:
    with pytest.raises(Refused):
        deduction(case, county, now=NOON, occurred_on=NOON.date())


def test_a_teacher_proposes_no_deduction(on_ledger: Case, teacher: User) -> None:
    with pytest.raises(NotAllowed):
        deduction(on_ledger, teacher)


def test_over_age_is_counted_and_other_grounds_are_explained(on_ledger: Case, county: User) -> None:
    with pytest.raises(Refused, match="16"):
        deduction(on_ledger, county, ground="over_age", evidence=[("leaving_statement", pdf())])
    with pytest.raises(Refused):
        deduction(on_ledger, county, ground="other", evidence=[("other_proof", pdf())])
    assert deduction(on_ledger, county, ground="other", note="县级会商决定", evidence=[("other_proof", pdf())]).pk


def test_an_approval_withdraws_what_else_was_proposed(on_ledger: Case, county: User, township: User, other_county_officer: User) -> None:
    other = deferral(on_ledger, township)
    decide(deduction(on_ledger, county), approve=True, by=other_county_officer, now=BACK)
    other.refresh_from_db()
    assert other.state == ClearanceState.WITHDRAWN
    assert Entry.objects.get(verb="clearance.approved").data["withdrawn"] == [other.pk]


def test_a_proposer_or_a_supervisor_withdraws(on_ledger: Case, township: User, teacher: User, principal: User) -> None:
    proposal = deduction(on_ledger, township)
    with pytest.raises(NotAllowed):
        withdraw(proposal, by=teacher, now=BACK)
    withdraw(proposal, by=township, now=BACK)
    withdraw(deduction(on_ledger, township), by=principal, now=BACK)
    assert set(Clearance.objects.values_list("state", flat=True)) == {"withdrawn"}


# --- deferral


def test_a_deferral_lasts_a_year_at_most_and_needs_a_doctor_or_the_experts(on_ledger: Case, township: User) -> None:
    with pytest.raises(EvidenceMissing):
        deferral(on_ledger, township, evidence=[("application", pdf())])
    for until in (BACK.date(), BACK.date() + timedelta(days=367)):
        with pytest.raises(BadDate):
            deferral(on_ledger, township, until=until)
    assert deferral(on_ledger, township, evidence=[("expert_opinion", pdf())]).pk


def test_township_head_or_county_approve_a_deferral_and_it_ends(on_ledger: Case, township: User, township_head: User, principal: User) -> None:
    proposal = deferral(on_ledger, township)
    for somebody, refusal in ((principal, NotAllowed), (township, NotAllowed)):
        with pytest.raises(refusal):
            decide(proposal, approve=True, by=somebody, now=BACK)
    decide(proposal, approve=True, by=township_head, now=BACK)
    case = Case.objects.get()
    assert (case.standing, case.ends_on, case.closed_at) == (Standing.DEFERRED, proposal.until, None)

    end = BACK + timedelta(days=295)
    end_deferral(case, result="not_enrolled", on=end.date(), by=township_head, now=end)
    case.refresh_from_db()
    assert (case.standing, case.ends_on, case.episode) == (Standing.STILL_OUT, None, 1)


def test_a_deferred_child_that_enrolled_has_returned(on_ledger: Case, township: User, county: User) -> None:
    decide(deferral(on_ledger, township), approve=True, by=county, now=BACK)
    end = BACK + timedelta(days=295)
    end_deferral(on_ledger, result="enrolled", on=end.date(), by=county, now=end)
    case = Case.objects.get()
    assert (case.standing, case.closed_at) == (Standing.RETURNED, end)


def test_a_suspected_child_can_be_deferred_without_ever_entering_the_ledger(case: Case, township: User, county: User) -> None:
    decide(deferral(case, township), approve=True, by=county, now=BACK)
    end = BACK + timedelta(days=295)
    end_deferral(case, result="not_enrolled", on=end.date(), by=county, now=end)
    case.refresh_from_db()
    assert (case.standing, case.entered_ledger_on) == (Standing.SUSPECTED, None)


def test_the_same_form_sent_twice_counts_once(on_ledger: Case, township: User, county: User) -> None:
    form, decision = uuid4(), uuid4()
    proposal = deduction(on_ledger, township, submission=form)
    with pytest.raises(AlreadyRecorded):
        deduction(on_ledger, township, submission=form)
    decide(proposal, approve=False, note="材料不全", by=county, now=BACK, submission=decision)
    with pytest.raises(AlreadyRecorded):
        decide(proposal, approve=True, by=county, now=BACK, submission=decision)
    assert Entry.objects.filter(verb="clearance.approved").count() == 0
