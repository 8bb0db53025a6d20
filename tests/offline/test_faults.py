"""Seventeen ways in which others lost or doubled a record. Here every record that showed "kept on this phone" is on the server exactly once.

Several to a phone, because setting one up takes as long as a visit; `prove_faults.py` has each on a phone of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.offline.faults import Line
from tests.offline.handset import Handset

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

VISIT, PHOTO, FINISH = r"/visits/[^/]+$", r"/photos/", r"/finish$"


def on_record(*records: UUID, photos: int = 0, others: tuple[UUID, ...] = ()) -> None:
    """Each of them once on the server, with its photos, the others without any, and nothing else."""
    from cases.visits.models import HomeVisit

    found = {visit.pk: visit.photos.count() for visit in HomeVisit.objects.all()}
    assert found == dict.fromkeys(records, photos) | dict.fromkeys(others, 0)


# What goes wrong on the line, and where: with each a visit of its own.
BAD = (
    ("drop", VISIT, 0), ("drop", PHOTO, 0), ("drop", FINISH, 0), ("cut", FINISH, 0), ("error", PHOTO, 1),
    ("unauthorized", PHOTO, 1), ("to_login", VISIT, 0), ("portal", VISIT, 0), ("portal", FINISH, 0), ("busy", VISIT, 0),
)  # fmt: skip


def test_one_bad_line_after_the_other(handset: Handset, children: list[Case], line: Line) -> None:
    """Answers that get lost, halves of answers, errors, log-ins between photos, redirects, portals, a busy server; a changed token."""
    records = []
    for n, (kind, where, skip) in enumerate(BAD):
        line.expect(kind, path=where, skip=skip)
        records.append(handset.visit(children[n % 3].pk, photos=2, edge=300))
        handset.after(line)
        handset.until_sent(records[-1])
    handset.context.clear_cookies(name="kc_csrf")
    records.append(handset.visit(children[0].pk, photos=2, edge=300))
    handset.until_sent(records[-1])
    on_record(*records, photos=2)
    # no photo went twice but where its answer was lost or another came in its place
    assert len([row for row in line.seen("PUT", PHOTO) if row[2] == 200]) == 2 * len(records)
    # the control: what the pages would do if `response.ok` were enough for them
    line.expect("portal", path=VISIT)
    naive = "() => fetch('/m/api/visits/00000000-0000-4000-8000-000000000001', {method: 'PUT', body: '{}'}).then(answer => answer.ok)"
    assert handset.page.evaluate(naive)
    on_record(*records, photos=2)


def test_killed_at_the_worst_moments_and_open_twice(handset: Handset, children: list[Case], line: Line) -> None:
    """Written without a network and read again; killed while it sends, and after the server stored it; two windows; a trigger during a run."""
    handset.offline()
    written = handset.visit(children[0].pk, photos=1)
    handset.open("#outbox")
    handset.until_says("state_offline")
    on_record()
    line.expect("late", path=PHOTO, seconds=1)
    handset.offline(False)
    handset.until(lambda: bool(line.seen("PUT", VISIT)))
    handset.reopen()
    handset.until_sent(written)

    line.expect("late", path=FINISH, seconds=1)
    stored = handset.visit(children[1].pk, photos=1)
    handset.until_stored(stored)
    handset.reopen()
    handset.until_sent(stored)

    other = Handset(handset.context, handset.server)
    other.page.goto(f"{other.server}/m/")
    other.unlock()
    before = len(line.seen("PUT", PHOTO))
    handset.offline()
    twice = handset.visit(children[2].pk, photos=1)
    handset.offline(False)
    handset.send_now()
    other.send_now()
    handset.until_sent(twice)
    assert len(line.seen("PUT", PHOTO)) == before + 1
    other.page.close()

    line.expect("late", path=VISIT, seconds=1)
    first = handset.visit(children[0].pk)
    second = handset.visit(children[1].pk)
    handset.until_sent(first, second)
    on_record(written, stored, twice, photos=1, others=(first, second))


def test_a_record_goes_although_nobody_says_that_the_network_is_back(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    written = handset.visit(children[0].pk)
    handset.page.close()
    handset.page = handset.window()
    handset.page.add_init_script("addEventListener('online', event => event.stopImmediatePropagation())")
    handset.open()
    handset.offline(False)
    handset.until_sent(written)


def test_a_hung_line_is_given_up_and_tried_again(phone: Callable[..., Handset], children: list[Case], line: Line) -> None:
    handset = phone()
    handset.page.clock.install()
    handset.set_up("teacher")
    line.expect("hang", path=VISIT)
    record = handset.visit(children[0].pk)
    handset.until(line.spent)
    assert handset.waiting() == {record}
    handset.page.clock.fast_forward(31_000)
    handset.until_says("state_offline")
    handset.page.clock.fast_forward(10_000)
    handset.until_sent(record)
    on_record(record)


def test_the_log_in_has_expired_and_another_teacher_logs_in(handset: Handset, children: list[Case], line: Line) -> None:
    handset.context.clear_cookies()
    record = handset.visit(children[0].pk)
    handset.go("#outbox")
    handset.until_says("state_login")
    assert handset.waiting() == {record}
    handset.log_in("other-teacher")
    handset.until_says("others_wait")
    handset.choose_pin("190826")
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
