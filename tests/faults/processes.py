"""Real processes on the test's own database: started, waited for and ended by their id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection


def environment(folder: Path, redis: str) -> dict[str, str]:
    """The product as in production: two addresses, and the secrets of this run."""
    given = connection.settings_dict
    address = f"postgresql://{given['USER']}@/{given['NAME']}?host={quote(str(given['HOST']), safe='')}"
    more = {
        "DATABASE_URL": address,
        "REDIS_URL": redis,
        "KC_DATA_DIR": str(folder),
        "KC_WORKERS": "1",
        "PYTHONPATH": str(settings.BASE_DIR),
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    return {name: value for name, value in os.environ.items() if name != "KC_DEMO"} | more


@contextmanager
def running(*command: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process of ours; told to stop at the end, and made to if it doesn't."""
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, env=env, stdout=output, stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(happened: Callable[[], bool], *, seconds: float = 40, log: Path | None = None) -> None:
    """Ask again and again; what the process said is in the failure."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            said = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
            raise AssertionError(f"did not happen within {seconds:.0f} s\n{said}")
        time.sleep(0.1)
