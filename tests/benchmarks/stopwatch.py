"""Measuring: what a call costs, how much of it is the database's driver, and which part of the product the rest belongs to."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.db import connection


@dataclass
class Cost:
    """What many calls of one thing cost: seconds, seconds within the driver, statements."""

    seconds: list[float] = field(default_factory=list)
    driver: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)  # seconds of ours and of PostgreSQL's process for this connection

    @property
    def ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def driver_ms(self) -> float:
        return median(self.driver) * 1000

    @property
    def processor_ms(self) -> float:
        return median(self.processor) * 1000

    @property
    def queries(self) -> int:
        return int(median(self.statements))

    def take(self, work: Callable[[], Any]) -> None:
        """Time one call. Garbage of the call before is not this one's."""
        gc.collect(0)
        with _driver() as (spent, count):
            begun, worked = time.perf_counter(), _processor()
            work()
            self.processor.append(_processor() - worked)
            self.seconds.append(time.perf_counter() - begun)
        self.driver.append(sum(spent))
        self.statements.append(len(count))


def _processor() -> float:
    """Processor time, which does not grow when the machine is busy with others. Without Linux only our own half is known."""
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + (int(server.read_text().split()[0]) / 1e9 if server.exists() else 0)


@contextmanager
def _driver() -> Iterator[tuple[list[float], list[str]]]:
    """Seconds that the driver took with the answers of the server, and the statements. A commit is the driver's, and no statement."""
    spent: list[float] = []
    said: list[str] = []

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        begun = time.perf_counter()
        try:
            return run(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - begun)
            said.append(sql)

    commit = connection._commit  # type: ignore[attr-defined]  # Django's own step inside commit()

    def timed_commit() -> None:
        begun = time.perf_counter()
        commit()
        spent.append(time.perf_counter() - begun)

    with connection.execute_wrapper(execute), pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_commit", timed_commit)
        yield spent, said


class Phases:
    """Whose time it is: each name owns the time from its begin to its end, without what others own in between."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    def own(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def owned(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._open.append(name)
            try:
                return work(*args, **kwargs)
            finally:
                self._turn()
                self._open.pop()

        return owned

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now
