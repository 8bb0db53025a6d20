"""A test database as production has it: kc_owner migrates, kc_app works."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import setup_databases, teardown_databases

OWNER, APP = "kc_owner", "kc_app"


@contextmanager
def make_test_database(*, keep: bool) -> Iterator[None]:
    become(OWNER)
    made = setup_databases(verbosity=0, interactive=False, keepdb=keep, serialized_aliases=[])
    let_the_tests_empty_tables()
    become(APP)
    yield
    become(OWNER)
    teardown_databases(made, verbosity=0, keepdb=keep)


def become(role: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = role


def let_the_tests_empty_tables() -> None:
    """A test that commits is cleaned up after by emptying the tables, which kc_app may do nowhere else."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {APP}")
