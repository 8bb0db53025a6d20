"""More time: asked for below, answered above, counted; the clock runs on until it is granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.register.locking import Refused
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import at, clock_of, make_case, make_task
from workflows import deadlines, policies
from workflows.extensions import ask_extension, decide_extension
from workflows.models import Assignment, AssignmentState, ExtensionRequest
from workflows.opentasks import AlreadyDone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]
UNTIL = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def _anew() -> None:
    policies.invalidate()


@pytest.fixture
def task(place: Place, teacher: User) -> Assignment:
    return make_task(make_case(place), holder=teacher, now=NOON)


@pytest.fixture
def asked(task: Assignment, teacher: User) -> ExtensionRequest:
    return ask_extension(task, until=UNTIL, reason="大雪封山", by=teacher, now=NOON)


def test_whoever_stands_above_is_told_and_the_clock_runs_on(asked: ExtensionRequest, task: Assignment, principal: User) -> None:
    said = Notification.objects.get(message="extension_asked")
    assert (said.recipient, said.link, said.params["until"]) == (principal, f"/tasks/{task.pk}/more-time/", "2026-09-30")
    assert clock_of(task).generation == 1
    entry = Entry.objects.get(verb="extension.asked")
    assert entry.data == {"assignment": task.pk, "request": asked.pk, "until": "2026-09-30"}


def test_a_vacant_post_above_climbs(task: Assignment, teacher: User, principal: User, county: User) -> None:
    User.objects.filter(pk=principal.pk).update(is_active=False)
    ask_extension(task, until=UNTIL, reason="大雪封山", by=teacher, now=NOON)

    assert Notification.objects.filter(message="extension_asked", recipient=county).exists()


def test_granted_the_deadline_moves_with_a_new_generation_and_the_asker_is_told(
    asked: ExtensionRequest, task: Assignment, principal: User, teacher: User
) -> None:
    decide_extension(asked, grant=True, answer="", by=principal, now=NOON)

    assert (clock_of(task).generation, clock_of(task).due_at) == (2, at(UNTIL, 17, 30))
    assert ExtensionRequest.objects.get().state == "granted"
    assert Notification.objects.filter(message="task_extended", recipient=teacher).exists()
    with pytest.raises(AlreadyDone):
        decide_extension(asked, grant=False, answer="nein", by=principal, now=NOON)


def test_refused_with_a_reason_everything_stays(asked: ExtensionRequest, task: Assignment, principal: User, teacher: User) -> None:
    with pytest.raises(Refused):
        decide_extension(asked, grant=False, answer=" ", by=principal, now=NOON)
    decide_extension(asked, grant=False, answer="路已通", by=principal, now=NOON)

    assert clock_of(task).generation == 1
    assert Notification.objects.filter(message="extension_refused", recipient=teacher).exists()
    assert Entry.objects.get(verb="extension.refused").remark.text == "路已通"


def test_who_may_ask_and_who_may_answer(task: Assignment, teacher: User, other_teacher: User, stranger: User, principal: User, village: User) -> None:
    for nobody in (other_teacher, stranger, village):
        with pytest.raises(NotAllowed):
            ask_extension(task, until=UNTIL, reason="大雪", by=nobody, now=NOON)
    asked = ask_extension(task, until=UNTIL, reason="大雪", by=principal, now=NOON)  # a supervisor does it for the holder
    for nobody in (teacher, stranger, principal):
        with pytest.raises(NotAllowed):
            decide_extension(asked, grant=True, answer="", by=nobody, now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.filter(pk=asked.pk).update(state="granted", decided_by=principal)


@pytest.mark.parametrize(("until", "reason"), [(NOON.date(), "大雪"), (NOON.date() + timedelta(days=61), "大雪"), (UNTIL, "  ")])
def test_what_cannot_be_asked(task: Assignment, teacher: User, until: date, reason: str) -> None:
    with pytest.raises(Refused):
        ask_extension(task, until=until, reason=reason, by=teacher, now=NOON)


def test_it_is_asked_for_once_at_a_time_and_lapses_with_the_task(asked: ExtensionRequest, task: Assignment, teacher: User) -> None:
    with pytest.raises(Refused):
        ask_extension(task, until=UNTIL, reason="又下雪", by=teacher, now=NOON)
    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE)
    deadlines.meet(task.pk, now=NOON)
    assert not ExtensionRequest.objects.waiting().exists()


def test_the_page_asks_and_answers(client: Client, task: Assignment, teacher: User, principal: User, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    address = reverse("more-time", args=[task.pk])
    client.force_login(teacher)
    assert client.get(address).status_code == 200
    assert client.post(address, {"until": "2026-09-01", "reason": "大雪"}).status_code == 422
    assert client.post(address, {"until": "2026-09-30", "reason": "大雪封山"}).status_code == 302
    assert client.get(address).status_code == 302  # asked already

    client.force_login(principal)
    assert "大雪封山" in client.get(address).content.decode()
    assert client.post(address, {"grant": "yes", "answer": ""}).status_code == 302
    assert clock_of(task).due_at == at(UNTIL, 17, 30)


def test_a_stranger_finds_no_page(client: Client, task: Assignment, stranger: User, village: User) -> None:
    client.force_login(stranger)
    assert client.get(reverse("more-time", args=[task.pk])).status_code == 404
    client.force_login(village)
    assert client.get(reverse("more-time", args=[task.pk])).status_code == 403
