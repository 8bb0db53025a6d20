"""The longer part of what can happen to a phone: `make prove-offline` runs it ten times."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Playwright

from tests.browser.fixtures import program
from tests.offline.conftest import PHONE
from tests.offline.faults import Line
from tests.offline.handset import NO_DIGITS, SHOOT, Handset
from tests.offline.renewal import NEW, UPDATE, WAITS, has_new, publish, version_of
from tests.offline.test_faults import on_record
from tests.offline.test_phone import walk_all_screens

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = pytest.mark.django_db(transaction=True)

# A newer version of the pages, whose database has one store more.
NEWER = """(() => {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name, version) {
    if (version === undefined) return open.call(this, name);
    const asked = open.call(this, name, version + 1);
    asked.addEventListener('upgradeneeded', () => asked.result.createObjectStore('later'));
    return asked;
  };
})();"""


# A window that is put aside; this browser without a screen never hides one by itself.
HIDE = """() => {
  Object.defineProperty(document, 'hidden', {get: () => true});
  document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));
}"""


@pytest.fixture
def start(driver: Playwright, server: str, line: Line, tmp_path: Path) -> Iterator[Callable[[], Handset]]:
    """Starts the browser with the profile that the last one left."""
    opened: list[Handset] = []

    def begin() -> Handset:
        more: dict[str, Any] = {"executable_path": program(), "chromium_sandbox": os.geteuid() != 0}
        opened.append(Handset(driver.chromium.launch_persistent_context(tmp_path, **more, **PHONE), server))
        return opened[-1]

    yield begin
    line.calm()
    for handset in opened:
        if handset.context.pages:
            handset.context.close()


def test_a_full_phone_still_sends_and_keeps_what_is_being_written(start: Callable[[], Handset], children: list[Case]) -> None:
    handset = start().set_up("teacher")
    handset.offline()
    record = handset.visit(children[0].pk, photos=1)
    quota = handset.context.new_cdp_session(handset.page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": handset.server, "quotaSize": 1})
    # the browser asks how much room there is when the database is opened, not at each write
    handset.page.goto("about:blank")
    handset.page.wait_for_timeout(4000)
    handset.open()
    handset.write(children[1].pk)
    handset.page.evaluate(SHOOT, [1, 600])
    handset.until_says("full_photo")
    handset.page.evaluate("document.querySelector('#main form [type=submit]').click()")
    handset.until_says("full_text")
    handset.tap(".kc-over .kc-btn--primary")
    assert handset.page.is_checked("[name=outcome][value=hesitant]")
    assert handset.waiting() == {record}
    handset.offline(False)
    handset.until(lambda: not handset.waiting())
    on_record(record, photos=1)


def test_the_browser_is_started_again(start: Callable[[], Handset], children: list[Case]) -> None:
    handset = start().set_up("teacher")
    handset.offline()
    record = handset.visit(children[0].pk, photos=2)
    handset.write(children[1].pk, photos=1, more=(("account", "奶奶在家，孩子去了镇上。"),))
    handset.until_drafted()
    handset.context.close()
    handset = start()
    handset.offline()
    handset.open(f"#visit={children[1].pk}")
    handset.see(".kc-photo")
    assert handset.page.input_value("[name=account]") == "奶奶在家，孩子去了镇上。"
    assert handset.waiting() == {record}
    handset.offline(False)
    handset.until_sent(record)
    on_record(record, photos=2)


def test_a_new_schema_keeps_the_queue_and_what_is_being_written(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    records = [handset.visit(child.pk, photos=1) for child in children]
    handset.write(children[0].pk, more=(("account", "还没写完"),))
    newer = Handset(handset.context, handset.server)
    newer.page.add_init_script(NEWER)
    newer.page.goto(f"{newer.server}/m/")
    newer.unlock()
    handset.until_says("stale")
    assert newer.page.evaluate("indexedDB.databases().then(all => all[0].version)") == 2
    assert [row["id"] for row in newer.rows("drafts")] != []
    handset.offline(False)
    newer.until_sent(*records)
    on_record(*records, photos=1)
    handset.until_says("stale")
    assert handset.errors == []


# A window that holds the database and makes no room, as one that sleeps does.
HOLD = "new Promise(done => { const asked = indexedDB.open('kc-phone'); asked.onsuccess = () => { window.held = asked.result; done(true); }; })"


def test_a_window_that_makes_no_room_is_named_and_waited_for(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    record = handset.visit(children[0].pk, photos=1)
    handset.page.evaluate(HOLD)
    newer = Handset(handset.context, handset.server)
    newer.page.add_init_script(NEWER)
    newer.page.goto(f"{newer.server}/m/")
    newer.until_says("blocked")
    handset.page.close()
    newer.unlock()
    handset.offline(False)
    newer.until_sent(record)
    on_record(record, photos=1)


def test_a_clock_that_is_two_hours_fast(phone: Callable[..., Handset], children: list[Case]) -> None:
    from cases.visits.models import HomeVisit

    handset = phone()
    handset.page.clock.install(time=timezone.now() + timedelta(hours=2))
    handset.set_up("teacher")
    handset.write(children[0].pk)
    handset.true("!document.querySelector('[data-clock]').hidden")
    record = handset.submit()
    handset.until_sent(record)
    visit = HomeVisit.objects.get(pk=record)
    assert abs(visit.occurred_at - timezone.now()) < timedelta(minutes=3)


def test_logging_out_with_unsent_records_is_refused_first(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    record = handset.visit(children[0].pk)
    handset.go("#settings")
    handset.run("Array.from(document.querySelectorAll('.kc-btn--danger')).pop().click()")
    handset.see(".kc-over")
    handset.page.keyboard.press("Escape")
    assert handset.page.evaluate("document.getElementById('main').dataset.screen") == "settings"
    assert handset.waiting() == {record}
    handset.run("Array.from(document.querySelectorAll('.kc-btn--danger')).pop().click()")
    handset.offline(False)
    handset.tap(".kc-over .kc-btn--primary")
    handset.until_sent(record)


def test_what_the_server_refuses_stays_and_is_written_anew(handset: Handset, children: list[Case], line: Line) -> None:
    """A record that the phone thought right: it is not changed; another one takes its place."""
    handset.offline()
    handset.write(children[0].pk, photos=1)
    handset.page.evaluate("document.querySelector('[name=whereabouts][value=at_home]').value = 'nowhere'")
    refused = handset.submit()
    handset.offline(False)
    handset.go("#outbox")
    handset.page.wait_for_selector("[data-state=refused]")
    on_record()
    handset.page.evaluate("location.hash = document.querySelector('[data-state=refused] a').hash")
    handset.see(".kc-photo")
    handset.page.evaluate("document.querySelector('[name=whereabouts][value=at_home]').click()")
    record = handset.submit()
    handset.until_sent(record)
    assert refused not in handset.waiting()
    on_record(record, photos=1)


def test_a_suspicion_reported_without_a_network(phone: Callable[..., Handset], children: list[Case], place: Place) -> None:
    from cases.register.models import Case as Row
    from tests.factories import make_student

    student = make_student(place, name="赵小四")
    handset = phone().set_up("teacher")
    handset.offline()
    handset.go("#report")
    handset.page.fill("[data-search]", "赵")
    handset.tap(f".kc-tile:has([name=student][value='{student.pk}'])")
    handset.page.fill("[name=last_attended_on]", (timezone.now() - timedelta(days=9)).date().isoformat())
    handset.page.evaluate("document.querySelector('#main form [type=submit]').click()")
    handset.at("saved")
    assert not Row.objects.filter(student=student).exists()
    handset.offline(False)
    handset.until(lambda: not handset.waiting())
    assert Row.objects.filter(student=student).count() == 1


def test_fifty_visits_with_photos(handset: Handset, children: list[Case]) -> None:
    """A week without a network."""
    handset.offline()
    records = [handset.visit(children[n % 3].pk, photos=2, edge=500) for n in range(50)]
    assert handset.waiting() == set(records)
    handset.open()
    handset.offline(False)
    handset.until_sent(*records, seconds=240)
    on_record(*records, photos=2)


def test_a_correction_is_asked_for_and_made_on_the_phone(handset: Handset, children: list[Case], people: dict[str, User]) -> None:
    from cases.visits.models import HomeVisit
    from cases.visits.overseeing import ask_correction

    record = handset.visit(children[0].pk, more=(("account", "第一次写的情况。"),))
    handset.until_sent(record)
    ask_correction(HomeVisit.objects.get(pk=record), reason="请写明见到了谁。", by=people["principal"], now=timezone.now())
    handset.go("#records")
    handset.see(".kc-item--late .kc-btn--primary")
    assert "请写明见到了谁。" in handset.page.inner_text("#main")
    handset.run("location.hash = document.querySelector('.kc-item--late .kc-btn--primary').hash")
    handset.page.wait_for_selector("#main form")
    assert handset.page.input_value("[name=account]") == "第一次写的情况。"
    handset.page.evaluate("document.querySelector('[name=met][value=mother]').click()")
    correction = handset.submit()
    handset.until_sent(correction)
    assert HomeVisit.objects.get(pk=correction).corrects_id == record
    assert "mother" in HomeVisit.objects.get(pk=correction).met


def test_a_new_version_comes_in_while_the_pages_are_hidden(handset: Handset, children: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to wait a minute: a teacher who looks at something else misses nothing."""
    handset.offline()
    record = handset.visit(children[0].pk)
    publish(monkeypatch)
    handset.offline(False)
    handset.until_sent(record)
    handset.page.evaluate(UPDATE)
    handset.true(WAITS)
    assert version_of(handset) != NEW
    handset.page.evaluate(HIDE)
    handset.until(lambda: has_new(handset))
    handset.unlock()


def test_a_new_version_is_there_when_the_pages_are_opened_again(handset: Handset, children: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    handset.write(children[0].pk, more=(("account", "正在写"),))
    handset.until_drafted()
    publish(monkeypatch)
    handset.page.evaluate(UPDATE)
    handset.true(WAITS)
    handset.page.close()
    handset.page = handset.window()
    handset.until(lambda: bool(handset.open(f"#visit={children[0].pk}")) and has_new(handset))
    handset.page.wait_for_selector("#main form")
    assert handset.page.input_value("[name=account]") == "正在写"


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 320)])
def test_every_screen_in_both_languages(
    phone: Callable[..., Handset], children: list[Case], people: dict[str, User], language: str, width: int
) -> None:
    assert walk_all_screens(phone, children, people["teacher"], language, width) == []


def test_five_wrong_pins_hide_everything_and_lose_nothing(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    record = handset.visit(children[0].pk, photos=1)
    handset.page.reload()
    handset.at("pin")
    for n in range(5):
        handset.type_pin("999999")
        if n < 4:
            handset.true(NO_DIGITS)
    handset.at("shut")
    handset.page.reload()
    handset.at("shut")
    assert "张" not in handset.page.inner_text("body")
    assert handset.waiting() == {record}
    handset.offline(False)
    handset.page.reload()
    # a session that is still good proves no password
    handset.true("['shut', 'pin'].includes(document.getElementById('main').dataset.screen)")
    if handset.page.evaluate("document.getElementById('main').dataset.screen") == "shut":
        handset.tap(".kc-pin .kc-btn--primary")
        handset.page.wait_for_url("**/login/**")
        handset.log_in("teacher")
    handset.true(NO_DIGITS)
    handset.choose_pin("731905")
    handset.until_sent(record)
    on_record(record, photos=1)
    handset.page.reload()
    handset.unlock("731905")


def test_records_leave_as_a_sealed_file_and_come_in_once(handset: Handset, children: list[Case], people: dict[str, User], tmp_path: Path) -> None:
    handset.offline()
    record = handset.visit(children[0].pk, photos=1)
    handset.go("#export")
    handset.page.fill("#f-words", "青山绿水2026")
    with handset.page.expect_download() as download:
        handset.run("document.querySelector('.kc-bar button').click()")
    file = tmp_path / "visits.kcx"
    download.value.save_as(file)
    assert "张" not in file.read_text()
    assert handset.waiting() == {record}

    county = Client()
    county.force_login(people["county"])
    with file.open("rb") as content:
        shown = county.post("/phone-files/new/", {"file": content, "passphrase": "青山绿水2026"})
    assert shown.status_code == 200
    found = re.search(r'action="(/phone-files/[^"]+/take/)".*?name="key" value="([^"]+)"', shown.content.decode(), re.DOTALL)
    assert found, shown.content.decode()[:3000]
    county.post(found[1], {"key": found[2]})
    on_record(record, photos=1)
    # the phone comes back, too: still once
    handset.offline(False)
    handset.until_sent(record)
    on_record(record, photos=1)
