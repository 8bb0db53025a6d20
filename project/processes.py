"""The processes that make up the running product on one machine: kept alive together, and stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

LONGEST_PAUSE = 30.0  # seconds between two tries to start what keeps dying
SETTLED = 60.0  # seconds after which a child counts as healthy again
EVERY = 5.0  # seconds between two looks at what the children stand on
PATIENCE = 15.0  # seconds a child has to finish what it is doing

_printing = threading.Lock()


def say(line: str) -> None:
    with _printing:
        print(line, flush=True)


@dataclass
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    pause: float = 0.5
    again_at: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "project.leash", *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # a Ctrl-C reaches the supervisor alone, which then ends them in order
        )
        assert self.process.stdout is not None
        threading.Thread(target=self._pass_on, args=(self.process.stdout,), daemon=True).start()

    def _pass_on(self, lines: IO[str]) -> None:
        for line in lines:
            say(f"{self.name:>7} | {line.rstrip()}")

    def look_after(self) -> None:
        """Start it if it isn't running; the longer it keeps failing, the longer the wait."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            say(f"{self.name:>7} | ended with {self.process.returncode}; starting it again")
            self.pause = 0.5 if now - self.started > SETTLED else min(self.pause * 2, LONGEST_PAUSE)
            self.process, self.again_at = None, now + self.pause
        if self.process is None and now >= self.again_at:
            self.start()

    def signal(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)  # its own session, so nobody else's
            self.process.wait()


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, TERM, or the terminal went away."""


def supervise(children: Sequence[Child], *, between: Callable[[], None], ready: Callable[[], bool], announce: Callable[[], None]) -> None:
    """Run them until somebody says stop; `announce` once, when `ready` first holds; `between` every few seconds."""

    def stop(number: int, frame: object) -> None:
        for once in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(once, signal.SIG_IGN)
        raise Stopped

    for expected in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(expected, stop)
    announced = False
    next_between = time.monotonic() + EVERY
    try:
        while True:
            for child in children:
                child.look_after()
            if time.monotonic() >= next_between:
                between()
                next_between = time.monotonic() + EVERY
            if not announced and ready():
                announced = True
                announce()
            time.sleep(0.25)
    except Stopped:
        say("stopping …")
    finally:
        for child in children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for child in children:
            child.end(deadline)
