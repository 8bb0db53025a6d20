"""The auditor reads the journal; nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client

    from cases.directory.models import User
    from cases.register.models import Case

pytestmark = pytest.mark.django_db


def test_the_auditor_sees_who_did_what_and_no_child(client: Client, auditor: User, case: Case) -> None:
    client.force_login(auditor)
    page = client.get(reverse("journal"), {"number": case.number})
    assert page.status_code == 200
    assert case.number in page.content.decode()
    assert case.student.name not in page.content.decode()


def test_a_filter_that_is_no_day_filters_nothing(client: Client, auditor: User, case: Case) -> None:
    client.force_login(auditor)
    assert client.get(reverse("journal"), {"since": "soon"}).status_code == 200


@pytest.mark.parametrize("name", ["county", "admin", "security", "teacher"])
def test_nobody_else_reads_it(client: Client, request: pytest.FixtureRequest, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("journal")).status_code == 403
    assert client.post(reverse("journal-verify")).status_code == 403


def test_the_chain_can_be_verified_from_the_page(client: Client, auditor: User, case: Case) -> None:
    client.force_login(auditor)
    answer = client.post(reverse("journal-verify"), follow=True)
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]


def test_the_list_keeps_its_budget(client: Client, auditor: User, case: Case, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]  # the plugin has no types
    client.force_login(auditor)
    client.get(reverse("journal"))  # the session rolls at most every five minutes, not at each page
    with django_assert_max_num_queries(8):
        client.get(reverse("journal"))


def test_the_codes_of_an_entry_are_said_in_words_and_can_be_read_as_they_are_stored(client: Client, auditor: User, case: Case) -> None:
    client.force_login(auditor)
    page = client.get(reverse("journal"), {"number": case.number, "verb": "case.opened"}).content.decode()
    assert "教师日常发现" in page or "考勤" in page
    assert "<dt>channel</dt>" in page
