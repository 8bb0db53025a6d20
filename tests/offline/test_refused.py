"""What a browser refuses: the worker, as in WeChat on an iPhone, the database, half of the pages. The pages do what can be done, and say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from cases.mobile import shell
from tests.offline.handset import PIN, Handset
from tests.offline.test_faults import on_record

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50"
# What browsers without workers look like: those of apps on an iPhone lack the interface, others refuse when they are asked.
LACKS = "delete Navigator.prototype.serviceWorker"
REFUSES = "ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('not here', 'SecurityError'))"
NO_DATABASE = "IDBFactory.prototype.open = () => { throw new DOMException('not here', 'SecurityError') }"
SILENT_DATABASE = "IDBFactory.prototype.open = () => new EventTarget()"


@pytest.mark.parametrize(("agent", "refused", "advice"), [(WECHAT, LACKS, "wechat_apple"), (None, REFUSES, "use_chrome")])
def test_without_a_worker_the_pages_work_online_keep_drafts_and_say_what_to_do(
    phone: Callable[..., Handset], children: list[Case], agent: str | None, refused: str, advice: str
) -> None:
    handset = phone(user_agent=agent) if agent else phone()
    handset.context.add_init_script(refused)
    handset.log_in("teacher")
    handset.choose_pin(PIN)
    handset.see(".kc-card")
    handset.until_says(advice)
    handset.write(children[0].pk, more=(("account", "在门口谈了半小时"),))
    handset.until_drafted()
    handset.open(f"#visit={children[0].pk}")
    handset.page.wait_for_selector("#main form")
    assert handset.page.input_value("[name=account]") == "在门口谈了半小时"
    record = handset.submit()
    handset.until_sent(record)
    on_record(record)


@pytest.mark.parametrize("refused", [NO_DATABASE, SILENT_DATABASE])
def test_without_a_database_the_way_leads_to_the_other_pages(phone: Callable[..., Handset], children: list[Case], refused: str) -> None:
    handset = phone()
    handset.context.add_init_script(refused)
    handset.page.clock.install()
    handset.page.goto(f"{handset.server}/m/")
    handset.page.clock.fast_forward(9_000)  # a database that never answers is not waited for for ever
    handset.until_says("no_store")
    handset.page.click("#main a")
    handset.page.wait_for_url("**/login/?next=/tasks/")
    assert handset.errors == []


def test_a_database_that_the_browser_takes_away_is_spoken_of(handset: Handset, children: list[Case]) -> None:
    """Somebody clears the data of the browser while the pages are open."""
    tools = handset.context.new_cdp_session(handset.page)
    tools.send("Storage.clearDataForOrigin", {"origin": handset.server, "storageTypes": "indexeddb"})
    handset.until_says("store_gone")
    assert handset.run("document.querySelector('#main a').pathname") == "/tasks/"


def test_the_first_part_of_the_pages_is_enough_to_log_a_visit(handset: Handset, children: list[Case]) -> None:
    """Whatever is kept afterwards is not there, and neither is a network: the visit is written down, and sent when the rest has come."""
    drop = f"caches.open('kc-m-{shell.version()}').then(kept => Promise.all({json.dumps(shell.kept_later())}.map(one => kept.delete(one))))"
    handset.page.evaluate(drop)
    handset.context.new_cdp_session(handset.page).send("Network.clearBrowserCache")
    handset.offline()
    handset.open()
    record = handset.visit(children[0].pk, photos=1)
    assert handset.waiting() == {record}
    handset.page.evaluate("location.hash = '#settings'")
    handset.until_says("first_online")
    on_record()
    handset.offline(False)
    handset.until_sent(record)
    on_record(record, photos=1)
    assert handset.faults() == []
