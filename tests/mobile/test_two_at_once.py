"""Two tabs, a worker and an impatient thumb send the same record at the same moment: one visit, one journal entry, one picture."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.directory.models import User
from cases.files.models import StoredFile
from cases.journal.models import Entry
from cases.mobile.models import VisitUpload
from cases.register.models import Case
from cases.visits.models import HomeVisit
from tests.at_once import at_once
from tests.mobile.phone import Phone, record_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("evening")]


def test_four_at_once_are_one_visit(case: Case, teacher: User, evening: datetime) -> None:
    record = record_of(case, photos=1)
    [key] = record.photos
    phones = [Phone(teacher) for _ in range(4)]

    puts = at_once(*[lambda phone=phone: phone.put(record) for phone in phones])
    photos = at_once(*[lambda phone=phone: phone.send_photo(record, key) for phone in phones])
    ends = at_once(*[lambda phone=phone: phone.finish(record) for phone in phones])

    assert [answer.status_code for answer in puts + photos + ends] == [200] * 12
    assert all(answer.json() == ends[0].json() for answer in ends), "each is told the same"
    assert (VisitUpload.objects.count(), StoredFile.objects.count(), HomeVisit.objects.count()) == (1, 1, 1)
    assert Entry.objects.filter(verb="visit.logged").count() == 1
    assert HomeVisit.objects.get().photos.count() == 1


def test_two_different_records_under_one_id_at_once_are_one(case: Case, teacher: User) -> None:
    first = record_of(case)
    second = record_of(case, account="另一段话")
    second.id = first.id
    answers = at_once(*[lambda record=record: Phone(teacher).put(record) for record in (first, second)])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
