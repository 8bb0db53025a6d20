"""Two roles from the first migration: the product can read and write rows, and nothing else."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.utils import ProgrammingError

pytestmark = pytest.mark.django_db


def ask(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row[0] if row else None


def test_the_product_works_as_a_role_without_special_rights() -> None:
    assert ask("SELECT current_user") == "kc_app"
    assert ask("SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user") is False


def test_every_table_belongs_to_the_owner_and_serves_the_product() -> None:
    assert ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") > 0
    assert ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'kc_owner'") == 0
    assert (
        ask("SELECT bool_and(has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')) FROM pg_tables WHERE schemaname = 'public'")
        is True
    )


@pytest.mark.parametrize("statement", ["CREATE TABLE mine (id int)", "DROP TABLE django_session", "ALTER TABLE django_session ADD mine int"])
def test_the_product_cannot_change_a_table(statement: str) -> None:
    with pytest.raises(ProgrammingError):
        ask(statement)


def test_the_extensions_that_the_constraints_need_are_there() -> None:
    assert ask("SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gist')") == 2


def test_a_wait_for_a_lock_is_bounded() -> None:
    assert ask("SHOW lock_timeout") == "3s"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_the_migrations_wrote_is_there_again_after_a_test_that_committed(time: str) -> None:
    assert Permission.objects.exists()
    Permission.objects.all().delete()
