"""A new version of the pages comes into windows that are open: when nobody writes and nothing is sent, and not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.offline.handset import Handset
from tests.offline.renewal import NEW, UPDATE, WAITS, has_new, leave_alone, publish, version_of
from tests.offline.test_faults import on_record

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_version_comes_into_every_open_window_but_never_while_somebody_writes(
    phone: Callable[..., Handset], children: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    handset = phone()
    handset.page.clock.install()
    handset.set_up("teacher")
    locked = Handset(handset.context, handset.server)
    locked.page.goto(f"{handset.server}/m/")
    locked.at("pin")
    handset.write(children[0].pk, more=(("account", "正在写"),))
    publish(monkeypatch)
    locked.page.evaluate(UPDATE)
    locked.true(WAITS)
    leave_alone(handset, 70)  # the other window, too: they share the clock
    handset.page.wait_for_timeout(300)
    assert handset.page.evaluate(WAITS)
    assert NEW not in {version_of(handset), version_of(locked)}
    assert handset.page.input_value("[name=account]") == "正在写"

    record = handset.submit()
    handset.until_sent(record)
    assert version_of(handset) != NEW  # what was just done is still to be read
    leave_alone(handset, 70)
    locked.until(lambda: has_new(locked))
    handset.until(lambda: has_new(handset))
    locked.page.close()
    handset.unlock()
    handset.until_sent(record)
    on_record(record)
    assert handset.errors + locked.errors == []
