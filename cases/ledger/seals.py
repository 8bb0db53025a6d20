"""The seals of a periodic report: one on its figures when they are drawn up, one on all of it when it is sent or signed."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def seal(*said: Any) -> str:
    """SHA-256 of these values in a fixed form, hexadecimal."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def of_figures(number: str, edition: int, figures: dict[str, Any]) -> str:
    """The seal of a report's figures as they were drawn up."""
    return seal(number, edition, figures)


def of_all(number: str, figures_seal: str, said: dict[str, Any], note: str) -> str:
    """The seal of what was sent or signed: the figures with what people added."""
    return seal(number, figures_seal, said, note)


def of_many(seals: list[str]) -> str:
    """The seal of all that was drawn up at once, for the journal."""
    return seal(seals)
