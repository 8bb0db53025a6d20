"""The list of faults: what `make prove` runs at full size, and `make test` small."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.factories import Place
from tests.faults import brokers, databases, frozen, invariants, killed, mid_ladder, oracle, outages, winners
from tests.faults.size import Size
from tests.faults.table import Table

Fault = Callable[[Place, Table, Path, Size], None]


def _without_a_folder(fault: Callable[[Place, Table, Size], None]) -> Fault:
    return lambda place, table, folder, size: fault(place, table, size)


EVERY: dict[str, Fault] = {
    "sweepers and a relay killed at every statement": killed.at_every_statement,
    "a broker in trouble and two beats": brokers.broker_in_trouble,
    "no beat and no broker": brokers.no_beat_no_broker,
    "connections cut in mid-batch": databases.connections_cut,
    "a database that is restarted and killed": databases.database_restarted,
    "sweepers frozen across a rung": frozen.frozen_across_a_rung,
    "a completion and a rung at the same moment": _without_a_folder(winners.complete_against_fire),
    "the calendar of 23 years": _without_a_folder(oracle.calendar_against_the_oracle),
    "pauses in every order": _without_a_folder(oracle.pauses_against_the_oracle),
    "an outage of 72 hours": _without_a_folder(outages.outage_of_72_hours),
    "poisoned rows": _without_a_folder(outages.poison_delays_nobody),
    "a vacancy at every level": _without_a_folder(outages.vacancy_at_every_level),
    **{f"{change} in mid-ladder": _without_a_folder(partial(mid_ladder.changed, change=change)) for change in mid_ladder.CHANGES},
    "each invariant broken on purpose": _without_a_folder(invariants.each_broken),
}
