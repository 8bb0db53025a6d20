"""What the faults did, line by line."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.faults.verdict import Verdict


@dataclass(frozen=True)
class Line:
    fault: str
    verdict: Verdict
    seconds: float
    note: str


@dataclass
class Table:
    lines: list[Line] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def add(self, fault: str, found: Verdict, note: str = "") -> None:
        self.lines.append(Line(fault, found, time.monotonic() - self.begun, note))
        self.begun = time.monotonic()
