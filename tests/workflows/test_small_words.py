"""Small words that people stumble over: whose a taken-over task is, what an extra task asks for, what the audit found, a refused method."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from project.templatetags.kc import percent
from tests.cast import NOON
from tests.workflows.clockwork import moment_of
from workflows import escalation, extratasks, services
from workflows.models import Assignment, AuditRun

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = pytest.mark.django_db


def test_the_queue_says_who_has_a_task_that_was_taken_over(
    client: Client, case: Case, teacher: User, principal: User, county: User, county_head: User, place: Place
) -> None:
    task = Assignment.objects.get(case=case, step="first_visit")
    for rung in (1, 2, 3, 4):
        escalation.sweep(now=moment_of(task, rung))
    services.take_over(task, note="本局直接办理", by=county, now=NOON + timedelta(days=1))
    client.force_login(county_head)
    [row] = [row for row in client.get(reverse("queue")).context["rows"] if row.escalation.assignment_id == task.pk]
    assert row.escalation.taken_to == place.education.name


def test_an_extra_task_is_called_by_what_it_asks_for(client: Client, case: Case, county: User, principal: User, place: Place) -> None:
    extratasks.add_extra_task(
        case, title="核对学籍变动", instructions="", organisation=place.school, role="principal", working_days=3, by=county, now=NOON
    )
    task = Assignment.objects.get(step="extra_task")
    client.force_login(principal)
    for page in (reverse("inbox"), reverse("task", args=[task.pk])):
        assert "核对学籍变动" in client.get(page).content.decode()


def test_the_audit_says_what_it_found_in_words(client: Client, admin: User) -> None:
    AuditRun.objects.create(started_at=NOON, finished_at=NOON, findings={"clock_passed": {"count": 1, "ids": [1]}}, mended={})
    client.force_login(admin)
    page = client.get(reverse("audit")).content.decode()
    assert "clock_passed" not in page


def test_an_address_that_takes_no_such_request_answers_with_a_page_of_ours(client: Client, county: User) -> None:
    client.force_login(county)
    answer = client.get(reverse("discrepancies-settle"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "kc-sorry" in answer.content.decode()


def test_a_share_is_written_as_the_language_writes_it() -> None:
    with translation.override("en"):
        assert percent(86) == "86 %"
    with translation.override("zh-hans"):
        assert percent(86) == "86%"
