"""The pages of documents, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from cases.documents.models import CourtRecord, Document
from cases.register.models import Case
from tests.documents.test_documents import DAY, TODAY, put
from tests.files.paper import pdf

pytestmark = pytest.mark.usefixtures("own_shelf")


@pytest.fixture(autouse=True)
def that_day(clock: Callable[[datetime], None]) -> None:
    clock(TODAY)


def fresh(**more: Any) -> dict[str, Any]:
    return {"submission": str(uuid4()), "dated_on": DAY.isoformat()} | more


def test_from_the_talk_over_the_order_to_its_service(client: Client, on_ledger: Case, township: User, township_head: User) -> None:
    address = reverse("document-new", args=[on_ledger.pk])
    client.force_login(township_head)
    order = address + "?kind=order_to_comply"

    refused = client.post(order, fresh(number="1号", scan=pdf()))
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors()

    client.post(address, fresh(kind="talk_record", note="监护人在场"))
    page = client.post(order, fresh(number="1号", scan=pdf(), term_days="10"), follow=True)
    done = Document.objects.get(kind="order_to_comply")
    assert done.term_days == 10
    assert reverse("document-serve", args=[done.pk]) in page.content.decode()

    client.force_login(township)
    serving = {"service_way": "left", "served_on": DAY.isoformat(), "submission": str(uuid4())}
    assert "witness" in client.post(reverse("document-serve", args=[done.pk]), serving).context["form"].errors
    client.post(reverse("document-serve", args=[done.pk]), serving | {"witness": "村委会李某", "proof": pdf()})
    done.refresh_from_db()
    assert (done.service_way, done.witness, done.term_ends_on is not None) == ("left", "村委会李某", True)
    assert reverse("document-serve", args=[done.pk]) not in client.get(done.get_absolute_url()).content.decode()


def test_a_form_offers_what_the_person_may_file(client: Client, on_ledger: Case, township: User, township_head: User) -> None:
    def offered(user: User) -> set[str]:
        client.force_login(user)
        form = client.get(reverse("document-new", args=[on_ledger.pk])).context["form"]
        return {code for code, _label in form.fields["kind"].choices}

    assert "order_to_comply" not in offered(township)
    assert "order_to_comply" in offered(township_head)
    assert not {"referral", "penalty_decision"} & offered(township_head)


def test_the_same_page_sent_twice_files_once(client: Client, on_ledger: Case, township: User) -> None:
    client.force_login(township)
    data = fresh(kind="minutes")
    for _ in range(2):
        assert client.post(reverse("document-new", args=[on_ledger.pk]), data).status_code == 302
    assert Document.objects.count() == 1


def test_a_referral_and_what_came_of_it(client: Client, on_ledger: Case, county_head: User) -> None:
    client.force_login(county_head)
    client.post(reverse("refer", args=[on_ledger.pk]), fresh(venue="mediation", number="移1号"))
    assert Document.objects.get().venue == "mediation"

    court = reverse("court", args=[on_ledger.pk])
    assert client.get(court).context["form"]["venue"].value() == "mediation"
    said = {"venue": "mediation", "state": "mediated", "on": DAY.isoformat(), "submission": str(uuid4())}
    assert "return_on" in client.post(court, said).context["form"].errors
    client.post(court, said | {"return_on": DAY.isoformat()})
    assert CourtRecord.objects.get().return_on == DAY


def test_strangers_find_nothing_and_others_do_only_what_their_post_allows(
    client: Client, on_ledger: Case, township: User, stranger: User, teacher: User
) -> None:
    done = put(on_ledger, "minutes", township, scan=pdf())
    addresses = [reverse(name, args=[on_ledger.pk]) for name in ("document-new", "refer", "court")]
    addresses += [reverse(name, args=[done.pk]) for name in ("document", "document-serve")]

    client.force_login(stranger)
    assert {client.get(address).status_code for address in addresses} == {404}

    client.force_login(teacher)
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403, 200, 403]
