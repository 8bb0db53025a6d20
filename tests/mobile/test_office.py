"""The office: late records are looked at, corrections asked for, paper typed in, and the file of a phone taken in."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import pbkdf2_hmac
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localtime

from cases.directory.models import User
from cases.files import shelf
from cases.files.services import remove_orphans
from cases.journal.models import Entry
from cases.mobile import filing
from cases.mobile.models import PhoneFile
from cases.register.models import Case, Student
from cases.visits.models import HomeVisit
from cases.visits.receiving import CorrectionRequest, LateVisit
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Place, make_student
from tests.mobile.phone import FIELDS, MADE_AT, Phone, Record, record_of, sha

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

PASSPHRASE = "山高路远 2026"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "ROUNDS", 1_000)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# ── late records


@pytest.fixture
def late(case: Case, teacher: User, principal: User, evening: datetime) -> LateVisit:
    Case.objects.filter(pk=case.pk).update(closed_at=evening)
    assert Phone(teacher).send(record_of(case)).status_code == 200
    return LateVisit.objects.get()


def test_the_principal_takes_note_of_a_late_record_once(late: LateVisit, principal: User) -> None:
    client = browser(principal)
    assert late.case.number in client.get("/late-visits/").content.decode()
    assert (
        "the case had been closed" in client.get(late.get_absolute_url()).content.decode()
        or "结案" in client.get(late.get_absolute_url()).content.decode()
    )
    token = str(uuid4())
    for _twice in range(2):
        answer = client.post(late.get_absolute_url(), {"note": "已转新班主任", "submission": token})
        assert answer.status_code == 302
    late.refresh_from_db()
    assert (late.seen_by, late.note) == (principal, "已转新班主任")
    assert Entry.objects.filter(verb="visit.seen_late").count() == 1
    assert late.case.number not in client.get("/late-visits/").content.decode()
    assert late.case.number in client.get("/late-visits/?tab=seen").content.decode()


def test_the_maker_of_a_late_record_and_strangers_take_no_note_of_it(late: LateVisit, teacher: User, stranger: User, village: User) -> None:
    assert browser(teacher).get(late.get_absolute_url()).status_code == 403
    assert browser(village).get("/late-visits/").status_code == 403
    assert browser(stranger).get(late.get_absolute_url()).status_code == 404
    assert browser(stranger).post(late.get_absolute_url(), {}).status_code == 404
    assert late.case.number not in browser(stranger).get("/late-visits/").content.decode()


def test_a_note_with_a_telephone_number_is_refused(late: LateVisit, principal: User) -> None:
    assert browser(principal).post(late.get_absolute_url(), {"note": "电话13800001234"}).status_code == 422
    late.refresh_from_db()
    assert late.seen_at is None


def test_the_copy_of_a_refused_record_can_be_read(case: Case, teacher: User, principal: User, clock: Callable[[datetime], None]) -> None:
    teacher.appointments.update(until=NOON.date())
    clock(NOON + timedelta(days=3))
    assert Phone(User.objects.get(pk=teacher.pk)).put(record_of(case, at=NOON + timedelta(days=2))).status_code == 409
    page = browser(principal).get(LateVisit.objects.get().get_absolute_url()).content.decode()
    assert FIELDS["account"] in page


# ── corrections asked for


def test_a_correction_is_asked_for_once_and_its_maker_is_told(case: Case, teacher: User, principal: User, evening: datetime) -> None:
    record = record_of(case)
    Phone(teacher).send(record)
    visit = HomeVisit.objects.get()
    client = browser(principal)
    assert f"/visits/{visit.pk}/ask/" in client.get(visit.get_absolute_url()).content.decode()
    assert client.post(f"/visits/{visit.pk}/ask/", {"reason": ""}).status_code == 422
    assert client.post(f"/visits/{visit.pk}/ask/", {"reason": "请写清见到了谁", "submission": str(uuid4())}).status_code == 302
    again = client.post(f"/visits/{visit.pk}/ask/", {"reason": "再问一次", "submission": str(uuid4())})
    assert (again.status_code, CorrectionRequest.objects.count()) == (422, 1)
    told = Notification.objects.get(message="correction_asked")
    assert (told.recipient, told.link) == (teacher, f"/visits/{visit.pk}/")
    assert "请写清见到了谁" in browser(teacher).get(visit.get_absolute_url()).content.decode()
    assert Entry.objects.get(verb="visit.correction_asked").data == {"visit": str(visit.pk), "visitor": teacher.pk}


def test_nobody_asks_of_oneself_and_nobody_without_the_post(case: Case, teacher: User, principal: User, village: User, stranger: User) -> None:
    Phone(principal).send(record_of(case))
    visit = HomeVisit.objects.get()
    assert browser(principal).post(f"/visits/{visit.pk}/ask/", {"reason": "自己"}).status_code == 422
    assert browser(village).post(f"/visits/{visit.pk}/ask/", {"reason": "?"}).status_code == 403
    assert browser(stranger).post(f"/visits/{visit.pk}/ask/", {"reason": "?"}).status_code == 404
    assert not CorrectionRequest.objects.exists()


# ── paper


def typed(visitor: User, **more: Any) -> dict[str, Any]:
    at = localtime(MADE_AT)
    said = {name: value for name, value in FIELDS.items() if value not in (False, "")}
    return {
        "visit_id": str(uuid4()), "occurred_at_0": at.strftime("%Y-%m-%d"), "occurred_at_1": at.strftime("%H:%M"), "visitor": visitor.pk,
        "submission": str(uuid4()), **said, **more,
    }  # fmt: skip


def test_the_office_types_in_what_a_teacher_wrote_and_both_names_stay_on_record(case: Case, teacher: User, principal: User) -> None:
    answer = browser(principal).post(f"/cases/{case.pk}/visits/typed/", typed(teacher))
    assert answer.status_code == 302, answer.content.decode()
    visit = HomeVisit.objects.get()
    assert (visit.visitor, visit.arrival.entered_by, visit.arrival.source, visit.occurred_at) == (teacher, principal, "paper", MADE_AT)
    entry = Entry.objects.get(verb="visit.logged")
    assert (entry.actor, entry.data["visitor"], entry.data["source"]) == (principal, teacher.pk, "paper")
    assert not case.assignments.filter(step="first_visit", state="open").exists()
    assert principal.name in browser(teacher).get(visit.get_absolute_url()).content.decode()


def test_a_paper_of_somebody_who_was_not_responsible_is_refused(
    case: Case, principal: User, teacher: User, other_teacher: User, stranger: User
) -> None:
    client = browser(principal)
    assert client.post(f"/cases/{case.pk}/visits/typed/", typed(other_teacher)).status_code == 422
    assert client.post(f"/cases/{case.pk}/visits/typed/", typed(stranger)).status_code == 422
    assert browser(teacher).post(f"/cases/{case.pk}/visits/typed/", typed(teacher)).status_code == 403
    assert browser(stranger).get(f"/cases/{case.pk}/visits/typed/").status_code == 404
    assert not HomeVisit.objects.exists()


def test_the_printed_form_has_the_numbers_of_the_phone_and_may_name_the_child(case: Case, teacher: User, stranger: User, auditor: User) -> None:
    blank, filled = browser(teacher).get("/visits/paper/").content.decode(), browser(teacher).get(f"/cases/{case.pk}/visits/paper/").content.decode()
    for number in range(1, 16):
        assert f"{number}. " in blank
    assert "张小明" in filled
    assert "13800001234" in filled
    assert "张小明" not in blank
    assert case.student.id_tail not in filled
    assert browser(stranger).get(f"/cases/{case.pk}/visits/paper/").status_code == 404
    assert browser(auditor).get("/visits/paper/").status_code == 403


# ── the file of a phone


def exported(by: User, *records: Record, passphrase: str = PASSPHRASE, suspicions: Any = (), **more: Any) -> bytes:
    """The file as a phone writes it."""
    salt, iv = os.urandom(16), os.urandom(12)
    inside = {
        "visits": [
            {
                "id": str(record.id),
                "body": record.body,
                "photos": [{"id": str(key), "sha256": sha(data), "data": b64encode(data).decode()} for key, data in record.photos.items()],
            }
            for record in records
        ],
        "suspicions": list(suspicions),
    }
    key = pbkdf2_hmac("sha256", passphrase.encode(), salt, filing.ROUNDS)
    data = AESGCM(key).encrypt(iv, json.dumps(inside).encode(), None)
    outside = {
        "v": 1, "owner": str(by.pk), "device": str(uuid4()), "made_at": MADE_AT.isoformat(), "key": "passphrase",
        "salt": b64encode(salt).decode(), "iv": b64encode(iv).decode(), "data": b64encode(data).decode(),
    }  # fmt: skip
    return json.dumps(outside | more).encode()


def bring(client: Client, data: bytes, passphrase: str = PASSPHRASE) -> Any:
    return client.post("/phone-files/new/", {"file": SimpleUploadedFile("visits.kcx", data), "passphrase": passphrase})


def take(client: Client, looked: Any) -> Any:
    return client.post(f"/phone-files/{looked.context['file'].pk}/take/", {"key": looked.context["key"]}, follow=True)


def test_the_county_looks_into_a_file_and_takes_each_record_in_once(
    case: Case, teacher: User, county: User, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "ROUNDS", 600_000)  # as the phone does it
    child = make_student(place, name="王小二")
    report = {"id": str(uuid4()), "body": {"student": child.pk, "last_attended_on": "2026-09-04", "reason": "", "note": "电话不通"}}
    records = record_of(case, photos=2), record_of(case, mode="phone")
    data, client = exported(teacher, *records, suspicions=[report]), browser(county)

    looked = bring(client, data)
    assert looked.status_code == 200
    assert [(one.state, len(one.photos)) for one in looked.context["found"]] == [("new", 2), ("new", 0), ("new", 0)]
    assert not HomeVisit.objects.exists(), "looking takes nothing in"
    assert records[0].fields["account"].encode() not in shelf.place(looked.context["file"].pk).read_bytes()

    done = take(client, looked)
    assert [result["state"] for result in PhoneFile.objects.get().results] == ["taken"] * 3, done.content.decode()
    visit = HomeVisit.objects.get(pk=records[0].id)
    assert (visit.visitor, visit.arrival.source, visit.arrival.entered_by, visit.photos.count()) == (teacher, "file", county, 2)
    assert Case.objects.get(student=child).number in done.content.decode()
    assert Entry.objects.get(verb="phone.file_taken").data["count"] == 3
    assert not shelf.place(looked.context["file"].pk).exists()

    again = bring(client, data)
    assert [one.state for one in again.context["found"]] == ["known"] * 3
    take(client, again)
    assert HomeVisit.objects.count() == 2
    assert Phone(teacher).send(records[0]).status_code == 200, "the phone may still send it, and is told that it is here"
    assert HomeVisit.objects.count() == 2


def test_the_half_of_the_key_that_the_server_keeps_opens_a_file_too(case: Case, teacher: User, county: User) -> None:
    phone = Phone(teacher)
    phone.enrol()
    record, iv = record_of(case), os.urandom(12)
    inside = json.dumps({"visits": [{"id": str(record.id), "body": record.body, "photos": []}]}).encode()
    data = exported(
        teacher, device=str(phone.device), key="share", salt=None, iv=b64encode(iv).decode(),
        data=b64encode(AESGCM(b"k" * 32).encrypt(iv, inside, None)).decode(),
    )  # fmt: skip
    looked = bring(browser(county), data, "")
    assert [one.state for one in looked.context["found"]] == ["new"]


@pytest.mark.parametrize(
    ("data", "field"),
    [(b"", "file"), (b"[]", "file"), (b"\xff", "file"), (b'{"v":1}', "file"), (b"[" * 5000, "file"), (b"PK\x03\x04", "file")],
)
def test_what_is_no_file_of_a_phone_is_refused_in_words(county: User, data: bytes, field: str) -> None:
    answer = bring(browser(county), data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_another_passphrase_another_key_and_a_changed_file_open_nothing(case: Case, teacher: User, county: User) -> None:
    data, client = exported(teacher, record_of(case)), browser(county)
    assert list(bring(client, data, "falsches Wort").context["form"].errors) == ["passphrase"]
    assert list(bring(client, data, "kurz").context["form"].errors) == ["passphrase"]
    said = json.loads(data)
    said["data"] = b64encode(b"x" * 80).decode()
    assert list(bring(client, json.dumps(said).encode()).context["form"].errors) == ["passphrase"]
    assert list(bring(client, exported(teacher, record_of(case), owner="99999999")).context["form"].errors) == ["file"]
    assert list(bring(client, exported(teacher)).context["form"].errors) == ["file"]
    looked = bring(client, data)
    take_with = client.post(f"/phone-files/{looked.context['file'].pk}/take/", {"key": "AAAA"}, follow=True)
    assert take_with.redirect_chain[0][0] == "/phone-files/new/"
    assert not HomeVisit.objects.exists()


def test_who_is_not_of_the_office_brings_no_file_and_takes_none_of_somebody_else(
    case: Case, teacher: User, county: User, stranger: User, other_county_officer: User
) -> None:
    data = exported(teacher, record_of(case))
    assert bring(browser(teacher), data).status_code == 403
    theirs = bring(browser(stranger), data)
    assert (theirs.status_code, list(theirs.context["form"].errors)) == (422, ["file"]), "none of these children is theirs"
    looked = bring(browser(county), data)
    assert browser(other_county_officer).post(f"/phone-files/{looked.context['file'].pk}/take/", {"key": looked.context["key"]}).status_code == 404
    assert not HomeVisit.objects.exists()


def test_a_record_that_its_maker_might_not_have_made_is_set_aside_and_the_others_are_taken(
    case: Case, teacher: User, county: User, other_teacher: User, student: Student
) -> None:
    looked = bring(browser(county), exported(other_teacher, record_of(case)))
    take(browser(county), looked)
    assert [result["state"] for result in PhoneFile.objects.get().results] == ["refused"]
    assert not HomeVisit.objects.exists()


def test_a_file_that_waits_to_be_taken_in_is_no_orphan(case: Case, teacher: User, county: User) -> None:
    looked = bring(browser(county), exported(teacher, record_of(case)))
    path = shelf.place(looked.context["file"].pk)
    os.utime(path, (0, 0))
    assert remove_orphans(before=datetime.fromisoformat("2020-01-01T00:00:00+00:00")) == 0
    PhoneFile.objects.update(taken_at=NOON)
    assert remove_orphans(before=datetime.fromisoformat("2020-01-01T00:00:00+00:00")) == 1


def test_nothing_of_a_file_lies_open_between_the_look_and_the_taking_in(case: Case, teacher: User, county: User) -> None:
    row, _found, key = filing.bring(exported(teacher, record_of(case)), PASSPHRASE, by=county, now=NOON)
    hidden = filing.hide_key(row, key)
    assert b64encode(key).decode() not in hidden
    other = PhoneFile(id=UUID(int=1), owner=teacher, made_at=NOON, sha256="", count=1, brought_by=county, brought_at=NOON)
    with pytest.raises(filing.BadFile):
        filing.take_in(other, hidden, by=county, now=NOON)
