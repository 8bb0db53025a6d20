"""Whether what the table of stretches says is still what the facts say."""

from __future__ import annotations

from cases import sql

COLUMNS = "case_id, from_on, to_on, told_from, told_to, standing, code, county_id, place_id, school_id, entered_on, priority"


def differences() -> list[int]:
    """The cases whose stretches are not those that follow from their facts; empty when all is well. Works everything out anew."""
    told, kept = (f"SELECT {COLUMNS} FROM {table}" for table in ("cases_stretch_told", "cases_stretch"))  # noqa: S608  of our own names
    found = sql.ask(f"SELECT DISTINCT case_id FROM (({told} EXCEPT ALL {kept}) UNION ALL ({kept} EXCEPT ALL {told})) other ORDER BY case_id")  # noqa: S608  of our own names
    return [case for (case,) in found]
