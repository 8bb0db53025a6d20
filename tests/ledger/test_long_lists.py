"""A long list of names is made beside the requests, shows how far it is, and is destroyed; a short one comes at once."""

# ruff: noqa: F811 (fixtures of another file)
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from cases.directory.models import User
from cases.directory.services import end_appointment
from cases.journal.models import Entry
from cases.ledger import jobs, listing
from cases.ledger.listmodels import NameList, NameListFile
from cases.ledger.models import Report
from cases.register.models import Case
from tests.at_once import at_once
from tests.factories import Place, appoint
from tests.ledger.test_reports import at, october, report  # noqa: F401 (fixtures)

Clock = Callable[[datetime], None]
pytestmark = pytest.mark.usefixtures("october")
PAGE = "/ledger/names/?year=2026&month=11"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One name is a long list already; nobody answers where the broker should be."""
    from kombu.exceptions import OperationalError

    def away(*_args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(listing, "AT_HAND", 0)
    monkeypatch.setattr(jobs.make_list, "delay", away)


def asked(client: Client, by: User, **more: Any) -> NameList:
    client.force_login(by)
    token = str(uuid4())
    for _twice in range(2):
        answer = client.post(PAGE, {"purpose": "市局核对", "submission": token} | more)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/ledger/names/")
    found: NameList = NameList.objects.get(submission=token)
    return found


def test_it_is_made_without_a_broker_taken_out_on_record_and_destroyed(
    report: Report,
    client: Client,
    clock: Clock,
    few: None,
    on_ledger: Case,
    county: User,
    prefecture: User,
    stranger: User,
) -> None:
    wanted = asked(client, county)
    assert "hx-trigger" in client.get(wanted.get_absolute_url()).content.decode()
    assert client.get(f"{wanted.get_absolute_url()}file/").status_code == 302, "not there yet"
    assert listing.work_next()
    assert not listing.work_next(), "twice is harmless"
    wanted.refresh_from_db()
    assert (wanted.state, wanted.done, wanted.total) == ("ready", 1, 1)
    made = Entry.objects.get(verb="list.exported")
    assert (made.actor, made.data["rows"], made.remark.text) == (county, 1, "市局核对")
    assert on_ledger.student.name.encode() not in bytes(NameListFile.objects.get().sealed)

    book = client.get(f"{wanted.get_absolute_url()}file/")
    page = openpyxl.load_workbook(BytesIO(book.content)).active
    assert page is not None
    assert page.cell(2, 8).value == on_ledger.student.name
    assert Entry.objects.filter(verb="file.opened", data__list=wanted.pk, actor=county).count() == 1
    for other in (prefecture, stranger):
        client.force_login(other)
        for path in ("", "file/"):
            assert client.get(f"{wanted.get_absolute_url()}{path}").status_code == 404

    clock(at(13, 9))
    client.force_login(county)
    assert client.get(f"{wanted.get_absolute_url()}file/").status_code == 302
    assert listing.destroy_old(now=at(13, 9)) == 1
    wanted.refresh_from_db()
    assert (wanted.state, NameListFile.objects.count()) == ("destroyed", 0)


def test_whoever_asked_cancels_it_at_any_time(report: Report, client: Client, few: None, county: User) -> None:
    wanted = asked(client, county)
    assert client.post(f"{wanted.get_absolute_url()}cancel/").status_code == 302
    assert listing.work_all() == 0
    ready = asked(client, county)
    jobs.make_lists()
    client.post(f"{ready.get_absolute_url()}cancel/")
    assert sorted(NameList.objects.values_list("state", flat=True)) == ["cancelled", "cancelled"]
    assert not NameListFile.objects.exists()


def test_what_is_cancelled_while_it_is_made_is_not_kept(
    report: Report,
    client: Client,
    few: None,
    county: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = asked(client, county)
    sign = listing._sign

    def too_late(one: NameList, done: int) -> None:
        listing.cancel(one)
        sign(one, done)

    monkeypatch.setattr(listing, "_sign", too_late)
    assert not listing.work(wanted.pk)
    assert not NameListFile.objects.exists()
    assert not Entry.objects.filter(verb="list.exported").exists()


def test_whoever_was_killed_leaves_it_to_the_next_and_who_lost_the_post_gets_nothing(
    report: Report,
    client: Client,
    few: None,
    county: User,
    security: User,
) -> None:
    wanted = asked(client, county)
    assert listing._take(wanted.pk)
    assert not listing.work(wanted.pk), "somebody is at it"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_namelist SET sign_at = clock_timestamp() - interval '2 minutes'")
    assert listing.work(wanted.pk)
    late = asked(client, county)
    end_appointment(county.appointments.get(), on=at(11).date(), by=security, now=at(12))
    listing.work(late.pk)
    late.refresh_from_db()
    assert late.state == "failed"
    assert client.get(f"{wanted.get_absolute_url()}file/").status_code in {302, 403, 404}
    assert NameListFile.objects.count() == 1


def test_who_moved_to_another_county_takes_out_no_list_of_the_old_one(
    report: Report, client: Client, few: None, county: User, security: User, neighbour: Place
) -> None:
    wanted = asked(client, county)
    assert listing.work(wanted.pk)
    late = asked(client, county)
    end_appointment(county.appointments.get(), on=at(11).date(), by=security, now=at(12))
    appoint(county, "county_officer", neighbour.education)
    answer = client.get(f"{wanted.get_absolute_url()}file/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, wanted.get_absolute_url())
    listing.work(late.pk)
    late.refresh_from_db()
    assert late.state == "failed"


def test_one_person_has_three_lists_in_the_making_and_one_that_nobody_can_make_is_left(
    report: Report, client: Client, few: None, county: User, stranger: User
) -> None:
    lists = [asked(client, county) for _number in range(3)]
    token = str(lists[0].submission)
    assert client.post(PAGE, {"purpose": "市局核对", "submission": str(uuid4())}).status_code == 422
    client.post(lists[2].get_absolute_url() + "cancel/")
    assert client.post(PAGE, {"purpose": "市局核对", "submission": str(uuid4())}).status_code == 302
    assert listing._take(lists[0].pk), "whoever makes it is killed, again and again"
    listing.destroy_old(now=at(13, 9))
    assert set(NameList.objects.values_list("state", flat=True)) == {"failed", "cancelled"}
    client.force_login(stranger)
    assert client.post(PAGE, {"purpose": "市局核对", "submission": token}).status_code in {200, 404}


@pytest.mark.django_db(transaction=True)
def test_what_is_cancelled_at_the_moment_at_which_it_is_ready_is_not_kept(
    report: Report, client: Client, few: None, county: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = asked(client, county)
    seal, sealed = listing._seal, Event()

    def slowly(book: bytes, one: NameList) -> bytes:
        sealed.set()
        sleep(0.3)  # the row says "ready" by now, in a transaction that has not ended
        return seal(book, one)

    monkeypatch.setattr(listing, "_seal", slowly)
    at_once(lambda: listing.work(wanted.pk), lambda: sealed.wait(20) and listing.cancel(wanted))
    wanted.refresh_from_db()
    assert (wanted.state, NameListFile.objects.count()) == ("cancelled", 0)


def test_a_short_list_still_comes_at_once(report: Report, client: Client, county: User) -> None:
    client.force_login(county)
    answer = client.post(PAGE, {"purpose": "市局核对"})
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert not NameList.objects.exists()
