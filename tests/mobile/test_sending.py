"""A visit comes in words, photos and an end; each may come again, and it is one visit all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from cases.directory.models import User
from cases.files import shelf
from cases.files.models import StoredFile
from cases.journal.models import Entry
from cases.mobile.models import VisitUpload
from cases.register.models import Case
from cases.visits.models import HomeVisit
from tests.mobile.phone import Phone, picture, record_of, sha

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


@pytest.fixture
def phone(teacher: User) -> Phone:
    return Phone(teacher)


def test_a_visit_with_two_photos_is_on_record_and_moves_the_task(case: Case, phone: Phone, teacher: User, evening: datetime) -> None:
    record = record_of(case, photos=2)
    answer = phone.send(record)

    receipt = answer.json()
    assert answer.status_code == 200, receipt
    assert (receipt["visit"], set(receipt["photos"])) == (str(record.id), {str(key) for key in record.photos})
    assert receipt["number"].startswith("JF-420526-2026-")
    assert (receipt["late"], receipt["state"], receipt["withdrawn"]) == (False, "ok", False)
    visit = HomeVisit.objects.get(pk=record.id)
    assert (visit.visitor, visit.occurred_at, visit.photos.count(), visit.account) == (teacher, record.at, 2, record.fields["account"])
    assert (visit.arrival.source, visit.arrival.device, visit.arrival.clock_off) == ("phone", phone.device, False)
    assert abs((visit.arrival.received_at - evening).total_seconds()) < 60
    assert float(visit.arrival.latitude or 0) == pytest.approx(31.34567)
    assert Entry.objects.get(verb="visit.logged").data["source"] == "phone"
    assert not case.assignments.filter(step="first_visit", state="open").exists()
    assert VisitUpload.objects.get().body == {}, "the words are the visit's now"


def test_nothing_is_on_record_before_the_end(case: Case, phone: Phone) -> None:
    record = record_of(case, photos=1)
    assert phone.put(record).json() == {"visit": str(record.id), "photos": []}
    [key] = record.photos
    assert phone.send_photo(record, key).json() == {"visit": str(record.id), "photo": str(key)}
    assert not HomeVisit.objects.exists()
    assert case.assignments.filter(step="first_visit", state="open").exists()


def test_every_request_may_come_twice(case: Case, phone: Phone) -> None:
    record = record_of(case, photos=1)
    [key] = record.photos
    first = [phone.put(record), phone.send_photo(record, key), phone.finish(record)]
    again = [phone.put(record), phone.send_photo(record, key), phone.finish(record)]

    assert {answer.status_code for answer in first + again} == {200}
    assert first[2].json() == again[2].json()
    assert again[0].json()["photos"] == [str(key)]
    assert (HomeVisit.objects.count(), StoredFile.objects.count(), Entry.objects.filter(verb="visit.logged").count()) == (1, 1, 1)


def test_a_phone_that_died_between_photo_and_end_goes_on_where_it_was(case: Case, phone: Phone) -> None:
    record = record_of(case, photos=2)
    first, second = record.photos
    phone.put(record)
    phone.send_photo(record, first)

    missing = phone.finish(record)
    assert (missing.status_code, missing.json()["error"], missing.json()["missing"]) == (409, "photos_missing", [str(second)])
    assert phone.put(record).json()["photos"] == [str(first)]
    phone.send_photo(record, second)
    assert phone.finish(record).status_code == 200
    assert HomeVisit.objects.get().photos.count() == 2


def test_two_photos_of_equal_bytes_are_two_photos(case: Case, phone: Phone) -> None:
    record = record_of(case)
    record.photos = {uuid4(): picture(), uuid4(): picture()}
    assert phone.send(record).status_code == 200
    assert HomeVisit.objects.get().photos.count() == 2


def test_other_words_under_the_same_id_are_refused_and_change_nothing(case: Case, phone: Phone) -> None:
    record = record_of(case)
    phone.put(record)
    record.fields["account"] = "改过的话"
    answer = phone.put(record)
    assert (answer.status_code, answer.json()["error"]) == (409, "changed")
    record.fields["account"] = "孩子说跟不上数学，奶奶希望他读书。"
    record.more = {"offset_ms": 4000, "client_time": record.at.isoformat()}
    assert phone.put(record).status_code == 200, "the clock may be measured anew with each try"


def test_somebody_elses_record_is_never_taken_under_my_name(case: Case, phone: Phone, principal: User) -> None:
    record = record_of(case)
    phone.put(record)
    other = Phone(principal)
    assert other.put(record).json()["error"] == "owner"
    assert other.finish(record).json()["error"] == "owner"
    other.owner = phone.owner  # honest about whose it is
    assert (other.put(record).status_code, other.put(record).json()["error"]) == (409, "owner")
    phone.owner = ""
    assert phone.finish(record).json()["error"] == "owner"
    assert not HomeVisit.objects.exists()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("outcome", {"outcome": "refused", "met": ["nobody"]}),
        ("mode", {"mode": "telepathy"}),
        ("met", {"met": []}),
        ("account", {"account": "身份证 420526201305041234"}),
        ("promised_on", {"outcome": "agreed"}),
        ("danger_kind", {"danger": True}),
        ("account", {"account": {"a": 1}}),
        ("account", {"account": "长" * 4001}),
    ],
)
def test_what_the_page_would_refuse_is_refused_with_words_beside_the_field(case: Case, phone: Phone, field: str, said: dict[str, Any]) -> None:
    answer = phone.put(record_of(case, **said))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid")
    assert answer.json()["fields"][field]
    assert not VisitUpload.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b'"x"', b"{", b"{}", b"\xff\xfe", b'{"case": NaN}', b"[" * 60_000, b'{"case": "1", "fields": []}', b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_json(case: Case, phone: Phone, body: bytes) -> None:
    answer = phone.client.generic("PUT", f"/m/api/visits/{uuid4()}", body, "application/json", HTTP_X_OWNER=phone.owner)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid")


@pytest.mark.parametrize(
    "more",
    [
        {"case": 0}, {"case": "../1"}, {"case": 2**70}, {"occurred_at": "gestern"}, {"occurred_at": "2026-09-16T12:00:00"},
        {"occurred_at": "0001-01-01T00:00:00+00:00"}, {"occurred_at": 5}, {"photos": "no"},
        {"photos": [{"id": "x", "sha256": "y", "size": 1}]},
        {"photos": [{"id": str(uuid4()), "sha256": "a" * 64, "size": 1}] * 2}, {"position": "here"},
        {"position": {"lat": "1", "lon": 2, "accuracy": 3}},
        {"corrects": "nothing"}, {"offset_ms": "soon"}, {"fields": None},
        {"photos": [{"id": str(uuid4()), "sha256": "a" * 64, "size": 1} for _ in range(10)]},
    ],
)  # fmt: skip
def test_a_body_with_a_wrong_part_is_refused_and_leaves_nothing(case: Case, phone: Phone, more: dict[str, Any]) -> None:
    answer = phone.put(record_of(case, more=more))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid"), answer.content
    assert not VisitUpload.objects.exists()


def test_a_place_in_hundreds_of_digits_is_no_place(case: Case, phone: Phone) -> None:
    assert phone.put(record_of(case, more={"position": {"lat": 10**400, "lon": 2, "accuracy": 3}})).status_code == 200
    assert VisitUpload.objects.get().body["position"] == {"why_not": "unavailable"}


# ── photos that are none


def test_a_poisoned_photo_is_refused_and_the_next_try_may_bring_a_good_one(case: Case, phone: Phone) -> None:
    record = record_of(case, photos=1)
    [key] = record.photos
    phone.put(record)
    bomb = b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 40
    answer = phone.send_photo(record, key, bomb, x_sha256=sha(bomb))
    assert (answer.status_code, answer.json()["error"]) == (400, "type")
    html = b"<html>not a photo</html>"
    assert phone.send_photo(record, key, html, x_sha256=sha(html)).json()["error"] == "type"
    assert phone.send_photo(record, key, record.photos[key][:-9]).json()["error"] == "hash"
    assert phone.send_photo(record, key, x_sha256="none").json()["error"] == "hash"
    assert phone.send_photo(record, key, b"\xff\xd8\xff" + b"0" * 1024 * 1024).json()["error"] == "size"
    assert not StoredFile.objects.exists()
    assert phone.send_photo(record, key).status_code == 200
    assert phone.finish(record).status_code == 200


def test_place_and_device_are_taken_out_of_a_photo_and_it_is_served_to_those_alone_who_see_the_case(case: Case, phone: Phone, stranger: User) -> None:
    from io import BytesIO

    from PIL import Image

    data = BytesIO()
    exif = Image.Exif()
    exif[271] = "Spy camera"
    exif[0x8825] = {1: "N", 2: (31.0, 20.0, 0.0)}
    Image.new("RGB", (64, 48)).save(data, "JPEG", exif=exif)
    record = record_of(case)
    record.photos = {uuid4(): data.getvalue()}
    assert phone.send(record).status_code == 200
    stored = StoredFile.objects.get()
    kept = shelf.place(stored.pk).read_bytes()
    assert b"Spy camera" in data.getvalue()
    assert b"Spy camera" not in kept
    assert phone.client.get(stored.get_absolute_url()).status_code == 200
    assert Phone(stranger).client.get(stored.get_absolute_url()).status_code == 404


def test_a_photo_that_the_visit_does_not_name_and_one_of_another_visit_are_refused(case: Case, phone: Phone) -> None:
    record, other = record_of(case, photos=1), record_of(case, photos=1)
    phone.put(record)
    phone.put(other)
    [key] = record.photos
    phone.send_photo(record, key)
    assert phone.ask("PUT", f"visits/{record.id}/photos/{uuid4()}", data=picture(), x_sha256=sha(picture())).json()["error"] == "unlisted"
    stolen = record_of(case, more={"photos": record.body["photos"]})
    phone.put(stolen)
    assert (
        phone.ask("PUT", f"visits/{stolen.id}/photos/{key}", data=record.photos[key], x_sha256=sha(record.photos[key])).json()["error"] == "changed"
    )


# ── corrections, danger


def test_a_correction_is_a_record_of_its_own_that_names_the_first(case: Case, phone: Phone) -> None:
    first = record_of(case)
    phone.send(first)
    second = record_of(case, account="更正：是外婆。", more={"corrects": str(first.id)})
    assert phone.send(second).status_code == 200
    assert HomeVisit.objects.get(pk=second.id).corrects_id == first.id
    unknown = phone.put(record_of(case, more={"corrects": str(uuid4())}))
    assert (unknown.status_code, list(unknown.json()["fields"])) == (400, ["corrects"])


def test_danger_seen_at_the_door_is_reported_at_once(case: Case, phone: Phone, police: User) -> None:
    assert phone.send(record_of(case, danger=True, danger_kind="violence", account="身上有伤。")).status_code == 200
    assert case.reports.count() == 1


def test_an_identity_number_is_kept_nowhere_whatever_place_somebody_puts_it_in(case: Case, phone: Phone) -> None:
    number = "420526201305041234"
    assert phone.put(record_of(case, account=f"身份证{number}")).status_code == 400
    record = record_of(case, more={"task": number, "name": number, "position": {"why_not": number, "x": number}})
    record.fields["secret"] = number
    assert phone.put(record).status_code == 200
    phone.ask("POST", "diag", {"device": str(phone.device), "note": f"ab {number}", "worker": True, "more": {"a": number}})
    with connection.cursor() as cursor:
        for table in ("cases_visitupload", "cases_phone", "cases_phonetask", "cases_latevisit", "cases_entry"):
            cursor.execute(f"SELECT count(*) FROM {table} row WHERE row::text LIKE %s", [f"%{number}%"])
            assert cursor.fetchone() == (0,), table
    assert phone.finish(record).status_code == 200
