"""The figures above a list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A number that leads to the list behind it; the tone shows only when there is something to count."""

    label: str
    value: int | str
    icon: str
    url: str
    current: bool = False
    alarm: str = ""
    note: str = ""

    @property
    def tone(self) -> str:
        return self.alarm if self.value else ""
