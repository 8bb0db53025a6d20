"""The phone itself: full, started again, wrong about the time, in wrong hands; and a thumb that is in a hurry."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from cases.mobile.models import Phone
from tests.browser import axe
from tests.offline.handset import PIN, Handset

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = ("#tasks", "#case={}", "#visit={}", "#report", "#outbox", "#records", "#settings", "#diag", "#export")
# What a finger should hit and is smaller than 48 px; a tile or a line with a box in it counts as a whole, links within a text do not.
SMALL = """() => {
  const face = one => one.closest('.kc-tile, .kc-check, .kc-shoot') || one;
  return Array.from(document.querySelectorAll('a[href], button, input, textarea, summary'))
    .map(face).filter(one => one.offsetParent !== null && !one.closest('.kc-skip') && !one.matches('.kc-skip'))
    .filter(one => { const box = one.getBoundingClientRect(); return box.width < 47.5 || box.height < 47.5; })
    .map(one => one.outerHTML.slice(0, 90));
}"""


def test_from_the_first_opening_to_a_saved_visit(phone: Callable[..., Handset], children: list[Case]) -> None:
    """As somebody who has never seen it: a PIN, the child, the form. Twenty-five taps, two minutes."""
    handset = phone()
    handset.log_in("teacher")
    began = time.monotonic()
    handset.taps = 0
    handset.choose_pin(PIN)
    handset.tap(".kc-card__do >> nth=0")
    handset.page.wait_for_selector("#main form")
    for name, value in (("met", "child"), ("met", "grandparent"), ("whereabouts", "at_home"), ("outcome", "hesitant")):
        handset.tap(f".kc-tile:has([name={name}][value={value}])")
    handset.tap("[name=account]")
    handset.page.keyboard.insert_text("孩子在家，奶奶希望他读书，愿意再谈。")
    handset.tap("#main [type=submit]")
    handset.at("saved")
    took = time.monotonic() - began
    assert handset.taps <= 25, f"{handset.taps} taps"
    assert took < 120
    handset.until_sent(UUID(handset.page.evaluate("location.hash.split('=')[1]")))
    assert handset.faults() == []
    told = Phone.objects.filter(user__username="teacher", waiting=0).exclude(version="")
    while not told.exists():  # the phone says so with the list that it asks for when it has sent something
        assert time.monotonic() - began < 120
        handset.page.wait_for_timeout(100)
    print(f"\n{handset.taps} taps, {took:.1f} s by a machine's thumb")


def walk_all_screens(phone: Callable[..., Handset], children: list[Case], teacher: User, language: str, width: int) -> list[str]:
    """What is wrong with any screen: for a screen reader, for a thumb, for the width, for the language."""
    teacher.language = language
    teacher.save(update_fields=["language"])
    handset = phone(viewport={"width": width, "height": 700}, locale="en-GB" if language == "en" else "zh-CN")
    handset.log_in("teacher")
    problems = [f"pin: {one}" for one in axe.violations(handset.page) + handset.run(SMALL)]
    handset.choose_pin(PIN)
    handset.see(".kc-card")
    handset.offline()
    record = handset.visit(children[1].pk)
    for screen in (f"#saved={record}", *SCREENS):
        handset.go(screen.format(children[0].pk))
        problems += [f"{screen}: {one}" for one in axe.violations(handset.page) + handset.run(SMALL) + handset.faults()]
        words = handset.page.evaluate("document.body.innerText")
        if language == "en":
            problems += [f"{screen}: {one}" for one in re.findall(r"[一-鿿]+[，。！？][一-鿿]*", words)]
    return problems


def test_every_screen_is_open_to_everybody(phone: Callable[..., Handset], children: list[Case], people: dict[str, User]) -> None:
    assert walk_all_screens(phone, children, people["teacher"], "zh-hans", 320) == []


def test_nothing_of_a_child_lies_open_on_the_phone(handset: Handset, children: list[Case]) -> None:
    handset.offline()
    handset.visit(children[0].pk, photos=1, more=(("account", "孩子说想打工"),))
    handset.write(children[1].pk, more=(("account", "草稿里的话"),))
    handset.until_drafted()
    dump = """() => new Promise(done => {
      const asked = indexedDB.open('kc-phone');
      asked.onsuccess = async () => {
        const text = [];
        const bytes = value => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value instanceof Uint8Array ? '' :
          value && typeof value === 'object' ? Object.values(value).map(bytes).join(' ') : String(value);
        for (const name of asked.result.objectStoreNames) {
          const all = asked.result.transaction(name).objectStore(name).getAll();
          await new Promise(next => { all.onsuccess = next; });
          text.push(bytes(all.result));
        }
        const kept = await caches.keys();
        for (const name of kept) for (const asked of await (await caches.open(name)).keys()) text.push(asked.url);
        asked.result.close();
        done(text.join(' '));
      };
    })"""
    lying = handset.page.evaluate(dump)
    assert not [word for word in ("张", "李小", "打工", "草稿里", "13800001234", "agreed", "JFIF") if word in lying]
    assert "/m/api/" not in lying
