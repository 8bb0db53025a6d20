"""A teacher's phone: a real browser on the phone pages, with a thumb that is counted."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import override
from playwright.sync_api import BrowserContext, Error, Page

from cases.mobile import shell
from cases.mobile.parts import with_classes
from cases.mobile.words import words
from tests.browser.visitor import LISTEN, PASSWORD, STICKING_OUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.offline.faults import Line

PIN = "280619"
NO_DIGITS = "document.querySelector('.kc-dots .kc-on') === null && !document.querySelector('.kc-keys button:disabled')"
READY = "document.getElementById('main') && document.getElementById('main').dataset.screen"
# What the phone's database holds, beside the pages' own code.
ROWS = """([name]) => new Promise((done, fail) => {
  const asked = indexedDB.open('kc-phone');
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const all = asked.result.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => {
      asked.result.close();
      done(all.result.map(({id, owner, kind, state, at, photos, number}) => ({id, owner, kind, state, at, photos, number})));
    };
  };
})"""
# Gives an answer as a finger would, wherever it lies on the page.
ANSWER = """answers => {
  const form = document.querySelector('#main form');
  for (const [name, value] of answers) {
    const fields = Array.from(form.elements).filter(one => one.name === name);
    const one = fields.find(field => field.value === value && /radio|checkbox/.test(field.type)) || fields[0];
    if (/radio|checkbox/.test(one.type)) { if (!one.checked) one.click(); }
    else { one.value = value; one.dispatchEvent(new Event('input', {bubbles: true})); }
  }
}"""
SEEN = (("met", "child"), ("met", "grandparent"), ("whereabouts", "at_home"), ("reason", "tired_of_school"), ("outcome", "hesitant"))
# A picture as a file input would give it: drawn here, so that none has to be carried over the debugger.
SHOOT = """async ([count, edge]) => {
  const transfer = new DataTransfer();
  for (let n = 0; n < count; n++) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = edge;
    const pen = canvas.getContext('2d');
    for (let i = 0; i < 60; i++) {
      pen.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
      pen.fillRect(Math.random() * edge, Math.random() * edge, edge / 4, edge / 4);
    }
    const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.9));
    transfer.items.add(new File([blob], `IMG_${n}.jpg`, {type: 'image/jpeg'}));
  }
  const input = document.querySelector('#main [type=file][multiple]');
  input.files = transfer.files;
  input.dispatchEvent(new Event('change', {bubbles: true}));
}"""


class Handset:
    """One window of the phone pages. `server` is the address without a path."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context, self.server, self.taps = context, server, 0
        context.set_default_timeout(20_000)
        context.add_init_script(LISTEN)
        self.errors: list[str] = []
        self.page: Page = self.window()

    def window(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    # ---- coming in

    def log_in(self, username: str) -> None:
        self.page.goto(f"{self.server}/login/?next=/m/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form:has([name=password]) [type=submit]")
        self.at("pin")

    def set_up(self, username: str, pin: str = PIN) -> Handset:
        """Logs in, chooses a PIN, has the work list."""
        self.log_in(username)
        self.choose_pin(pin)
        self.see(".kc-card, .kc-rows a")
        self.worker_ready()
        return self

    def worker_ready(self) -> None:
        """Everything is kept: the shell, and what is kept after it."""
        self.true("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")
        self.true(f"Promise.all({json.dumps(shell.kept_later())}.map(one => caches.match(one))).then(all => all.every(Boolean))")

    def open(self, fragment: str = "", pin: str = PIN) -> Handset:
        """Opens the pages as somebody does who comes back: from the beginning, with the PIN."""
        self.page.goto(f"{self.server}/m/{fragment}")
        self.page.reload()
        self.unlock(pin)
        return self

    def reopen(self) -> None:
        """The window is killed, and another one opened."""
        self.page.close()
        self.page = self.window()
        self.open()

    def wake(self) -> None:
        """Tells the pages that the network is back, which they would try by themselves some seconds later."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def unlock(self, pin: str = PIN) -> None:
        self.at("pin")
        self.type_pin(pin)
        self.true(f"!['pin', ''].includes({READY} || '')")

    def type_pin(self, pin: str) -> None:
        for digit in pin:
            self.tap(f".kc-keys button:text-is('{digit}')")

    def choose_pin(self, pin: str = PIN) -> None:
        """A first PIN, or another one: typed twice."""
        self.type_pin(pin)
        self.true(NO_DIGITS)
        self.type_pin(pin)

    # ---- what one does; classes may be named as in the sources, the pages have them in short

    def tap(self, what: str) -> None:
        self.taps += 1
        self.page.tap(with_classes(what))

    def see(self, what: str) -> None:
        """Waits until it is there."""
        self.page.wait_for_selector(with_classes(what))

    def run(self, script: str) -> Any:
        return self.page.evaluate(with_classes(script))

    def go(self, fragment: str) -> None:
        """A screen of the open pages, as a link within them would."""
        self.page.evaluate(
            "fragment => { if (location.hash === fragment) dispatchEvent(new Event('hashchange')); location.hash = fragment }", fragment
        )
        self.at(fragment[1:].split("=", maxsplit=1)[0].split("&", maxsplit=1)[0])

    def at(self, screen: str) -> None:
        self.true(f"{READY} === '{screen}'")

    def write(self, case: int, *, photos: int = 0, more: tuple[tuple[str, str], ...] = (), edge: int = 900) -> None:
        """Fills the form of a visit; does not submit it."""
        self.go(f"#visit={case}")
        self.page.wait_for_selector("#main form")
        self.page.evaluate(ANSWER, [list(pair) for pair in (*SEEN, *more)])
        if photos:
            self.page.evaluate(SHOOT, [photos, edge])
            self.true(f"document.querySelectorAll('.kc-photo').length === {photos}")

    def until_drafted(self) -> None:
        """Waits until the page says that what is written is kept as a draft."""
        self.true(f"document.querySelector('[data-saved]').textContent.includes({json.dumps(self.says('draft_kept').strip())})")

    def submit(self) -> UUID:
        """Taps the button and waits until the page says that the record is kept."""
        self.page.evaluate("document.querySelector('#main form [type=submit]').click()")
        self.at("saved")
        return UUID(self.page.evaluate("location.hash.split('=')[1]"))

    def visit(self, case: int, *, photos: int = 0, edge: int = 900, more: tuple[tuple[str, str], ...] = ()) -> UUID:
        self.write(case, photos=photos, edge=edge, more=more)
        return self.submit()

    def send_now(self) -> None:
        self.go("#outbox")
        self.run("document.querySelector('.kc-bar button').click()")

    # ---- what one sees

    def offline(self, off: bool = True) -> None:
        self.context.set_offline(off)

    def rows(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate(ROWS, [name])
        return found

    def waiting(self) -> set[UUID]:
        return {UUID(row["id"]) for row in self.rows("outbox")}

    def receipts(self) -> set[UUID]:
        return {UUID(row["id"]) for row in self.rows("sent")}

    def true(self, expression: str, seconds: float = 20) -> None:
        """Waits until an expression of the page is true; through the debugger, because the page's policy allows no evaluation."""
        end = time.monotonic() + seconds
        expression = with_classes(expression)
        while True:
            try:
                if self.page.evaluate(expression):
                    return
            except Error as error:
                if "navigation" not in str(error):  # the page is just being left
                    raise
            assert time.monotonic() < end, f"not within {seconds} s: {expression}; the page says {self.page.inner_text('body')[:400]!r}"
            self.page.wait_for_timeout(40)

    def until(self, true: Callable[[], bool], seconds: float = 25) -> None:
        """Waits, while the page goes on."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"not within {seconds} s: outbox {self.rows('outbox')}, notes {self.page.inner_text('#notes')!r}"
            self.page.wait_for_timeout(100)

    def until_sent(self, *records: UUID, seconds: float = 25) -> None:
        self.until(lambda: set(records) <= self.receipts() and not set(records) & self.waiting(), seconds)

    def says(self, key: str) -> str:
        """The pages' own words for a key, as far as the first value."""
        with override("en" if self.page.evaluate("document.documentElement.lang") == "en" else "zh-hans"):
            return words()[key].split("{", maxsplit=1)[0]

    def until_stored(self, record: UUID) -> None:
        """Waits until the visit is on the server, whatever the phone has heard of it."""
        from cases.visits.models import HomeVisit

        self.until(HomeVisit.objects.filter(pk=record).exists)

    def after(self, line: Line) -> None:
        """Waits until what was expected of the line has gone wrong, and tries again at once instead of some seconds later."""
        self.until(line.spent)
        self.wake()

    def until_says(self, key: str) -> None:
        self.true(f"document.body.innerText.includes({json.dumps(self.says(key))})")

    def faults(self) -> list[str]:
        refused = [f"policy: {one}" for one in self.page.evaluate("window.refusedByPolicy")]
        return self.errors + refused + [f"too wide: {one}" for one in self.page.evaluate(STICKING_OUT)]
