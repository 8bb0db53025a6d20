"""What the codes of entries say in words. Whoever knows the codes says so once, at start; the journal itself knows ids and codes only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cases.journal.models import Entry

Teller = Callable[[Sequence[Entry]], list[str]]


def _silent(entries: Sequence[Entry]) -> list[str]:
    return [""] * len(entries)


_teller: Teller = _silent


def use(teller: Teller) -> None:
    """Let `teller` say what the codes of entries add to their verbs: one text an entry, "" for nothing, in the reader's language."""
    global _teller
    _teller = teller


def particulars(entries: Sequence[Entry]) -> list[str]:
    """One text an entry, in the order given. As many queries as the teller needs, however many entries there are."""
    return _teller(entries)
