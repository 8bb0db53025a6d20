"""The ground that every test stands on: a database that kc_owner migrates and the tests use as kc_app, as in production."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

# Before the settings are read: a data folder of the tests' own, and static files without collecting them first.
os.environ.setdefault("KC_DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ.setdefault("KC_PLAIN_STATIC", "1")
os.environ.setdefault("KC_EMBEDDED_FORGETFUL", "1")


def pytest_configure(config: pytest.Config) -> None:
    """One pair of servers for the whole run: each xdist worker holds them, too, and the last to go stops them."""
    from project import embedded

    embedded.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    from project import embedded

    embedded.stop()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Made and migrated by kc_owner; then the connection becomes kc_app's, who owns nothing."""
    from tests.databases import make_test_database

    with django_db_blocker.unblock(), make_test_database(keep=django_db_keepdb):
        yield
