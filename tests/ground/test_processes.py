"""The supervisor: what dies comes back, and what was started ends with it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

SUPERVISOR = """
import sys, time
from project.processes import Child, say, supervise
work = "import os, time, sys; print('pid', os.getpid(), flush=True); time.sleep(600)"
children = [Child(name, [sys.executable, "-c", work]) for name in ("one", "two")]
supervise(children, between=lambda: None, ready=lambda: all(child.process for child in children), announce=lambda: say("ready"))
"""


@pytest.fixture
def supervisor() -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SUPERVISOR], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)


def pids(supervisor: subprocess.Popen[str], count: int) -> list[int]:
    """The next `count` process ids that children report."""
    assert supervisor.stdout
    found: list[int] = []
    while len(found) < count:
        words = supervisor.stdout.readline().split()
        if "pid" in words:
            found.append(int(words[-1]))
    return found


def gone(pid: int, *, within: float = 10) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_everything(supervisor: subprocess.Popen[str], how: signal.Signals) -> None:
    started = pids(supervisor, 2)
    supervisor.send_signal(how)
    supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0
    assert all(gone(pid) for pid in started)


def test_a_child_that_dies_is_started_again(supervisor: subprocess.Popen[str]) -> None:
    started = pids(supervisor, 2)
    os.kill(started[0], signal.SIGKILL)
    (again,) = pids(supervisor, 1)
    assert again not in started
    assert psutil.pid_exists(started[1])
    supervisor.terminate()
    supervisor.communicate(timeout=30)
    assert gone(again)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_killed_itself_it_takes_its_children_along(supervisor: subprocess.Popen[str]) -> None:
    started = pids(supervisor, 2)
    supervisor.kill()
    supervisor.communicate(timeout=30)
    assert all(gone(pid) for pid in started)


def test_a_second_run_on_the_same_data_says_where_the_first_one_answers(tmp_path: Path) -> None:
    import fcntl

    with (settings.DATA_DIR / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.truncate(0)
        lock.write("http://127.0.0.1:8123")
        lock.flush()
        second = subprocess.run([sys.executable, "manage.py", "run"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "already runs at http://127.0.0.1:8123" in second.stderr
