"""The ground that every test stands on: real servers, and a database that kc_owner migrates and the tests use as kc_app."""

import os
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

pytest_plugins = ["tests.cast", "tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """One pair of servers for the whole run: each xdist worker holds them, too, and the last to go stops them."""
    from django.conf import settings

    from project import embedded

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing one
    embedded.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    from project import embedded

    embedded.stop()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    from django.test import TransactionTestCase

    from tests.databases import empty_and_fill_again, test_database

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    anew = bool(request.config.getvalue("create_db")) and worker == "main"
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        test_database(worker, anew=anew),
    ):
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: empty_and_fill_again())
        yield
