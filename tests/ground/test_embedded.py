"""The embedded servers: shared by whoever needs them, gone with the last, and none the worse for a kill -9."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from project.embedded.places import SOCKET_LIMIT, Places

HOLDER = """
import os, sys, psycopg
from project import embedded
embedded.start()
from django.conf import settings
connection = psycopg.connect(host=str(settings.PLACES.postgres_sockets), dbname="kc", user="kc_owner", autocommit=True)
for line in sys.stdin:
    if line.strip() == "mend":
        embedded.mend()
        connection = psycopg.connect(host=str(settings.PLACES.postgres_sockets), dbname="kc", user="kc_owner", autocommit=True)
        line = "SELECT 1"
    print(connection.execute(line).fetchone(), flush=True)
"""


class Holder:
    """A process of its own that holds the servers and answers questions in SQL."""

    def __init__(self, data: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KC_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER],
            cwd=settings.BASE_DIR,
            env={**environment, "KC_DATA_DIR": str(data), "KC_EMBEDDED_FORGETFUL": "1", "DJANGO_SETTINGS_MODULE": "project.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kc-"))
    folder.chmod(0o711)
    yield folder
    for server in servers(folder):
        server.kill()
    shutil.rmtree(folder)


def servers(data: Path) -> list[psutil.Process]:
    pids = [data / "postgres" / "data" / "postmaster.pid", data / "valkey" / "pid"]
    found = []
    for path in pids:
        if path.exists():
            pid = int(path.read_text().split()[0])
            if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(psutil.Process(pid))
    return found


def test_two_processes_share_the_servers_and_the_last_stops_them(data: Path) -> None:
    first, second = Holder(data), Holder(data)
    assert first.ask("SELECT current_user") == second.ask("SELECT current_user") == "('kc_owner',)"
    running = servers(data)
    assert len(running) == 2

    first.leave()
    assert second.ask("SELECT 1") == "(1,)"

    second.leave()
    assert servers(data) == []
    assert not any(server.is_running() for server in running)


def test_a_killed_holder_leaves_servers_that_the_next_one_takes_over_and_stops(data: Path) -> None:
    killed = Holder(data)
    killed.ask("SELECT 1")
    left_over = servers(data)
    killed.kill()
    assert servers(data) == left_over

    heir = Holder(data)
    assert heir.ask("SELECT 1") == "(1,)"
    assert servers(data) == left_over
    heir.leave()
    assert servers(data) == []


def test_killed_servers_come_back_with_what_was_committed(data: Path) -> None:
    holder = Holder(data)
    holder.ask("CREATE TABLE kept AS SELECT 7 AS number; SELECT 1")
    for server in servers(data):
        server.send_signal(signal.SIGKILL)
    holder.kill()

    again = Holder(data)
    assert again.ask("SELECT number FROM kept") == "(7,)"
    again.leave()


def test_a_server_that_dies_under_its_holder_is_started_again(data: Path) -> None:
    holder = Holder(data)
    holder.ask("SELECT 1")
    before = servers(data)
    for server in before:
        server.kill()
    while servers(data):
        time.sleep(0.02)
    assert holder.ask("mend") == "(1,)"
    assert len(servers(data)) == 2
    assert not set(servers(data)) & set(before)
    holder.leave()
    assert servers(data) == []


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_in_peace(data: Path) -> None:
    holder = Holder(data)
    holder.ask("SELECT 1")
    holder.leave()
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    for lock in (data / "postgres" / "data" / "postmaster.pid", data / "postgres" / "sockets" / ".s.PGSQL.5432.lock"):
        lock.write_text(f"{bystander.pid}\n")
    (data / "valkey" / "pid").write_text(f"{bystander.pid}\n")

    again = Holder(data)
    assert again.ask("SELECT 1") == "(1,)"
    again.leave()
    assert bystander.poll() is None
    bystander.communicate()


def test_nothing_listens_on_the_network_and_nobody_else_may_come_near(data: Path) -> None:
    holder = Holder(data)
    holder.ask("SELECT 1")
    for server in servers(data):
        assert [connection for connection in server.net_connections("inet") if connection.status == psutil.CONN_LISTEN] == []
    assert (data / "postgres" / "sockets").stat().st_mode & 0o077 == 0
    assert (data / "valkey").stat().st_mode & 0o077 == 0
    assert (data / "secrets").stat().st_mode & 0o077 == 0
    holder.leave()


def test_a_deep_folder_gets_its_sockets_on_a_short_path(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    places = Places.under(deep)
    for socket in (places.postgres_sockets / ".s.PGSQL.5432", places.valkey_socket):
        assert len(os.fsencode(socket)) <= SOCKET_LIMIT


def test_as_root_a_private_home_is_not_opened_to_the_servers_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not Places.under(home / "data").postgres.is_relative_to(home)

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert Places.under(home / "data").postgres.is_relative_to(home)
