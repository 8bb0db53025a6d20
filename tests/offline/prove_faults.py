"""The longer part of the seventeen bad lines: `make prove-offline` runs it ten times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.visitor import PASSWORD
from tests.offline.faults import Line
from tests.offline.handset import Handset
from tests.offline.test_faults import FINISH, PHOTO, VISIT, on_record

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_is_killed_while_it_sends(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("late", path=PHOTO, seconds=2)
    record = handset.visit(children[0].pk, photos=1)
    handset.until(lambda: bool(line.seen("PUT", VISIT)))
    handset.page.close()
    handset.page = handset.window()
    handset.open()
    handset.until_sent(record)
    on_record(record, photos=1)


def test_killed_after_the_server_stored_it_and_before_the_answer(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("late", path=FINISH, seconds=2)
    record = handset.visit(children[0].pk, photos=1)
    handset.until_stored(record)
    handset.page.close()
    handset.page = handset.window()
    handset.open()
    handset.until_sent(record)
    on_record(record, photos=1)
    assert len(line.seen("PUT", PHOTO)) == 1


def test_half_an_answer_is_no_receipt(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("cut", path=FINISH)
    record = handset.visit(children[0].pk)
    handset.until_sent(record)
    on_record(record)


def test_the_log_in_expires_between_the_photos(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("unauthorized", path=PHOTO, skip=1)
    record = handset.visit(children[0].pk, photos=2)
    handset.after(line)
    handset.until_sent(record)
    on_record(record, photos=2)


def test_the_token_against_forgery_has_changed(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    record = handset.visit(children[0].pk)
    handset.context.clear_cookies(name="kc_csrf")
    handset.offline(False)
    handset.until_sent(record)
    on_record(record)


def test_a_redirect_to_the_log_in_is_no_receipt(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("to_login", path=VISIT)
    record = handset.visit(children[0].pk)
    handset.go("#outbox")
    handset.until_says("state_portal")
    line.expect("to_login", path=FINISH)
    handset.wake()
    handset.after(line)
    handset.until_sent(record)
    on_record(record)


def test_the_page_of_a_portal_is_no_receipt(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("portal", path=VISIT)
    record = handset.visit(children[0].pk, photos=1)
    for where in (PHOTO, FINISH):
        handset.until(line.spent)
        line.expect("portal", path=where)
        handset.wake()
    handset.after(line)
    handset.until_sent(record)
    on_record(record, photos=1)


def test_two_windows_send_at_once(handset: Handset, children: list[Case], line: Line) -> None:
    handset.offline()
    records = [handset.visit(child.pk, photos=1) for child in children[:2]]
    other = Handset(handset.context, handset.server)
    other.page.goto(f"{other.server}/m/")
    other.unlock()
    handset.offline(False)
    handset.send_now()
    other.send_now()
    handset.until_sent(*records)
    on_record(*records, photos=1)
    assert len(line.seen("PUT", PHOTO)) == 2


def test_without_locks_a_lease_keeps_two_windows_apart(phone: Callable[..., Handset], children: list[Case], line: Line) -> None:
    handset = phone()
    handset.context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    handset.set_up("teacher")
    handset.offline()
    record = handset.visit(children[0].pk, photos=1)
    other = Handset(handset.context, handset.server)
    other.page.goto(f"{other.server}/m/")
    other.unlock()
    line.expect("late", path=VISIT, seconds=1)
    handset.offline(False)
    handset.until_sent(record)
    on_record(record, photos=1)
    assert len(line.seen("PUT", PHOTO)) == 1


def test_a_busy_server_is_asked_again(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("busy", path=VISIT, times=2)
    record = handset.visit(children[0].pk)
    handset.until_sent(record)
    on_record(record)


def test_a_trigger_that_comes_during_a_run_is_not_lost(handset: Handset, children: list[Case], line: Line) -> None:
    line.expect("late", path=VISIT, seconds=2)
    first = handset.visit(children[0].pk)
    handset.until(lambda: bool(line.seen("GET", "/session")))
    second = handset.visit(children[1].pk)
    handset.until_sent(first, second)
    on_record(first, second)


def test_the_control_a_client_that_trusts_the_status_throws_the_record_away(handset: Handset, children: list[Case], line: Line) -> None:
    """What the pages would do if `response.ok` were enough for them: a portal's page says yes."""
    line.expect("portal", path=VISIT)
    naive = "() => fetch('/m/api/visits/00000000-0000-4000-8000-000000000001', {method: 'PUT', body: '{}'}).then(answer => answer.ok)"
    assert handset.page.evaluate(naive)
    on_record()


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
    handset.after(line)
    handset.until_sent(record)
    on_record(record, photos=3)
    assert sorted(status for _method, _path, status in line.seen("PUT", PHOTO)) == [200, 200, 200, 500]


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


def test_the_second_part_of_the_pages_hangs_and_is_asked_for_again(phone: Callable[..., Handset], children: list[Case], line: Line) -> None:
    handset = phone()
    handset.page.clock.install()
    line.expect("hang", path=r"/later\.js$")
    handset.page.goto(f"{handset.server}/login/?next=/m/")
    handset.page.fill("[name=username]", "teacher")
    handset.page.fill("[name=password]", PASSWORD)
    handset.page.click("form:has([name=password]) [type=submit]")
    handset.until(line.spent)
    handset.page.wait_for_selector("#main")
    handset.page.clock.fast_forward(31_000)
    handset.at("login")
    handset.tap(".kc-pin .kc-btn--primary")
    handset.at("pin")
    handset.choose_pin()
    handset.see(".kc-card")
    record = handset.visit(children[0].pk)
    handset.until_sent(record)
    on_record(record)
