"""A file is for those who may see its case, and opening it leaves a line in the journal."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from cases.directory.models import User
from cases.files import shelf
from cases.files.models import StoredFile
from cases.files.services import store
from cases.journal.models import Entry
from cases.register.models import Case
from tests.files.paper import PDF, pdf, photo

pytestmark = pytest.mark.urls("cases.files.urls")


@pytest.fixture
def stored(settings: Settings, tmp_path: Path, case: Case, teacher: User) -> StoredFile:
    settings.MEDIA_ROOT = tmp_path
    return store(case, pdf("送达回证.pdf"), kind="proof_of_service", by=teacher)


def address(stored: StoredFile) -> str:
    return f"/files/{stored.pk}/"


def test_whoever_sees_the_case_gets_the_file_and_the_journal_says_so(client: Client, stored: StoredFile, township: User) -> None:
    client.force_login(township)
    response = client.get(address(stored))

    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]  # a file is streamed
    entry = Entry.objects.get(verb="file.opened")
    assert (entry.actor, entry.case, entry.data) == (township, stored.case, {"file": str(stored.pk)})


def test_it_can_do_nothing_in_a_browser_and_stays_in_no_cache(client: Client, stored: StoredFile, teacher: User) -> None:
    client.force_login(teacher)
    headers = client.get(address(stored)).headers

    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "private, no-store")
    assert headers["Content-Type"] == "application/pdf"


def test_a_photo_is_shown_in_the_page(client: Client, stored: StoredFile, teacher: User) -> None:
    client.force_login(teacher)
    response = client.get(address(store(stored.case, photo("a.jpg"), kind="visit_photo", by=teacher)))
    assert response.headers["Content-Disposition"] == 'inline; filename="a.jpg"'
    response.close()


def test_a_stranger_finds_nothing_and_nothing_is_noted(
    client: Client, stored: StoredFile, stranger: User, other_teacher: User, police: User, auditor: User
) -> None:
    for somebody in (stranger, other_teacher, police, auditor):
        client.force_login(somebody)
        assert client.get(address(stored)).status_code == 404
    assert not Entry.objects.filter(verb="file.opened").exists()


def test_bytes_that_are_gone_are_not_found_rather_than_an_error(client: Client, stored: StoredFile, teacher: User) -> None:
    shelf.place(stored.pk).unlink()
    client.force_login(teacher)
    assert client.get(address(stored)).status_code == 404


def test_nobody_gets_a_file_without_logging_in_or_by_posting(client: Client, stored: StoredFile, teacher: User, settings: Settings) -> None:
    settings.LOGIN_URL = "/login/"
    assert client.get(address(stored)).status_code == 302
    client.force_login(teacher)
    assert client.post(address(stored)).status_code == 405
