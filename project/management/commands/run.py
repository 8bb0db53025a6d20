"""`make run` and `make demo`: the whole product on this machine, until Ctrl-C."""

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError

from project import embedded
from project.processes import Child, say, supervise

HOST = "127.0.0.1"
FIRST_PORT = 8000


class Command(BaseCommand):
    help = "Migrates, then runs the web server, the worker, the timetable and the sweeper until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 0), help="default: 8000, or the next that is free")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.DATA_DIR / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise CommandError(f"It already runs at {lock.read().strip() or 'an address it has yet to choose'}; stop it there first.") from None
            port = options["port"] or free_port()
            if options["port"] and not is_free(port):
                raise CommandError(f"Port {port} is taken; give another one with PORT=… or none at all.")
            address = f"http://{HOST}:{port}"
            lock.truncate(0)
            lock.write(address)
            lock.flush()
            prepare()
            supervise(children(port), between=mend_servers, ready=lambda: answers(f"{address}/healthz"), announce=lambda: say(f"ready: {address}"))


def mend_servers() -> None:
    try:
        embedded.mend()
    except embedded.EmbeddedServerError as trouble:
        say(f"servers | {trouble}; trying again")


def prepare() -> None:
    manage("migrate", "--noinput", "--verbosity=0")
    collect_static()
    if settings.DEMO:
        manage("unlock_clock")
        manage("seed_demo")


def manage(*arguments: str) -> None:
    """In a process of its own: migrations run as another database role than everything else."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, check=False)
    if done.returncode:
        raise CommandError(f"manage.py {arguments[0]} failed.")


def collect_static() -> None:
    """Only when a file changed: compressing all of them takes longer than everything else together."""
    files = [(path, storage.path(path), Path(storage.path(path)).stat()) for finder in get_finders() for path, storage in finder.list([])]
    state = hashlib.sha256(repr(sorted((path, where, stat.st_size, stat.st_mtime_ns) for path, where, stat in files)).encode()).hexdigest()
    mark = Path(settings.STATIC_ROOT).with_suffix(".collected")
    if settings.PLAIN_STATIC or (mark.exists() and mark.read_text() == state):
        return
    manage("collectstatic", "--noinput", "--clear", "--verbosity=0")
    mark.write_text(state)


def children(port: int) -> list[Child]:
    python = sys.executable
    celery = [python, "-W", "ignore:You're running the worker with superuser:UserWarning", "-m", "celery", "--app", "project.celery", "--quiet"]
    return [
        Child("web", [python, "-m", "gunicorn", "project.wsgi", f"--bind={HOST}:{port}", *GUNICORN]),
        Child("worker", [*celery, "worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]),
        Child("beat", [*celery, "beat", "--loglevel=WARNING", f"--pidfile={settings.DATA_DIR / 'beat.pid'}"]),
        Child("sweeper", [python, "manage.py", "sweep_deadlines", "--loop"]),
        Child("deliver", [python, "manage.py", "deliver", "--loop"]),
    ]


SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  a folder in memory, not a place for our files

# Two processes for two cores, threads for those who wait for the database; the worker's sign of life needs no disk.
GUNICORN = [
    "--workers=2",
    "--threads=4",
    "--timeout=60",
    "--graceful-timeout=10",
    "--log-level=warning",
    "--no-control-socket",
    *([f"--worker-tmp-dir={SHARED_MEMORY}"] if os.access(SHARED_MEMORY, os.W_OK) else []),
]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    return next(port for port in range(FIRST_PORT, FIRST_PORT + 1000) if is_free(port))
