"""A test database as production has it: kc_owner migrates, kc_app works, and what the migrations wrote is there before each test.

Migrating takes seconds, copying a migrated database a fraction of one: so it is migrated once, kept as a template, and copied for each
process of each run, until a migration, a module that it imports, or a data file of ours changes.
"""

import fcntl
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

Owner = psycopg.Connection[tuple[Any, ...]]
OWNER, APP = "kc_owner", "kc_app"
OURS = ("notifications", "cases", "workflows", "project")
DATA = {".csv", ".json", ".sql", ".txt"}
CROWD = 2_000  # rows of a table


@contextmanager
def test_database(worker: str, *, anew: bool) -> Iterator[None]:
    """The default connection leads to a database of this process alone, as kc_app."""
    name = f"test_kc_{worker}"
    template = migrated_template(anew=anew)
    with as_owner("postgres") as owner:
        drop(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    lead_to(name, APP)
    yield
    connection.close()
    with as_owner("postgres") as owner:
        drop(owner, name)


def empty_and_fill_again() -> None:
    """After a test that commits: every table as the migrations left it. By the owner, for the product may neither truncate nor touch a trigger.

    Few tables hold rows then, and of what the migrations wrote little is changed: emptying those alone takes a third of a TRUNCATE of all.
    """
    with as_owner(str(connection.settings_dict["NAME"])) as owner, owner.transaction():
        tables = names(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        seeded = names(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'seed'")
        lock = sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE")  # whoever still writes is waited for
        owner.execute(lock.format(sql.SQL(", ").join(map(sql.Identifier, sorted(tables)))))
        filled = names(owner, once_each("SELECT {0} WHERE EXISTS (SELECT FROM public.{1})", tables - seeded))
        crowded = names(owner, once_each(f"SELECT {{0}} WHERE EXISTS (SELECT FROM public.{{1}} OFFSET {CROWD})", tables - seeded))
        changed = names(
            owner,
            once_each("SELECT {0} WHERE EXISTS (TABLE public.{1} EXCEPT TABLE seed.{1}) OR EXISTS (TABLE seed.{1} EXCEPT TABLE public.{1})", seeded),
        )
        if crowded:  # then each row's own look at what refers to it would take longer
            filled, changed = tables - seeded, seeded
        triggers = "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
        guarded = names(owner, triggers) & (filled | changed)
        for table in guarded:
            owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        if crowded:
            owner.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, sorted(tables)))))
        else:
            for table in filled | changed:
                owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table in changed:
            owner.execute(copy_rows(owner, table, source="seed", target="public"))
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in guarded:
            owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def names(owner: Owner, query: str | sql.Composed) -> set[str]:
    return {row[0] for row in owner.execute(query).fetchall()}


def once_each(query: str, tables: Iterable[str]) -> sql.Composed:
    """The query for each table, as one: {0} is the table's name as text, {1} the table."""
    return sql.SQL(" UNION ALL ").join(sql.SQL(query).format(sql.Literal(table), sql.Identifier(table)) for table in sorted(tables))


def migrated_template(*, anew: bool) -> str:
    """The name of a database that has every migration applied; made by whoever comes first."""
    name = f"template_kc_{fingerprint()}"
    with (settings.DATA_DIR / "test-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with as_owner("postgres") as owner:
            known = {row[0] for row in owner.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template_kc_%'")}
            for old in known if anew else known - {name, f"{name}_draft"}:
                drop(owner, old)
            if name not in known or anew:
                draft = f"{name}_draft"
                drop(owner, draft)
                owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
                lead_to(draft, OWNER)
                call_command("migrate", verbosity=0, interactive=False)
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE engine_clock SET movable = true")  # tests travel in time
                connection.close()
                keep_seed(draft)
                owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def keep_seed(database: str) -> None:
    """A copy of every row that the migrations wrote, in a schema that the product doesn't see."""
    with as_owner(database) as owner:
        owner.execute("CREATE SCHEMA seed")
        for (table,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall():
            if owner.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone():
                owner.execute(sql.SQL("CREATE TABLE seed.{0} AS TABLE public.{0}").format(sql.Identifier(table)))


def copy_rows(owner: Owner, table: str, *, source: str, target: str) -> sql.Composed:
    columns = owner.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    ).fetchall()
    listed = sql.SQL(", ").join(sql.Identifier(column) for (column,) in columns)
    return sql.SQL("INSERT INTO {0} ({2}) OVERRIDING SYSTEM VALUE SELECT {2} FROM {1}").format(
        sql.Identifier(target, table), sql.Identifier(source, table), listed
    )


def drop(owner: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    """Without FORCE first: that one may not end an autovacuum of the superuser's, which the plain one waits for."""
    for force in ("", " WITH (FORCE)"):
        try:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}" + force).format(sql.Identifier(database)))
        except psycopg.errors.ObjectInUse:
            continue
        return


def lead_to(database: str, role: str) -> None:
    connection.close()
    connection.settings_dict.update(NAME=database, USER=role)


def as_owner(database: str) -> Owner:
    given = connection.settings_dict
    return psycopg.connect(host=given["HOST"], port=given["PORT"] or None, user=OWNER, password=given["PASSWORD"], dbname=database, autocommit=True)


def fingerprint() -> str:
    """Changes with whatever decides what a migrated database holds."""
    found = hashlib.sha256(f"{django.__version__} {settings.AUTH_USER_MODEL} {settings.INSTALLED_APPS}".encode())
    for path in sorted(sources()):
        found.update(str(path).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def sources() -> set[Path]:
    files: set[Path] = set()
    for package in OURS:
        folder = Path(settings.BASE_DIR) / package
        files |= {path for path in folder.rglob("*") if path.suffix in DATA and "static" not in path.parts and path.is_file()}
        for migration in folder.rglob("migrations/*.py"):
            files.add(migration)
            for module in re.findall(rf"^\s*(?:from|import) ((?:{'|'.join(OURS)})[\w.]*)", migration.read_text(), re.MULTILINE):
                spec = find_spec(module)
                if spec and spec.origin and spec.has_location:
                    files.add(Path(spec.origin))
    return files
