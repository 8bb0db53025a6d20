"""协查: asked, answered by a day, and meanwhile the asked county knows the least."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.register.locking import Refused
from cases.register.models import Case
from cases.transfers import inquiries, services
from cases.transfers.models import Inquiry, InquiryState, Transfer
from notifications.models import Notification
from tests.factories import Place, make_place
from tests.paper import pdf
from tests.transfers.conftest import THEN
from tests.workflows.desk import as_
from workflows.models import Assignment, AssignmentState

pytestmark = pytest.mark.usefixtures("everybody")

WORDS: dict[str, Any] = {"believed_at": "茅坪镇某餐馆，随表叔务工", "question": "请核实孩子是否在店内，并联系其表叔。"}


@pytest.fixture
def asked(on_ledger: Case, county: User, neighbour: Place, other: User) -> Inquiry:
    return inquiries.ask(on_ledger, to_county=neighbour.area, **WORDS, by=county, now=THEN)


def test_the_asked_bureau_has_five_working_days_and_its_answer_goes_back(asked: Inquiry, other: User, county: User) -> None:
    task = Assignment.objects.get(case=asked.case, step="answer_inquiry", state=AssignmentState.OPEN)
    assert (task.organisation_id, task.holder) == (asked.to_education_id, other)
    with pytest.raises(NotAllowed):
        inquiries.answer(asked, finding="not_found", answer="查无此人", by=county, now=THEN)
    with pytest.raises(Refused):
        inquiries.answer(asked, finding="at_school", answer="在读", by=other, now=THEN)  # without a proof
    inquiries.answer(asked, finding="out_of_school", answer="在餐馆帮工，已通知当地镇政府。", by=other, now=THEN)
    asked.refresh_from_db()
    task.refresh_from_db()
    assert (asked.state, task.state) == (InquiryState.ANSWERED, AssignmentState.DONE)
    assert Notification.objects.filter(message="inquiry_answered", recipient=county).exists()
    with pytest.raises(Refused):
        inquiries.answer(asked, finding="not_found", answer="再答", by=other, now=THEN)


def test_only_the_bureau_asks_another_county_and_each_once(
    on_ledger: Case, principal: User, county: User, place: Place, neighbour: Place, other: User
) -> None:
    with pytest.raises(NotAllowed):
        inquiries.ask(on_ledger, to_county=neighbour.area, **WORDS, by=principal, now=THEN)
    with pytest.raises(Refused):
        inquiries.ask(on_ledger, to_county=place.area, **WORDS, by=county, now=THEN)
    asked = inquiries.ask(on_ledger, to_county=neighbour.area, **WORDS, by=county, now=THEN)
    with pytest.raises(Refused):
        inquiries.ask(on_ledger, to_county=neighbour.area, **WORDS, by=county, now=THEN)
    inquiries.withdraw(asked, by=county, now=THEN)
    assert not Assignment.objects.filter(step="answer_inquiry", state=AssignmentState.OPEN).exists()
    inquiries.ask(on_ledger, to_county=neighbour.area, **WORDS, by=county, now=THEN)


@pytest.mark.parametrize("kind", ["inquiry", "transfer"])
def test_whoever_has_to_answer_reads_the_least_about_the_child(
    kind: str, on_ledger: Case, county: User, other: User, neighbour: Place, request: pytest.FixtureRequest, place: Place
) -> None:
    """Name, year of birth, school: on the task, in the inbox, on the page of the request. No number, no address, no family, no way to the case."""
    about: Inquiry | Transfer = request.getfixturevalue("asked" if kind == "inquiry" else "offered")
    child, guardian = on_ledger.student, on_ledger.student.guardians.get()
    task = Assignment.objects.get(case=on_ledger, step=f"answer_{kind}", state=AssignmentState.OPEN)
    browser = as_(other)
    pages = [reverse("task", args=[task.pk]), reverse("inbox"), about.get_absolute_url(), f"{reverse('transfers')}?tab=help", reverse("transfers")]
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        for secret in (child.masked_identity, child.id_tail, child.address, guardian.name, guardian.phone, "2013-05-04", "5 月 4 日", "tired"):
            assert secret not in text, f"{secret} on {page}"
        assert f"/cases/{on_ledger.pk}/" not in text, page
        assert f"/students/{child.pk}/" not in text, page
    text = browser.get(pages[0]).content.decode()
    assert child.name in text
    assert "2013" in text
    assert place.school.name in text
    for closed in (
        on_ledger.get_absolute_url(),
        f"/students/{child.pk}/",
        reverse("case-sheet", args=[on_ledger.pk]),
    ):
        assert browser.get(closed).status_code == 404
    assert browser.post(f"/students/{child.pk}/identity/", {"purpose": "verification"}).status_code == 404


def test_a_third_county_sees_neither_the_task_nor_the_request(asked: Inquiry, offered: Transfer, place: Place) -> None:
    from tests.factories import make_user

    far = make_place("420528", "长阳土家族自治县", "100", "龙舟坪镇")
    browser = as_(make_user("far", "county_officer", far.education))
    tasks = Assignment.objects.filter(case=asked.case, state="open").values_list("pk", flat=True)
    for page in [asked.get_absolute_url(), offered.get_absolute_url(), *(reverse("task", args=[pk]) for pk in tasks)]:
        assert browser.get(page).status_code == 404
    for name in ("transfer-withdraw", "inquiry-withdraw"):
        about = offered if name == "transfer-withdraw" else asked
        assert browser.post(reverse(name, args=[about.pk])).status_code == 404


def test_no_identity_number_comes_in_with_the_word_that_takes_something_back(asked: Inquiry, offered: Transfer, county: User) -> None:
    browser = as_(county)
    for name, about in (("transfer-withdraw", offered), ("inquiry-withdraw", asked)):
        for note, state in (("孩子 110105-1949-1231-002X 已找到", about.state), ("孩子已找到", "withdrawn")):
            assert browser.post(reverse(name, args=[about.pk]), {"note": note}).status_code == 302
            about.refresh_from_db()
            assert about.state == state


def test_the_giver_keeps_reading_what_was_theirs_and_no_more(offered: Transfer, other: User, county: User, principal: User) -> None:
    from datetime import timedelta

    from cases.journal.models import Entry
    from cases.journal.verbs import Verb
    from cases.visits.services import log_visit
    from tests.workflows.roads import visit

    services.answer(offered, accept=True, by=other, now=THEN)
    later = THEN + timedelta(days=2)
    log_visit(offered.case, **visit(later), by=other, now=later)
    for giver in (county, principal):
        browser = as_(giver)
        assert browser.get(offered.case.get_absolute_url()).status_code == 404
        text = browser.get(offered.get_absolute_url()).content.decode()
        assert len(re.findall(r"入账|台账|ledger", text)) >= 1
        assert "visit logged" not in text
        assert "已记录家访" not in text
        assert Entry.objects.filter(verb=Verb.CASE_VIEWED, actor=giver, case=offered.case_id, data__transfer=offered.pk).exists()


def test_the_evidence_of_an_offer_is_lent_to_the_county_that_has_to_answer(offered: Transfer, other: User, place: Place) -> None:
    from tests.factories import make_user

    far = make_place("420528", "长阳土家族自治县", "100", "龙舟坪镇")
    paper = offered.evidence.get()
    assert as_(other).get(reverse("file", args=[paper.pk])).status_code == 200
    assert as_(make_user("far", "county_officer", far.education)).get(reverse("file", args=[paper.pk])).status_code == 404


def test_a_whole_transfer_over_http(on_ledger: Case, county: User, other: User, neighbour: Place) -> None:
    giver, taker = as_(county), as_(other)
    address = reverse("transfer-new", args=[on_ledger.pk])
    assert neighbour.area.name in giver.get(address).content.decode()
    here = f"{address}?county={neighbour.area.pk}"
    assert giver.get(here).status_code == 200
    said = {"reason": "family_moved", "to_school": neighbour.school.pk, "to_place": neighbour.township_area.pk, "note": ""}
    assert giver.post(here, said).status_code == 422  # what proves it?
    assert giver.post(here, said | {"evidence-0-kind": "other_proof", "evidence-0": pdf()}).status_code == 302
    transfer = Transfer.objects.get()
    task = Assignment.objects.get(step="answer_transfer")
    assert giver.post(reverse("task", args=[task.pk]), {"accept": "yes"}).status_code == 403
    answer = taker.post(reverse("task", args=[task.pk]), {"accept": "yes", "school": neighbour.school.pk, "note": ""})
    assert answer.status_code == 302
    assert answer.headers["Location"] == on_ledger.get_absolute_url()
    transfer.refresh_from_db()
    assert transfer.state == "accepted"
    assert taker.get(on_ledger.get_absolute_url() + "?tab=units").status_code == 200
