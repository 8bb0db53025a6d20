"""Seventeen ways in which others lost or doubled a record. Here every record that showed "kept on this phone" is on the server exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.offline.faults import Line
from tests.offline.handset import Handset

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

VISIT, PHOTO, FINISH = r"/visits/[^/]+$", r"/photos/", r"/finish$"


def on_record(*records: UUID, photos: int = 0) -> None:
    """Each of them once on the server, with its photos, and nothing else."""
    from cases.visits.models import HomeVisit

    found = HomeVisit.objects.all()
    assert {visit.pk for visit in found} == set(records)
    assert [visit.photos.count() for visit in found] == [photos] * len(records)


def test_written_without_a_network_read_again_and_sent_when_it_is_back(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    record = handset.visit(children[0].pk, photos=1)
    assert handset.waiting() == {record}
    handset.open("#outbox")
    handset.until_says("state_offline")
    on_record()
    handset.offline(False)
    handset.until_sent(record)
    on_record(record, photos=1)


@pytest.mark.parametrize("where", [VISIT, PHOTO, FINISH])
def test_the_answer_is_lost_after_the_server_stored_it(handset: Handset, children: list[Case], line: Line, where: str) -> None:
    line.expect("drop", path=where)
    record = handset.visit(children[0].pk, photos=1)
    handset.until_sent(record)
    on_record(record, photos=1)


def test_the_log_in_has_expired(handset: Handset, children: list[Case]) -> None:
    handset.context.clear_cookies()
    record = handset.visit(children[0].pk)
    handset.go("#outbox")
    handset.until_says("state_login")
    assert handset.waiting() == {record}
    handset.log_in("teacher")
    handset.unlock()
    handset.until_sent(record)
    on_record(record)


def test_an_error_at_the_second_photo_sends_the_first_one_once(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("error", path=PHOTO, skip=1)
    record = handset.visit(children[0].pk, photos=3)
    handset.until_sent(record)
    on_record(record, photos=3)
    assert sorted(status for _method, _path, status in line.seen("PUT", PHOTO)) == [200, 200, 200, 500]


def test_another_teacher_logs_in(handset: Handset, children: list[Case], line: Line) -> None:
    handset.offline()
    record = handset.visit(children[0].pk)
    handset.context.clear_cookies()
    handset.offline(False)
    handset.log_in("other-teacher")
    handset.until_says("others_wait")
    handset.type_pin("190826")
    handset.true("document.querySelector('.kc-dots .kc-on') === null")
    handset.type_pin("190826")
    handset.at("tasks")
    handset.go("#outbox")
    handset.until_says("all_sent")
    assert handset.waiting() == {record}
    assert not line.seen("PUT", VISIT)
    handset.context.clear_cookies()
    handset.log_in("teacher")
    handset.unlock()
    handset.until_sent(record)
    on_record(record)
