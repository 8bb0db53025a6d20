"""Two people, or one impatient thumb, at the same moment: one record, a clear word, never an error."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from cases.directory.models import User
from cases.documents.models import Document
from cases.documents.rules import BadDocument
from cases.documents.services import file_document
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.register.models import Case
from cases.register.opening import open_case
from cases.visits.joint import CannotConfirm, confirm_visit
from cases.visits.models import HomeVisit, PersuasionRound
from cases.visits.rounds import hold_round
from cases.visits.services import CannotCorrect, log_visit
from tests.at_once import at_once
from tests.cast import NOON
from tests.factories import Place, make_student, make_user
from tests.files.paper import photo
from tests.visits.saying import AFTERNOON, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_shelf")]


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_one_visit_sent_four_times_at_once_is_one_visit(case: Case, teacher: User) -> None:
    said = visit()
    picture = photo().read()
    results = at_once(
        *[lambda: log_visit(case, **said, photos=[photo_of(picture)], by=User.objects.get(pk=teacher.pk), now=AFTERNOON) for _ in range(4)]
    )

    assert kinds(results) == ["HomeVisit"] * 4
    assert {result.pk for result in results} == {said["visit_id"]}
    assert (HomeVisit.objects.count(), Entry.objects.filter(verb="visit.logged").count(), HomeVisit.objects.get().photos.count()) == (1, 1, 1)


def photo_of(data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("visit.jpg", data, "image/jpeg")


def test_one_page_posted_twice_at_once_is_recorded_once(case: Case, teacher: User) -> None:
    page = uuid4()
    results = at_once(*[lambda: log_visit(case, **visit(), by=User.objects.get(pk=teacher.pk), now=AFTERNOON, submission=page) for _ in range(2)])
    assert kinds(results) == [AlreadyRecorded.__name__, HomeVisit.__name__]


def test_two_people_of_the_other_line_confirm_and_the_second_reads_who_was_first(case: Case, teacher: User, township: User, village: User) -> None:
    joint = log_visit(case, **visit(lines=["government"]), by=teacher, now=AFTERNOON)
    results = at_once(*[lambda by=by: confirm_visit(joint, by=User.objects.get(pk=by.pk), now=AFTERNOON) for by in (township, village)])

    assert kinds(results) == [CannotConfirm.__name__, HomeVisit.__name__]
    refusal = next(result for result in results if isinstance(result, CannotConfirm))
    assert str(HomeVisit.objects.get().confirmed_by) in str(refusal)


def test_two_corrections_of_one_record_are_one(case: Case, teacher: User) -> None:
    old = log_visit(case, **visit(), by=teacher, now=AFTERNOON)
    results = at_once(*[lambda: log_visit(case, **visit(corrects=old), by=User.objects.get(pk=teacher.pk), now=AFTERNOON) for _ in range(2)])
    assert kinds(results) == [CannotCorrect.__name__, HomeVisit.__name__]


def test_two_rounds_recorded_at_once_get_two_numbers(case: Case, township: User, township_head: User) -> None:
    said: dict[str, Any] = {"held_on": AFTERNOON.date(), "participants": "镇领导", "result": "refused", "note": "拒绝返校"}
    at_once(*[lambda by=by: hold_round(case, **said, by=User.objects.get(pk=by.pk), now=AFTERNOON) for by in (township, township_head)])
    assert list(PersuasionRound.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_one_number_for_two_documents_of_two_cases_at_once_is_given_once(case: Case, teacher: User, township: User, place: Place) -> None:
    other = open_case(
        make_student(place, name="李小红"), channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), by=teacher, now=NOON
    )
    second = make_user("township-2", "township_officer", place.township)
    results = at_once(
        *[
            lambda about=about, by=by: file_document(
                about, kind="minutes", number="7号", dated_on=NOON.date(), by=User.objects.get(pk=by.pk), now=AFTERNOON
            )
            for about, by in ((case, township), (other, second))
        ]
    )
    assert kinds(results) == [BadDocument.__name__, Document.__name__]
