"""A visit that somebody else entered under my name: I am told, I see it among my own, and I may say that it was not so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from cases.journal.models import Entry
from cases.visits.models import HomeVisit
from cases.visits.receiving import Denial
from notifications.models import Notification
from tests.mobile.phone import Phone, record_of
from tests.mobile.test_office import browser, typed

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


@pytest.fixture
def entered(case: Case, teacher: User, principal: User, county: User, evening: datetime) -> HomeVisit:
    """The principal typed in what the teacher wrote on paper."""
    assert browser(principal).post(f"/cases/{case.pk}/visits/typed/", typed(teacher)).status_code == 302
    return HomeVisit.objects.get()


def test_the_visitor_is_told_without_a_word_about_the_child(entered: HomeVisit, teacher: User) -> None:
    told = Notification.objects.get(message="visit_entered")
    assert (told.recipient, told.link, told.params) == (teacher, f"/visits/{entered.pk}/deny/", {"case": entered.case.number})
    page = browser(teacher).get(told.link).content.decode()
    assert "principal" in page
    assert entered.case.student.name not in page


def test_who_entered_it_and_when_stands_among_the_own_records(entered: HomeVisit, case: Case, teacher: User, principal: User) -> None:
    page = browser(teacher).get("/my-visits/").content.decode()
    assert entered.case.number in page
    assert f"/visits/{entered.pk}/deny/" in page
    assert browser(teacher).get("/my-visits/?tab=entered").context["page"].paginator.count == 1
    assert browser(principal).get("/my-visits/").context["page"].paginator.count == 0
    row = Phone(teacher).ask("GET", "records").json()["records"][0]
    assert row["entered_by"] == principal.name
    assert row["entered_at"]
    Phone(teacher).send(record_of(case))
    assert Phone(teacher).ask("GET", "records").json()["records"][0]["entered_by"] == ""
    assert Notification.objects.filter(message="visit_entered").count() == 1, "of one's own nobody is told"


def test_that_was_not_me_goes_to_whoever_is_in_charge_and_did_not_enter_it(
    entered: HomeVisit, teacher: User, principal: User, county: User, other_teacher: User
) -> None:
    client, address = browser(teacher), f"/visits/{entered.pk}/deny/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "家长电话13800001234"}).status_code == 422
    assert client.post(address, {"reason": "当天我在外地培训"})["Location"] == "/my-visits/"
    assert client.post(address, {"reason": "again"}).status_code == 422
    assert Denial.objects.get().reason == "当天我在外地培训"
    assert Entry.objects.get(verb="visit.denied").data["entered_by"] == principal.pk
    told = list(Notification.objects.filter(message="visit_denied").values_list("recipient__username", flat=True))
    assert told == ["county"], "the principal entered it: the one above looks into it"

    for somebody in (principal, other_teacher):
        assert browser(somebody).get(address).status_code == 404
    assert browser(principal).get(f"/visits/{entered.pk}/settle/").status_code == 403
    above = browser(county)
    assert entered.case.number in above.get("/late-visits/").content.decode()
    assert f"/visits/{entered.pk}/settle/" in above.get(entered.get_absolute_url()).content.decode()
    assert above.post(f"/visits/{entered.pk}/settle/", {"settlement": "系录入时选错人"}).status_code == 302
    denial = Denial.objects.get()
    assert (denial.settled_by, denial.settlement) == (county, "系录入时选错人")
    assert set(Notification.objects.filter(message="denial_settled").values_list("recipient__username", flat=True)) == {"teacher", "principal"}
    assert above.get(f"/visits/{entered.pk}/settle/").status_code == 403
    assert "系录入时选错人" in client.get(address).content.decode()


def test_ones_own_record_cannot_be_denied_nor_the_own_denial_settled(case: Case, teacher: User, entered: HomeVisit, evening: datetime) -> None:
    Phone(teacher).send(own := record_of(case))
    assert browser(teacher).get(f"/visits/{own.id}/deny/").status_code == 404
    browser(teacher).post(f"/visits/{entered.pk}/deny/", {"reason": "不是我"})
    denial: Any = Denial.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Denial.objects.filter(pk=denial.pk).update(settled_by=teacher, settled_at=evening)
