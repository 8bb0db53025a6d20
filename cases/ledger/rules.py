"""What the notice leaves open about counting, as settings of the whole province (docs/decisions.md, "Counting", gives the reasons)."""

from __future__ import annotations

from dataclasses import dataclass

from cases.codes.services import setting

RELAPSE_AGAIN, HOME_TEACHING, CARRIED_OVER = "ledger_relapse_counts_again", "ledger_home_teaching_is_return", "ledger_carried_over_counts"


@dataclass(frozen=True)
class Rules:
    """How a table counts. The defaults are how the product reads the notice.

    Fixed, because the notice says so: year to date from 1 January; the last standing decides the column; the priority household is
    that of the day of entry.
    """

    relapse_counts_again: bool = False  # a child that relapses within the year: one child, or a second line beside the first
    home_teaching_is_return: bool = True  # 送教上门: returned, or still out
    carried_over_counts: bool = False  # who was on the ledger on 31 December: beside the table (note 1), or in it


def in_force() -> Rules:
    """The rules of the province as they are set today. A county cannot set its own: its lines are added up with the others'."""
    default = Rules()
    return Rules(
        relapse_counts_again=bool(setting(RELAPSE_AGAIN, default=default.relapse_counts_again)),
        home_teaching_is_return=bool(setting(HOME_TEACHING, default=default.home_teaching_is_return)),
        carried_over_counts=bool(setting(CARRIED_OVER, default=default.carried_over_counts)),
    )
