"""The lot itself: which of the candidates a seed picks. Anybody can work it out again with a table of SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def pick(candidates: Iterable[int], *, seed: str, share: int, least: int = 1) -> list[int]:
    """`share` per cent of the candidates, rounded up, at least `least`: those whose SHA-256 of "seed:candidate" is the smallest."""
    ranked = sorted(set(candidates), key=lambda one: lot(seed, one))
    return ranked[: how_many(len(ranked), share=share, least=least)]


def how_many(candidates: int, *, share: int, least: int = 1) -> int:
    """How many of the candidates are drawn: `share` per cent, rounded up, at least `least`, at most all."""
    return min(candidates, max(least, -(-candidates * share // 100)))


def one_of(things: Sequence[Thing], *, seed: str, about: int) -> Thing:
    """The same seed gives the same thing of a list in the same order."""
    return things[int(lot(seed, about), 16) % len(things)]


def lot(seed: str, candidate: int) -> str:
    """A candidate's lot, in hexadecimal digits; the smallest are drawn, and anybody can work them out again."""
    return hashlib.sha256(f"{seed}:{candidate}".encode()).hexdigest()
