"""Sweepers that stop in the middle of a batch and go on when others have passed its rungs."""

from __future__ import annotations

import time
from pathlib import Path

from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.nurse import nursery
from tests.faults.processes import environment, wait_until
from tests.faults.size import MINUTE, Size, promised, soon, waiting
from tests.faults.table import Table
from tests.faults.verdict import verdict


def frozen_across_a_rung(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Sweepers stop in the middle of a batch, with its rows locked, and are thawed when the others have passed them; each rung still once."""
    env = environment(folder, "redis+socket:///nowhere")
    make_running(cases_for(place, 20), size.some, due=soon(3))
    end = time.time() + size.seconds + 2 * MINUTE
    time.sleep(3)
    with nursery(env, folder / "nursery.log") as nurse:
        frozen = [nurse.start("sweep", batch=20, until=end, at=at, after=at % 2 == 0, signal="SIGSTOP", frozen=size.frozen) for at in (2, 5, 9, 14)]
        time.sleep(3)
        nurse.start("sweep", batch=100, every=0.2, until=end)
        wait_until(lambda: not waiting(), seconds=MINUTE)
        for pid in frozen:
            nurse.signal(pid, "SIGCONT")
        time.sleep(3)
    found = verdict(size.some)
    table.add("four sweepers frozen in mid-batch, thawed after the rung", found, f"others take over when the locks are freed after {size.frozen}")
    promised(found)
