"""Two hundred visits, five minutes, a line on which anything may happen: what showed "kept on this phone" is on the server once, or still there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.offline.faults import Line
from tests.offline.handset import Handset

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

VISITS = int(os.environ.get("KC_SOAK_VISITS", "200"))
SECONDS = int(os.environ.get("KC_SOAK_SECONDS", "300"))


def check(handset: Handset, kept: set[UUID]) -> tuple[int, int]:
    """Nothing is lost, nothing is there twice; answers how many are on the server, and how many still on the phone."""
    from cases.mobile.models import VisitUpload
    from cases.visits.models import HomeVisit

    waiting = handset.waiting()  # first the phone, then the server: what moves in between is seen twice, never not at all
    stored = set(HomeVisit.objects.values_list("pk", flat=True))
    assert kept <= stored | waiting, f"lost: {kept - stored - waiting}"
    assert stored <= kept, f"from nowhere: {stored - kept}"
    assert VisitUpload.objects.count() == VisitUpload.objects.values("pk").distinct().count()
    return len(stored), len(waiting)


def test_two_hundred_visits_under_random_faults(phone: Callable[..., Handset], children: list[Case], line: Line) -> None:
    seed = int(os.environ.get("KC_SOAK_SEED", time.time_ns() % 100_000))
    random = Random(seed)
    handset = phone().set_up("teacher")
    line.chaos(Random(seed), share=0.3)
    kept: set[UUID] = set()
    began = time.monotonic()
    while len(kept) < VISITS or time.monotonic() - began < SECONDS:
        if len(kept) < VISITS:
            kept.add(handset.visit(random.choice(children).pk, photos=random.choice([0, 0, 0, 1, 2]), edge=300))
        else:
            handset.page.wait_for_timeout(1000)
        what = random.random()
        if what < 0.06:
            handset.offline()
        elif what < 0.16:
            handset.offline(False)
        elif what < 0.19:
            handset.page.close()
            handset.page = handset.window()
            handset.open()
        elif what < 0.22:
            handset.send_now()
        if len(kept) % 20 == 0:
            check(handset, kept)
    line.calm()
    handset.offline(False)
    handset.send_now()
    handset.until(lambda: not handset.waiting(), seconds=300)
    stored, waiting = check(handset, kept)
    faults = sum(status in {0, 302, 401, 500, 503} for _method, _path, status in line.log)
    print(f"\nseed {seed}: {len(kept)} kept, {stored} on the server, {waiting} on the phone, {faults} faults in {time.monotonic() - began:.0f} s")
    assert (stored, waiting) == (len(kept), 0)
