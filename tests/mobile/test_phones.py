"""How many phones somebody may have, and one that is lost."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.mobile import knowing, losing, phones
from cases.mobile.models import Phone as Row
from cases.mobile.models import PhoneTask
from cases.mobile.shell import version
from cases.register.models import Case
from tests.mobile.phone import MADE_AT, Phone, record_of
from tests.mobile.test_who import logged_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

HALF = b64encode(b"k" * 32).decode()


# ── made-up ids


def test_a_thousand_made_up_ids_leave_a_bounded_number_and_no_half_of_a_key_is_lost(case: Case, teacher: User, evening: datetime) -> None:
    mine = Phone(teacher)
    mine.enrol()
    mine.worklist()
    taken = set(PhoneTask.objects.values_list("case_id", flat=True))
    assert taken == {case.pk}
    for number in range(1000):
        phones.hear(teacher, uuid4(), now=evening + timedelta(seconds=number))
    assert Row.objects.filter(user=teacher).count() == knowing.MOST
    assert Row.objects.get(device=mine.device).share
    assert set(PhoneTask.objects.values_list("case_id", flat=True)) == taken


def test_ids_made_up_over_the_interface_fill_nothing_either(case: Case, teacher: User) -> None:
    phone = Phone(teacher)
    for _ in range(knowing.MOST + 5):
        phone.device = uuid4()
        assert phone.session().status_code == 200
        assert phone.worklist().status_code == 200
    assert Row.objects.count() == knowing.MOST
    assert PhoneTask.objects.count() <= knowing.MOST * PhoneTask.objects.values("case", "task").distinct().count()


def test_what_a_phone_that_makes_room_had_taken_along_still_proves_who_answered_for_the_child(case: Case, teacher: User, evening: datetime) -> None:
    first = Phone(teacher)
    first.worklist()
    for number in range(knowing.MOST):
        phones.hear(teacher, uuid4(), now=evening + timedelta(minutes=number + 1))
    assert not Row.objects.filter(device=first.device).exists()
    kept = PhoneTask.objects.get()
    assert (kept.case, kept.phone.user) == (case, teacher)
    assert evening <= kept.since < evening + timedelta(minutes=1)


def test_where_every_phone_may_hold_something_a_further_one_reads_and_keeps_no_half(case: Case, teacher: User) -> None:
    for _ in range(knowing.MOST):
        assert Phone(teacher).enrol().status_code == 204
    further = Phone(teacher)
    assert (further.session().json()["device_known"], further.worklist().status_code) == (False, 200)
    refused = further.enrol()
    assert (refused.status_code, refused.json()["error"]) == (409, "phones")
    assert further.ask("POST", "diag", {"device": str(further.device)}).status_code == 409
    assert further.send(record_of(case, photos=1)).status_code == 200, "a record comes in all the same"
    assert Row.objects.count() == knowing.MOST


def test_a_phone_that_said_that_records_wait_on_it_makes_no_room(teacher: User, evening: datetime) -> None:
    full, empty = uuid4(), uuid4()
    phones.hear(teacher, full, now=evening, said=phones.Said(waiting=2))
    phones.hear(teacher, empty, now=evening + timedelta(minutes=1), said=phones.Said(waiting=0))
    for number in range(knowing.MOST):
        phones.hear(teacher, uuid4(), now=evening + timedelta(hours=1, minutes=number))
    assert Row.objects.filter(device=full).exists()
    assert not Row.objects.filter(device=empty).exists()


def test_a_half_that_nobody_used_for_half_a_year_on_an_empty_phone_makes_room(teacher: User, evening: datetime) -> None:
    for _ in range(knowing.MOST):
        Phone(teacher).enrol()
    later = evening + timedelta(days=181)
    with pytest.raises(knowing.TooManyPhones):
        phones.hear(teacher, uuid4(), now=later)
    empty = Row.objects.order_by("pk")[3]
    Row.objects.filter(pk=empty.pk).update(waiting=0)
    phones.hear(teacher, uuid4(), now=later)
    assert not Row.objects.filter(pk=empty.pk).exists()
    assert Row.objects.count() == knowing.MOST


# ── what a phone says of itself


def test_a_phone_says_its_version_and_what_waits_on_it(teacher: User, evening: datetime) -> None:
    phone = Phone(teacher)
    phone.ask("GET", f"session?device={phone.device}", x_version="2026.11-a", x_waiting="3")
    row = Row.objects.get()
    assert (row.version, row.waiting) == ("2026.11-a", 3)
    assert row.waiting_at is not None
    assert row.waiting_at >= evening
    for strange in ("-1", "1e9", "٣", "", "9999999"):
        phone.ask("GET", f"session?device={phone.device}", x_version="<b>", x_waiting=strange)
    row.refresh_from_db()
    assert (row.version, row.waiting) == ("2026.11-a", 3)
    phone.ask("GET", f"worklist?device={phone.device}", x_waiting="0")
    row.refresh_from_db()
    assert row.waiting == 0


# ── lost


def test_the_account_page_lists_ones_own_phones(teacher: User, principal: User) -> None:
    phone = Phone(teacher)
    phone.enrol()
    phone.ask("GET", f"session?device={phone.device}", x_version="v7", x_waiting="2")
    Phone(principal).enrol()
    page = phone.client.get("/account/").content.decode()
    assert phone.device.hex[-4:] in page
    assert "旧版本" in page
    phone.ask("GET", f"session?device={phone.device}", x_version=version(), x_waiting="2")
    assert "已是最新" in phone.client.get("/account/").content.decode()
    row, other = Row.objects.get(user=teacher), Row.objects.get(user=principal)
    assert f"/phones/{row.pk}/lost/" in page
    assert f"/phones/{other.pk}/lost/" not in page
    assert phone.client.get(f"/phones/{other.pk}/lost/").status_code == 404


def test_a_lost_phone_comes_in_no_more_and_the_other_one_does(case: Case, teacher: User) -> None:
    lost, kept = Phone(teacher), Phone(teacher)
    for phone in (lost, kept):
        phone.enrol()
        phone.lose_session()
    office = Client()
    office.force_login(teacher)
    address = f"/phones/{Row.objects.get(device=lost.device).pk}/lost/"
    assert office.get(address).status_code == 200
    assert office.post(address, {"reason": ""}).status_code == 422
    assert lost.session().status_code == 200
    assert office.post(address, {"reason": "掉在公交车上"})["Location"] == "/account/"
    assert office.get("/account/").status_code == 200, "whoever says so stays logged in"

    assert (lost.session().status_code, kept.session().status_code) == (401, 200)
    entry = Entry.objects.get(verb="phone.lost")
    assert (entry.actor, entry.data["user"], entry.remark.text) == (teacher, teacher.pk, "掉在公交车上")
    assert office.post(address, {"reason": "again"}).status_code == 422


def test_a_session_that_is_open_on_the_lost_phone_ends_with_it(teacher: User, evening: datetime) -> None:
    phone = Phone(teacher)
    phone.enrol()
    assert phone.client.get("/tasks/").status_code == 200
    losing.report_lost(Row.objects.get(), reason="丢了", by=teacher, now=evening)
    assert phone.client.get("/tasks/").status_code == 302
    assert phone.session().status_code == 401


def test_a_lost_phone_leaves_no_other_half_until_the_password_finds_it(teacher: User, evening: datetime) -> None:
    phone = Phone(teacher)
    phone.enrol()
    losing.report_lost(Row.objects.get(), reason="丢了", by=teacher, now=evening)
    phone.client.force_login(teacher)  # a session whose password was given long ago
    phone.session()
    other = b64encode(b"x" * 32).decode()
    assert phone.ask("PUT", f"devices/{phone.device}/share", {"share": other}).status_code == 401
    assert phones.share_of(Row.objects.get()) == HALF


def test_the_half_of_a_lost_phone_comes_back_after_a_password_given_since_and_with_it_the_phone(
    teacher: User, evening: datetime, clock: Callable[[datetime], None]
) -> None:
    phone = logged_in(teacher)
    phone.enrol()
    row = Row.objects.get()
    assert phone.session().json()["share"] == HALF
    losing.report_lost(row, reason="丢了", by=teacher, now=evening)
    row.refresh_from_db()
    assert phones.share_of(row) == HALF, "it may be found again"
    assert not phones.may_have_share(row, password_at=evening - timedelta(minutes=1), now=evening)

    clock(evening + timedelta(days=3))
    again = logged_in(teacher)
    again.device = phone.device
    assert again.session().json()["share"] == HALF
    row.refresh_from_db()
    assert row.lost_at is None
    assert Entry.objects.filter(verb="phone.found", actor=teacher).count() == 1
    assert "kc_phone" in again.client.cookies


def test_who_gives_the_person_a_password_may_report_their_phone_lost_and_nobody_else(
    teacher: User, principal: User, other_teacher: User, stranger: User, evening: datetime
) -> None:
    Phone(teacher).enrol()
    row = Row.objects.get()
    for somebody in (other_teacher, stranger):
        with pytest.raises(NotAllowed):
            losing.report_lost(row, reason="x", by=somebody, now=evening)
        assert Phone(somebody).client.get(f"/phones/{row.pk}/lost/").status_code == 404
    looks_after = Phone(principal).client
    assert f"/phones/{row.pk}/lost/" in looks_after.get(f"/people/{teacher.pk}/").content.decode()
    assert looks_after.post(f"/phones/{row.pk}/lost/", {"reason": "老师来电说丢了"})["Location"] == f"/people/{teacher.pk}/"
    row.refresh_from_db()
    assert (row.lost_by, row.token_digest, row.user) == (principal, "", teacher)


def test_the_visit_may_be_written_down_anew_on_another_phone(case: Case, teacher: User, evening: datetime) -> None:
    Phone(teacher).enrol()
    losing.report_lost(Row.objects.get(), reason="丢了", by=teacher, now=evening)
    teacher.refresh_from_db()
    assert Phone(teacher).send(record_of(case, at=MADE_AT)).status_code == 200
