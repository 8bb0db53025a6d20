"""The copy of a record whose maker did not answer for the child: its photos, and what whoever is in charge makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from cases.codes.models import Setting
from cases.codes.services import invalidate
from cases.directory.models import User
from cases.files import shelf
from cases.files.models import StoredFile
from cases.journal.models import Entry
from cases.mobile.models import PhotoUpload
from cases.mobile.sweeping import delete_refused_photos
from cases.register.models import Case
from cases.visits.models import HomeVisit
from cases.visits.receiving import LateVisit
from notifications.models import Notification
from tests.cast import NOON
from tests.mobile.phone import Phone, Record, record_of
from tests.mobile.test_office import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]
LATER = NOON + timedelta(days=2, hours=2)


@pytest.fixture
def left(case: Case, teacher: User, principal: User, clock: Callable[[datetime], None]) -> Phone:
    """The phone of a teacher whose post ended before the visit was made."""
    teacher.appointments.update(until=date(2026, 9, 17))
    clock(LATER)
    return Phone(User.objects.get(pk=teacher.pk))


@pytest.fixture
def copy(left: Phone, case: Case) -> Record:
    record = record_of(case, photos=2, at=NOON + timedelta(days=2))
    answer = left.send(record)
    assert (answer.status_code, answer.json()["error"]) == (409, "not_allowed"), answer.content
    return record


def of(record: Record) -> LateVisit:
    found: LateVisit = LateVisit.objects.get(record=record.id)
    return found


def test_its_photos_are_taken_in_like_any_other_and_kept_with_the_copy(copy: Record, left: Phone) -> None:
    late = of(copy)
    assert late.visit is None
    assert late.photos.count() == len(copy.photos) == 2
    assert all(shelf.place(photo.pk).exists() for photo in late.photos.all())
    assert left.put(copy).status_code == left.finish(copy).status_code == 409, "nothing is missing any more"
    assert Notification.objects.filter(message="late_visit").count() == 1


def test_a_copy_without_its_photos_asks_for_them_first(left: Phone, case: Case) -> None:
    record = record_of(case, photos=1, at=NOON + timedelta(days=2))
    assert left.put(record).json()["photos"] == []
    assert left.finish(record).json()["error"] == "photos_missing"
    assert of(record).said["account"] == record.fields["account"], "the words are kept before"
    key = next(iter(record.photos))
    assert left.send_photo(record, key, b"no photo").json()["error"] == "hash"
    assert left.send_photo(record, key).status_code == 200
    assert left.finish(record).json()["error"] == "not_allowed"


def test_only_whoever_decides_is_shown_the_photos(copy: Record, case: Case, principal: User, village: User, stranger: User) -> None:
    late, photo = of(copy), of(copy).photos.first()
    assert photo is not None
    assert str(photo.pk) in browser(principal).get(late.get_absolute_url()).content.decode()
    assert browser(village).get(late.get_absolute_url()).status_code == 403
    assert browser(stranger).get(late.get_absolute_url()).status_code == 404
    assert browser(stranger).get(photo.get_absolute_url()).status_code == 404
    for user in (principal, village):
        assert str(photo.pk) not in browser(user).get(f"/cases/{case.pk}/?tab=files").content.decode()


def test_taken_over_it_counts_with_its_photos_and_the_phone_may_let_it_go(copy: Record, left: Phone, case: Case, principal: User) -> None:
    late = of(copy)
    assert browser(principal).post(late.get_absolute_url(), {"how": "take", "note": "代课老师"}).status_code == 302
    visit, late = HomeVisit.objects.get(), of(copy)
    assert (visit.pk, visit.visitor, visit.organisation) == (copy.id, left.user, case.school)
    assert set(visit.photos.all()) == set(late.photos.all())
    assert (late.visit, late.decision, late.seen_by) == (visit, "taken", principal)
    assert not case.assignments.filter(step="first_visit", state="open").exists(), "the visit ends the task"
    assert Entry.objects.get(verb="visit.taken_over").actor == principal
    assert Notification.objects.get(message="copy_taken_over").recipient == left.user
    assert not Notification.objects.filter(message="visit_entered").exists(), "the visitor wrote it"

    receipt = left.send(copy)
    assert (receipt.status_code, receipt.json()["visit"]) == (200, str(visit.pk))
    assert left.finish(copy).json() == receipt.json()
    again = browser(principal).post(late.get_absolute_url(), {"how": "refuse", "note": "x"})
    assert HomeVisit.objects.count() == 1
    assert again.status_code in {302, 422}


def test_not_taken_over_it_needs_a_reason_and_its_photos_go_after_the_days_of_the_setting(copy: Record, left: Phone, principal: User) -> None:
    late, client = of(copy), browser(principal)
    assert client.post(late.get_absolute_url(), {"how": "refuse", "note": ""}).status_code == 422
    assert client.post(late.get_absolute_url(), {"how": "refuse", "note": "与实际不符"}).status_code == 302
    photos = list(late.photos.all())
    decided = of(copy).seen_at
    assert decided is not None
    assert delete_refused_photos(decided + timedelta(days=29)) == 0
    assert delete_refused_photos(decided + timedelta(days=31)) == 2
    assert delete_refused_photos(decided + timedelta(days=31)) == 0
    assert not StoredFile.objects.filter(pk__in=[photo.pk for photo in photos]).exists()
    assert not PhotoUpload.objects.exists()
    assert Entry.objects.get(verb="photos.deleted").data == {"late": late.pk, "count": 2}
    page = client.get(late.get_absolute_url()).content.decode()
    assert copy.fields["account"] in page, "the words stay"
    assert left.put(copy).json()["error"] == left.finish(copy).json()["error"] == "not_allowed"
    assert left.send_photo(copy, next(iter(copy.photos))).json()["error"] == "unlisted"


def test_the_bytes_go_with_the_row(copy: Record, principal: User, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    late = of(copy)
    browser(principal).post(late.get_absolute_url(), {"how": "refuse", "note": "与实际不符"})
    places = [shelf.place(photo.pk) for photo in late.photos.all()]
    Setting.objects.update_or_create(code="refused_photos_days", county=None, defaults={"value": 5})
    invalidate()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # the plugin gives it, unknown to the types
        assert delete_refused_photos(LATER + timedelta(days=6)) == 2
    assert not any(place.exists() for place in places)
    invalidate()


def test_an_undecided_copy_keeps_its_photos_and_its_maker_does_not_decide(copy: Record, teacher: User, stranger: User) -> None:
    assert delete_refused_photos(LATER + timedelta(days=400)) == 0
    client = Client()
    client.force_login(stranger)
    assert client.post(of(copy).get_absolute_url(), {"how": "take"}).status_code == 404
    assert of(copy).decision == ""
