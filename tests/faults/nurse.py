"""The test's end of the nursery."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings


class Nurse:
    """Starts children, waits for them, signals them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, what: str, **said: Any) -> int:
        return int(self._ask(do="start", what=what, **said)["pid"])

    def wait(self, seconds: float) -> dict[str, Any]:
        return self._ask(do="wait", seconds=seconds)

    def signal(self, pid: int, name: str) -> None:
        self._ask(do="signal", pid=pid, signal=name)

    def _ask(self, **said: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def nursery(env: dict[str, str], log: Path) -> Iterator[Nurse]:
    """It and every child of it are gone at the end."""
    with (
        log.open("ab") as trouble,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=settings.BASE_DIR,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trouble,
            text=True,
        ) as process,
    ):
        try:
            yield Nurse(process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(30)
