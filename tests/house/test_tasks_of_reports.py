"""A task about a monthly report belongs to no case: the pages that list tasks say which report, and do not break."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from tests.workflows.clockwork import moment_of
from tests.workflows.test_clocks_of_reports import _read_policies_anew, task  # noqa: F401 (fixtures)
from workflows import escalation
from workflows.models import Assignment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.mark.parametrize("page", ["home", "inbox", "queue", "board", "board-people", "board-tasks"])
@pytest.mark.parametrize("reader", ["county", "county-head"])
def test_pages_that_list_tasks_stand_a_report(client: Client, task: Assignment, page: str, reader: str) -> None:  # noqa: F811  a fixture by its name
    for rung in (1, 2, 3):
        escalation.sweep(now=moment_of(task, rung))
    client.force_login(User.objects.get(username=reader))
    answer = client.get(reverse(page))
    assert answer.status_code == 200
    assert task.report
    if (page, reader) in {("home", "county"), ("inbox", "county")}:
        assert task.report.unit.name in answer.content.decode()
    for raised in task.escalations.all():
        assert client.get(reverse("escalation", args=[raised.pk])).status_code in {200, 302, 404}
