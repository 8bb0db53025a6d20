"""Sweepers and a relay that kill themselves, at every statement that they send."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import time as daytime
from pathlib import Path
from typing import Any

from cases.directory.models import User
from notifications.models import Delivery, DeliveryState, Preference
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.nurse import nursery
from tests.faults.processes import environment
from tests.faults.size import SWEEPERS, Size, promised, soon, waiting
from tests.faults.table import Table
from tests.faults.verdict import verdict
from tests.notifications.mailserver import open_mail_server

STATEMENTS = 100  # of a life at which it may end: about seven batches of a sweep


def at_every_statement(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Four sweepers and a relay, each of which kills itself just before or just after the n-th statement or commit of its life, again and again.

    At full size each of the first hundred statements is the last one of two lives: of one before it, of one after it.
    """
    spread = max(4.0, size.killed / 500)
    county = User.objects.get(username="county")
    User.objects.filter(pk=county.pk).update(email="county@mail.invalid")
    wide_awake = {"quiet_from": daytime(0), "quiet_until": daytime(0)}  # whatever hour the proof is run at
    Preference.objects.create(user=county, channels=["email"], **wide_awake)
    principals = size.killed // 50  # whose tasks the county is told of, by letter
    make_running(cases_for(place, 50), size.killed - principals, due=soon(spread))
    make_running(cases_for(place, 5), principals, due=soon(spread), role="principal")
    ends = [{"at": at, "after": after, "signal": "SIGKILL"} for at in range(1, STATEMENTS + 1) for after in (False, True)]
    random.Random(20236).shuffle(ends)
    with open_mail_server() as server:
        mail = {"KC_EMAIL_HOST": "127.0.0.1", "KC_EMAIL_PORT": str(server.port), "KC_EMAIL_TLS": "0"}
        kills = _live_and_die(environment(folder, "redis+socket:///nowhere") | mail, folder, ends[: size.kills], spread)
        letters = {str(letter["Message-ID"]) for letter in server.letters}
        again = len(server.letters) - len(letters)
    found = verdict(size.killed)
    table.add(f"kill -9 at {kills} statements, {SWEEPERS} sweepers and a relay", found, f"{len(letters):,} letters, {again} sent again")
    promised(found)
    assert kills == size.kills
    assert not Delivery.objects.exclude(state=DeliveryState.SENT).exists()
    assert len(letters) == Delivery.objects.count() > 0


def _live_and_die(env: dict[str, str], folder: Path, ends: Sequence[dict[str, Any]], spread: float) -> int:
    """Sweepers and a relay, born anew as they die, spread over the time in which deadlines come; returns how many were killed."""
    begun, kills, waits = time.time(), 0, list(ends)
    end = begun + spread * 4 + 120
    with nursery(env, folder / "nursery.log") as nurse:
        lives: dict[int, str] = {}

        def bear(what: str) -> None:
            doomed = len(ends) - len(waits)
            dies = waits and doomed < len(ends) * min(1.0, (time.time() - begun) / spread) + SWEEPERS
            more = waits.pop() if dies else {}
            lives[nurse.start(what, batch=100, every=0.1, until=end if dies else min(end, time.time() + 1), **more)] = what

        for what in ["sweep"] * SWEEPERS + ["relay"]:
            bear(what)
        while time.time() < end:
            if ended := nurse.wait(2):
                kills += ended["killed"]
                bear(lives.pop(ended["pid"]))
            if kills >= len(ends) and not waiting() and not Delivery.objects.filter(state=DeliveryState.WAITING).exists():
                break
    return kills
