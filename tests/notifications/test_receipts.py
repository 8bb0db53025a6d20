"""签收: whoever was told confirms it, and whoever told them sees it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.protection.services import report_danger
from notifications.clock import now
from notifications.models import Notification
from notifications.services import Message, acknowledge, mark_all_read, notify, notify_many, receipts, unread_count
from tests.cast import NOON
from tests.workflows.clockwork import SOON, make_case, make_task, moment_of
from workflows.escalation import sweep

Make = Callable[..., Message]


def test_a_receipt_is_given_once_and_counts_as_read(reader: Any, assigned: Make, clock: Any) -> None:
    notify(assigned(reader, receipt=True))
    said = Notification.objects.get()
    assert acknowledge(said)
    given = Notification.objects.get().acknowledged_at
    assert (given is not None, unread_count(reader)) == (True, 0)
    clock(timedelta(days=1))
    assert not acknowledge(said)
    assert Notification.objects.get().acknowledged_at == given


def test_what_asked_for_none_takes_none(reader: Any, assigned: Make) -> None:
    notify(assigned(reader))
    assert not acknowledge(Notification.objects.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.update(read_at=now(), acknowledged_at=now())


def test_reading_everything_gives_no_receipt(reader: Any, assigned: Make) -> None:
    notify(assigned(reader, receipt=True))
    mark_all_read(reader)
    assert Notification.objects.awaited().count() == 1


def test_whoever_said_it_sees_who_has_read_and_confirmed(
    reader: Any, colleague: Any, assigned: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    notify_many(
        [assigned(reader, "fire:1:1:4:1", receipt=True), assigned(colleague, "fire:1:1:4:2", receipt=True), assigned(reader, "fire:12:1:4:1")]
    )
    acknowledge(Notification.objects.get(key="fire:1:1:4:1"))
    with django_assert_num_queries(1):
        found = receipts("fire:1:1:4:")
    assert [(receipt.person, receipt.asked, receipt.read_at is not None, receipt.acknowledged_at is not None) for receipt in found] == [
        ("T", True, True, True),
        ("C", True, False, False),
    ]
    assert receipts() == []


def test_from_the_fourth_rung_on_whoever_is_told_confirms_it(place: Any, everybody: Any, teacher: Any, clock: Any) -> None:
    task = make_task(make_case(place), holder=teacher, now=NOON)
    for rung in (2, 3, 4):
        sweep(now=moment_of(task, rung) + SOON)
    asked = Notification.objects.filter(message="escalated").values_list("key", "asks_receipt")
    assert {key.split(":")[3]: asks for key, asks in asked} == {"2": False, "3": False, "4": True}
    assert not Notification.objects.filter(recipient=teacher, asks_receipt=True).exists()


def test_a_mandatory_report_asks_everybody_who_gets_it(case: Any, everybody: Any, teacher: Any) -> None:
    report_danger(case, kind="violence", facts="…", by=teacher, now=NOON)
    said = Notification.objects.filter(params__step="confirm_receipt")
    assert said
    assert set(said.values_list("urgent", "asks_receipt")) == {(True, True)}


# --- On the page -------------------------------------------------------------------------------------------------------------------


def test_the_list_asks_for_it_above_everything_else_until_it_is_given(client: Client, reader: Any, assigned: Make) -> None:
    client.force_login(reader)
    notify_many([assigned(reader, "1", receipt=True), assigned(reader, "2")])
    mark_all_read(reader)
    said = Notification.objects.get(key="1")
    address = reverse("notifications:acknowledge", args=[said.pk])

    page = client.get("/notifications/")
    assert [entry["receipt_url"] for day in page.context["awaited"] for entry in day.entries] == [address]
    assert address in page.content.decode()
    assert client.get(address).status_code == 405

    answer = client.post(address, follow=True)
    assert not answer.context["awaited"]
    details = [entry["detail"] for day in answer.context["read"] for entry in day.entries]
    assert sorted(map(bool, details)) == [False, True]


def test_nobody_confirms_for_somebody_else(client: Client, reader: Any, colleague: Any, assigned: Make) -> None:
    client.force_login(colleague)
    notify(assigned(reader, receipt=True))
    assert client.post(reverse("notifications:acknowledge", args=[Notification.objects.get().pk])).status_code == 404
    assert Notification.objects.awaited().exists()
