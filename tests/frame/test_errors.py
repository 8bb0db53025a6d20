"""Refusals: what happened, what to do, and a number that is also in the log."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from project import errors


@pytest.fixture
def asked() -> Any:
    request = RequestFactory().get("/cases/7/")
    request.user = AnonymousUser()
    request.resolver_match = None
    return request


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda r: errors.bad_request(r, ValueError()), 400),
        (lambda r: errors.permission_denied(r, PermissionDenied()), 403),
        (errors.csrf_failure, 403),
        (lambda r: errors.page_not_found(r, KeyError()), 404),
        (errors.server_error, 500),
    ],
    ids=["400", "403", "csrf", "404", "500"],
)
def test_a_refusal_quotes_the_number_that_is_in_the_log(asked: Any, caplog: Any, answer: Any, status: Any) -> None:
    caplog.set_level("INFO", "project.errors")
    response = answer(asked)
    assert response.status_code == status
    quoted = re.search(r"\d{4}-\d{4}-[0-9A-F]{4}", response.content.decode())
    assert quoted
    assert quoted[0] in caplog.text
