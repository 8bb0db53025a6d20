"""What a unit answers for beside the cases runs by the ordinary engine: a task, a clock, a word, a ladder, a place on desks and boards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.capabilities import NotAllowed
from cases.inspections import services as inspections
from cases.journal.models import Entry
from cases.rosters import settling
from cases.rosters.models import Discrepancy
from notifications.models import Notification
from tests.cast import NOON
from tests.rosters.conftest import LATER, entered  # noqa: F401  (a fixture)
from tests.rosters.lists import compared, line
from tests.workflows.clockwork import moment_of
from workflows import escalation, reconciling, services
from workflows.models import Assignment, Escalation

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

Make = Callable[..., "Case"]
pytestmark = pytest.mark.django_db


def task_of(step: str) -> Assignment:
    found: Assignment = Assignment.objects.select_related("matter", "organisation", "deadline").get(step=step)
    return found


@pytest.fixture
def differing(entered: Make, county: User, county_head: User, principal: User) -> list[Case]:  # noqa: F811  a fixture by its name
    cases = [entered(name) for name in ("张一", "李二")]
    compared([line(case.student, "已复学") for case in cases], county, taken_on=LATER.date(), now=LATER)
    return cases


def test_the_differences_of_a_list_are_one_task_of_the_unit_until_the_last_is_settled(differing: list[Case], county: User, principal: User) -> None:
    task = task_of("settle_differences")
    assert (task.organisation, task.role, task.holder) == (principal.posts()[0].organisation, "principal", principal)
    first, second = Discrepancy.objects.order_by("pk")
    assert task.due_at is not None
    assert task.due_at.date() == first.due_on == second.due_on
    assert Notification.objects.filter(recipient=principal, message="matter_task_assigned").count() == 1

    settling.settle(first, how="ours_corrected", by=principal, now=LATER)
    assert task_of("settle_differences").state == "open"
    settling.settle(second, how="ours_corrected", by=county, now=LATER)
    done = task_of("settle_differences")
    assert (done.state, done.done_by, done.deadline.state) == ("done", county, "met")


def test_the_next_list_ends_the_task_of_the_one_before(differing: list[Case], county: User) -> None:
    compared([line(case.student) for case in differing], county, taken_on=LATER.date() + timedelta(days=1), now=LATER + timedelta(days=1))
    assert task_of("settle_differences").state == "done"


def test_whoever_gets_a_difference_of_another_unit_gets_a_task_too(differing: list[Case], county: User, principal: User) -> None:
    for found in Discrepancy.objects.all():
        settling.give(found, to=county, by=county, now=LATER)
    assert {(row.role, row.state) for row in Assignment.objects.filter(step="settle_differences")} == {
        ("principal", "done"), ("county_officer", "open"),
    }  # fmt: skip


def test_a_child_that_moves_takes_its_differences_along(differing: list[Case], county: User, neighbour: Place) -> None:
    one, other = differing
    entry = Entry.objects.filter(case=one).latest("pk")
    one.school = None
    reconciling.follow(one, entry)
    assert {row.organisation_id for row in Discrepancy.objects.filter(case=one)} == {one.education_id}
    assert {(row.role, row.state) for row in Assignment.objects.filter(step="settle_differences")} == {
        ("principal", "open"), ("county_officer", "open"),
    }  # fmt: skip
    other.county = neighbour.area
    reconciling.follow(other, Entry.objects.filter(case=other).latest("pk"))
    assert Discrepancy.objects.get(case=other).settled == "moved"
    assert {(row.role, row.state) for row in Assignment.objects.filter(step="settle_differences")} == {
        ("principal", "done"), ("county_officer", "open"),
    }  # fmt: skip


def test_overdue_differences_climb_and_stand_on_desks_and_boards(
    client: Client, differing: list[Case], county: User, principal: User, stranger: User
) -> None:
    task = task_of("settle_differences")
    for rung in (1, 2, 3):
        escalation.sweep(now=moment_of(task, rung))
    assert Notification.objects.filter(recipient=principal, message="matter_task_overdue").exists()
    assert Notification.objects.filter(recipient=county, message="matter_escalated").exists()
    raised = Escalation.objects.get(assignment=task, organisation=county.posts()[0].organisation, role="county_officer", state="open")
    client.force_login(county)
    assert principal.posts()[0].organisation.name in client.get(reverse("queue")).content.decode()
    assert client.get(reverse("escalation", args=[raised.pk]))["Location"] == reverse("task", args=[task.pk])
    page = client.get(reverse("task", args=[task.pk]))
    assert all(case.student.name in page.content.decode() for case in differing)
    board = client.get(reverse("board-tasks"), {"when": "open"}).content.decode()
    assert reverse("task", args=[task.pk]) in board
    assert client.post(reverse("task-supervise", args=[task.pk, "remind"]), {"note": "请今天办结"}).status_code == 302
    assert Notification.objects.filter(recipient=principal, message="matter_task_reminder", key__startswith="reminded:").exists()
    assert client.get(reverse("task-supervise", args=[task.pk, "agenda"])).status_code == 404

    client.force_login(principal)
    assert reverse("task", args=[task.pk]) in client.get(reverse("inbox")).content.decode()
    assert client.get(reverse("task", args=[task.pk])).status_code == 200
    client.force_login(stranger)
    assert client.get(reverse("task", args=[task.pk])).status_code == 404
    assert client.get(reverse("task-supervise", args=[task.pk, "remind"])).status_code == 404


def test_a_county_extends_what_lies_below_and_nobody_their_own(differing: list[Case], county: User, principal: User) -> None:
    task = task_of("settle_differences")
    assert task.due_at is not None
    until = task.due_at.date() + timedelta(days=5)
    with pytest.raises(NotAllowed):
        services.extend(task, until=until, note="再核", by=principal, now=LATER)
    services.extend(task, until=until, note="再核", by=county, now=LATER)
    assert task_of("settle_differences").due_at.date() == until  # type: ignore[union-attr]  # it has a day


def test_a_finding_gives_the_unit_a_task_with_its_day(inspector: User, principal: User, county: User, place: Place, client: Client) -> None:
    day = (NOON + timedelta(days=10)).date()
    words = {"count": "persuasion", "facts": "台账未更新", "demand": "逐人核对", "answer_by": day}
    finding = inspections.record_finding(unit=place.school, **words, by=inspector, now=NOON)  # type: ignore[arg-type]  # words of a table
    task = task_of("answer_finding")
    assert (task.organisation, task.holder) == (place.school, principal)
    assert task.due_at is not None
    assert task.due_at.date() == day
    escalation.sweep(now=moment_of(task, 3))
    assert Escalation.objects.filter(assignment=task, organisation=place.education).exists()
    client.force_login(principal)
    assert finding.get_absolute_url() in client.get(reverse("task", args=[task.pk])).content.decode()
    inspections.answer_finding(finding, answer="已逐人核对", by=principal, now=NOON)
    assert task_of("answer_finding").state == "done"


def test_an_accountability_finding_ends_the_task_that_nobody_did(inspector: User, principal: User, place: Place) -> None:
    day = (NOON + timedelta(days=3)).date()
    words = {"count": "persuasion", "facts": "台账未更新", "demand": "逐人核对", "answer_by": day}
    finding = inspections.record_finding(unit=place.school, **words, by=inspector, now=NOON)  # type: ignore[arg-type]  # words of a table
    inspections.decide_on_finding(finding, close=False, remark="逾期未答", measure="criticism", by=inspector, now=NOON + timedelta(days=5))
    assert task_of("answer_finding").state == "done"
