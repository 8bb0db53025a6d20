"""What a request may leave in a browser, in the log, on the disk: as little as it can."""

from __future__ import annotations

import io
import logging
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from openpyxl import Workbook

from cases.sheets.reading import BadSheet, Sheet
from project.logs import WithoutRows
from project.middleware import LARGEST_REQUEST

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case, Student


def test_no_page_behind_the_log_in_is_kept_by_a_cache(client: Client, case: Case, principal: User) -> None:
    client.force_login(principal)
    for address in ("/tasks/", "/cases/", f"/cases/{case.pk}/", f"/students/{case.student_id}/", "/ledger/", "/notifications/", "/nowhere/"):
        kept = client.get(address).headers["Cache-Control"]
        assert "no-store" in kept, address
        assert "private" in kept, address


@pytest.mark.django_db
def test_a_log_line_does_not_repeat_the_row_that_the_database_complains_about(student: Student) -> None:
    formatter = WithoutRows("{message}", style="{")
    with pytest.raises(DatabaseError) as failed, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_student SET address = E'a\\n\\nb', sex = NULL WHERE id = %s", [student.pk])
    assert student.name in str(failed.value)
    said = formatter.format(logging.LogRecord("django.request", logging.ERROR, "", 0, "failed", None, failed._excinfo))
    assert "Failing row" not in said
    assert student.name not in said
    assert "null value in column" in said
    assert formatter.format(logging.LogRecord("kc", logging.INFO, "", 0, "All is well.", None, None)) == "All is well."


def test_a_sign_that_the_database_cannot_keep_is_no_server_error(client: Client, case: Case, principal: User) -> None:
    client.force_login(principal)
    for address in ("/students/?q=a%00b", "/cases/?step=%00", "/tasks/?kind=%00", "/queue/?reason=%00", "/townships/%00/villages/"):
        assert client.get(address).status_code == 400, address
    assert client.post("/clearances/1/withdraw/", {"note": "a\x00b"}).status_code == 400


@pytest.mark.django_db
def test_a_request_larger_than_any_form_is_turned_away_unread(client: Client) -> None:
    answer = client.post("/login/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(LARGEST_REQUEST + 1))
    assert answer.status_code == 413


def test_a_day_at_the_end_of_the_calendar_is_no_server_error(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    for day in ("9999-12-31", "0001-01-01"):
        assert client.get("/journal/", {"since": day, "until": day}).status_code == 200


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/styles.xml", b"<styleSheet>" + b"<a/>" * 600_000 + b"</styleSheet>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet>" + b"<a/>" * 600_000 + b"</worksheet>"),
    ],
)
def test_a_spreadsheet_that_would_grow_in_memory_is_refused_unread(part: str, content: bytes) -> None:
    good, bad = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["姓名"])  # type: ignore[union-attr]  # a new book has a sheet
    book.save(good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, content if name == part else source.read(name))
    Sheet.read(good)
    with pytest.raises(BadSheet):
        Sheet.read(bad)
