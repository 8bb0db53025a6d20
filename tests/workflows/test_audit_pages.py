"""The page of the auditor and the monthly report: who may see them, and what stands there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.directory.models import User
from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import SOON, clock_of, make_case, make_task, moment_of
from workflows import audit, deadlines, escalation, policies, punctuality, stepped_clock
from workflows.models import Assignment, AssignmentState, AuditRun, Deadline, DeadlineState, ExtensionRequest

pytestmark = pytest.mark.django_db
PAGES = ("audit", "audit-report")


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    policies.invalidate()
    monkeypatch.setattr(stepped_clock, "_seen", None)


@pytest.fixture
def task(place: Place, everybody: list[User]) -> Assignment:
    return make_task(make_case(place), now=NOON)


# --- who --------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("admin", 200), ("auditor", 200), ("county", 200), ("county-head", 200), ("convener", 200), ("conference", 200), ("prefecture", 200),
        ("province", 200), ("principal", 403), ("teacher", 403), ("township-head", 403), ("police", 403), ("inspector", 403), ("security", 403),
    ],
)  # fmt: skip
def test_supervisors_of_a_county_administrators_and_auditors_see_the_proof(client: Client, page: str, username: str, status: int) -> None:
    client.force_login(User.objects.get(username=username))

    assert client.get(reverse(page)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_log_in(client: Client, page: str) -> None:
    assert client.get(reverse(page)).status_code == 302


def test_only_an_administrator_tries_again_what_was_set_aside(client: Client, task: Assignment, admin: User, county: User) -> None:
    Deadline.objects.update(state=DeadlineState.QUARANTINED)
    client.force_login(county)
    assert client.post(reverse("audit-again")).status_code == 403

    client.force_login(admin)
    assert client.post(reverse("audit-again")).status_code == 302
    assert clock_of(task).state == DeadlineState.ARMED


# --- what -------------------------------------------------------------------------------------------------------------------


def test_a_broken_invariant_shows_the_case_to_whoever_may_see_it(client: Client, task: Assignment, county: User, stranger: User, admin: User) -> None:
    Assignment.objects.update(state=AssignmentState.DONE)
    Deadline.objects.update(state=DeadlineState.MET, next_at=None)
    client.force_login(county)
    client.post(reverse("audit-run"))

    assert AuditRun.objects.get().job == "page"
    assert task.case.number in client.get(reverse("audit")).content.decode()
    for other in (stranger, admin):
        client.force_login(other)
        page = client.get(reverse("audit")).content.decode()
        assert task.case.number not in page
        assert f'<span class="kc-num">{task.case_id}</span>' in page


def test_the_page_costs_the_same_however_much_was_found(
    client: Client, task: Assignment, place: Place, county: User, django_assert_max_num_queries: Any
) -> None:
    make_task(make_case(place), now=NOON)
    client.force_login(county)
    Assignment.objects.update(state=AssignmentState.DONE)
    audit.audit(job="timetable", now=NOON)

    with django_assert_max_num_queries(16):
        assert client.get(reverse("audit")).status_code == 200


# --- the month ----------------------------------------------------------------------------------------------------------------


def of_september(now: datetime) -> dict[str, punctuality.Count]:
    return {unit.name: unit.count for unit in punctuality.month(date(2026, 9, 1), places=("4205",), now=now)}


def test_the_month_says_what_was_due_what_was_passed_and_what_came_late(task: Assignment, place: Place) -> None:
    escalation.sweep(now=moment_of(task, 1) + timedelta(seconds=20))
    escalation.sweep(now=moment_of(task, 2) + timedelta(hours=3))
    due = moment_of(task, 3) + timedelta(minutes=5)  # nobody swept since

    count = of_september(due)[place.school.name]

    assert (count.tasks, count.open, count.in_time, count.late) == (1, 1, 0, 0)
    assert (count.due, count.fired, count.behind, count.missing) == (3, 2, 1, 1)


def test_a_rung_whose_task_was_done_before_never_became_due(task: Assignment, place: Place) -> None:
    now = moment_of(task, 1) - SOON
    Assignment.objects.update(state=AssignmentState.DONE, done_at=now)
    deadlines.meet(task.pk, now=now)

    count = of_september(moment_of(task, 5))[place.school.name]

    assert (count.tasks, count.in_time, count.due, count.missing) == (1, 1, 0, 0)


def test_another_county_is_not_counted(task: Assignment) -> None:
    assert punctuality.month(date(2026, 9, 1), places=("420527",), now=NOON) == []
    assert punctuality.month(date(2026, 8, 1), places=("",), now=NOON) == []


def test_extensions_are_counted(task: Assignment, place: Place, teacher: User, principal: User) -> None:
    ExtensionRequest.objects.create(
        assignment=task,
        asked_by=teacher,
        asked_at=NOON,
        until=date(2026, 9, 30),
        reason="大雪",
        state="refused",
        decided_by=principal,
        decided_at=NOON,
    )
    assert of_september(NOON)[place.school.name].refused == 1


def test_the_report_can_be_printed_for_any_month(client: Client, task: Assignment, county: User, clock: Callable[[datetime], None]) -> None:
    escalation.sweep(now=moment_of(task, 2))
    clock(moment_of(task, 2))
    client.force_login(county)

    page = client.get(reverse("audit-report"), {"month": "2026-09"}).content.decode()
    assert "data-print" in page
    assert task.organisation is not None
    assert task.organisation.name in page
    assert client.get(reverse("audit-report"), {"month": "2026-13"}).status_code == 404


def test_the_report_is_one_question(client: Client, task: Assignment, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        of_september(NOON)
