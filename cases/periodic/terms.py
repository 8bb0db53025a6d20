"""When school terms begin and end. The calendar lives with the deadlines, which this room may not import: it is handed in at the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

Terms = Callable[[str], Sequence[tuple[date, date]]]


def none(unit_id: str) -> Sequence[tuple[date, date]]:
    """What holds until somebody knows better."""
    return ()


_terms: Terms = none


def use(terms: Terms) -> None:
    """Ask this calendar (code of the area → first and last day of each term, in order) from now on."""
    global _terms
    _terms = terms


def terms_of(unit_id: str) -> Sequence[tuple[date, date]]:
    """First and last day of each term of an area, the earliest first."""
    return _terms(unit_id)


def begun_between(unit_id: str, since: date, until: date) -> list[date]:
    """The first days of the terms that began within these days, both included."""
    return [start for start, _end in terms_of(unit_id) if since <= start <= until]
