"""Starting a server in the background and ending one by the pid it left behind."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from project.embedded import account
from project.embedded.trouble import EmbeddedServerError

_started: list[subprocess.Popen[bytes]] = []  # kept, so that a server of ours that ends is waited for


def launch(command: list[str], *, cwd: Path, log: Path, answers: Callable[[], bool], seconds: float) -> int:
    """Start it in a session of its own, where a Ctrl-C in the terminal doesn't reach it, and wait until it answers; its pid."""
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            cwd=cwd,
            env=account.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
            **account.run_as(),
        )
    _started.append(server)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        if answers():
            return server.pid
        time.sleep(0.02)
    if server.poll() is None:
        server.kill()
    raise EmbeddedServerError(f"{Path(command[0]).name} did not start: {last_line(log)} (all of it: {log})")


def running(pid: int, names: tuple[str, ...]) -> psutil.Process | None:
    """The living process with this pid, if it is still the server that it was: pids are used again."""
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and process.name().startswith(names):
            return process
    except psutil.NoSuchProcess:
        pass
    return None


def end(process: psutil.Process, how: signal.Signals, *, seconds: float) -> None:
    """Ask it to stop, and insist when it doesn't."""
    try:
        process.send_signal(how)
        process.wait(seconds)
    except psutil.TimeoutExpired:
        process.kill()
    except psutil.NoSuchProcess:
        pass
    reap()


def reap() -> None:
    """Let the system forget the servers of ours that have ended; until then their pids count as taken."""
    for server in [server for server in _started if server.poll() is not None]:
        _started.remove(server)


def pid_in(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def last_line(log: Path) -> str:
    lines = log.read_bytes().decode(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing"
