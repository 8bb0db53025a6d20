"""The mandatory report: told at once to education, police and civil affairs, whatever the case's state; each confirms once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from cases.directory.capabilities import NotAllowed
from cases.directory.models import Organisation, User
from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.protection.models import MandatoryReport, Receipt
from cases.protection.services import NobodyToTell, NothingToConfirm, confirm_receipt, missing_addressees, report_danger
from cases.register.models import Case, Involvement
from tests.cast import NOON
from tests.factories import Place

LATER = NOON + timedelta(hours=1)


def report(case: Case, by: User, **more: Any) -> MandatoryReport:
    return report_danger(case, **({"kind": "neglect", "facts": "孩子独自在家多日，无人照料。"} | more), by=by, now=LATER)


def receipt_of(organisation: Organisation) -> Receipt:
    return Receipt.objects.get(organisation=organisation)


def test_education_police_and_civil_affairs_of_the_county_are_told(case: Case, teacher: User, place: Place) -> None:
    done = report(case, teacher)

    told = [receipt.organisation for receipt in done.receipts.order_by("pk")]
    assert told == [place.education, place.departments["police"], place.departments["civil_affairs"]]
    assert missing_addressees(done) == []
    assert Entry.objects.get(verb="danger.reported").data == {"report": done.pk, "danger": "neglect"}
    case.refresh_from_db()
    assert case.danger


def test_police_and_civil_affairs_see_the_case_from_then_on(case: Case, teacher: User, police: User, civil_affairs: User, justice: User) -> None:
    assert not Case.objects.visible_to(police).exists()
    report(case, teacher)
    report(case, teacher, kind="violence")

    assert [Case.objects.visible_to(somebody).count() for somebody in (police, civil_affairs, justice)] == [1, 1, 0]
    assert Involvement.objects.count() == 2


def test_neither_suspension_nor_closing_holds_a_report_back(case: Case, teacher: User) -> None:
    Case.objects.update(paused_at=NOON, closed_at=NOON)
    assert report(case, teacher).receipts.count() == 3


def test_the_report_goes_to_those_that_exist_and_names_the_others(case: Case, teacher: User, place: Place) -> None:
    Organisation.objects.filter(pk=place.departments["civil_affairs"].pk).update(active=False)
    done = report(case, teacher)
    assert done.receipts.count() == 2
    assert len(missing_addressees(done)) == 1


def test_a_report_to_nobody_is_refused(case: Case, teacher: User, place: Place) -> None:
    Organisation.objects.filter(pk__in=[place.education.pk, *(office.pk for office in place.departments.values())]).update(active=False)
    with pytest.raises(NobodyToTell):
        report(case, teacher)


def test_a_report_needs_a_danger_and_facts(case: Case, teacher: User) -> None:
    for said in ({"kind": "boredom"}, {"facts": "  "}):
        with pytest.raises(Refused):
            report(case, teacher, **said)
    assert not MandatoryReport.objects.exists()


def test_everybody_around_the_child_may_report_and_a_stranger_may_not(case: Case, village: User, township: User, stranger: User) -> None:
    assert report(case, village).pk
    assert report(case, township).pk
    with pytest.raises(NotAllowed):
        report(case, stranger)


def test_the_same_report_posted_twice_counts_once(case: Case, teacher: User) -> None:
    page = uuid4()
    report_danger(case, kind="other", facts="x", by=teacher, now=LATER, submission=page)
    with pytest.raises(AlreadyRecorded):
        report_danger(case, kind="other", facts="x", by=teacher, now=LATER, submission=page)
    assert MandatoryReport.objects.count() == 1


def test_the_addressee_confirms_and_says_what_is_done(case: Case, teacher: User, police: User, place: Place) -> None:
    report(case, teacher)
    done = confirm_receipt(receipt_of(place.departments["police"]), measures="已派民警上门。", by=police, now=LATER)

    assert (done.confirmed_by, done.confirmed_at, done.measures) == (police, LATER, "已派民警上门。")
    entry = Entry.objects.get(verb="receipt.confirmed")
    assert (entry.data, entry.organisation) == ({"receipt": done.pk}, place.departments["police"])


def test_nobody_confirms_for_another_office(case: Case, teacher: User, police: User, civil_affairs: User, justice: User, place: Place) -> None:
    report(case, teacher)
    for somebody in (civil_affairs, justice, teacher):
        with pytest.raises(NotAllowed):
            confirm_receipt(receipt_of(place.departments["police"]), measures="x", by=somebody, now=LATER)
    assert confirm_receipt(receipt_of(place.departments["police"]), measures="x", by=police, now=LATER).confirmed_by == police


def test_a_receipt_is_confirmed_once_and_with_words(case: Case, teacher: User, county: User, other_county_officer: User, place: Place) -> None:
    report(case, teacher)
    with pytest.raises(Refused):
        confirm_receipt(receipt_of(place.education), measures=" ", by=county, now=LATER)
    confirm_receipt(receipt_of(place.education), measures="已联系学校。", by=county, now=LATER)
    with pytest.raises(NothingToConfirm):
        confirm_receipt(receipt_of(place.education), measures="已联系学校。", by=other_county_officer, now=LATER)


def test_the_words_of_a_report_are_for_its_addressees_its_author_and_supervisors(
    case: Case, teacher: User, principal: User, village: User, police: User, civil_affairs: User, stranger: User, justice: User
) -> None:
    report(case, village)
    seen = {
        somebody: Receipt.objects.visible_to(somebody).count() for somebody in (village, police, civil_affairs, principal, teacher, justice, stranger)
    }
    assert seen == {village: 3, police: 1, civil_affairs: 1, principal: 3, teacher: 0, justice: 0, stranger: 0}
