from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from notifications.models import Delivery, DeliveryState, Notification
from notifications.services import Message, notify, notify_many, unread_count
from notifications.wishes import chosen

Make = Callable[..., Message]
LIST = "/notifications/"


@pytest.fixture
def door(client: Client, reader: Any) -> Client:
    client.force_login(reader)
    return client


def test_the_list_shows_what_was_said_to_me_unread_first(door: Client, reader: Any, colleague: Any, assigned: Make, clock: Any) -> None:
    notify_many([assigned(reader, "old"), assigned(colleague, "not mine", params={"case": "X-9", "step": "first_visit", "due": "2026-09-17"})])
    Notification.objects.filter(key="old").update(read_at="2026-09-16T12:00Z")
    clock(timedelta(days=1))
    notify(assigned(reader, "new", message="relapse", params={"case": "X-1"}))

    page = door.get(LIST)

    assert [entry["text"] for day in page.context["unread"] for entry in day.entries] == [wording(reader, "new")]
    assert [entry["text"] for day in page.context["read"] for entry in day.entries] == [wording(reader, "old")]
    assert "X-9" not in page.content.decode()


def wording(reader: Any, key: str) -> str:
    from notifications.messages import word

    said = Notification.objects.get(key=key, recipient=reader)
    return word(said.message, said.params)


def test_a_long_list_costs_no_more_than_a_short_one(
    door: Client, reader: Any, assigned: Make, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    notify_many([assigned(reader, f"{n}") for n in range(120)])
    door.get(LIST)  # the session is written once
    with django_assert_max_num_queries(8):
        page = door.get(LIST)
    assert len(page.context["page"]) == 50
    assert len(door.get(LIST, {"page": "3"}).context["page"]) == 20


def test_opening_leads_to_the_task_and_counts_as_read(door: Client, reader: Any, assigned: Make) -> None:
    notify(assigned(reader))
    said = Notification.objects.get()

    answer = door.get(reverse("notifications:open", args=[said.pk]))

    assert (answer.status_code, answer["Location"]) == (302, "/tasks/1/")
    assert unread_count(reader) == 0


def test_what_was_said_to_somebody_else_is_not_there(door: Client, colleague: Any, assigned: Make) -> None:
    notify(assigned(colleague))
    said = Notification.objects.get()
    assert door.get(reverse("notifications:open", args=[said.pk])).status_code == 404
    door.post(reverse("notifications:read"))
    assert unread_count(colleague) == 1


def test_all_that_was_shown_is_marked_and_what_came_meanwhile_is_not(door: Client, reader: Any, assigned: Make) -> None:
    notify(assigned(reader, "shown"))
    newest = door.get(LIST).context["newest"]
    notify(assigned(reader, "came meanwhile"))

    door.post(reverse("notifications:read"), {"up_to": newest})

    assert [said.key for said in Notification.objects.visible_to(reader).unread()] == ["came meanwhile"]


def test_nobody_without_a_name_reads_anything(client: Client) -> None:
    for name in ["list", "preferences", "deliveries"]:
        assert client.get(reverse(f"notifications:{name}")).status_code == 302
    assert client.get(reverse("notifications:read")).status_code == 405


def test_an_empty_list_says_so(door: Client) -> None:
    assert "kc-empty" in door.get(LIST).content.decode()


def test_i_choose_how_i_am_told(door: Client, reader: Any, assigned: Make) -> None:
    address = reverse("notifications:preferences")
    assert chosen(reader) == []
    assert door.post(address, {"email": "on", "pigeon": "on"}).status_code == 302
    assert chosen(reader) == ["email"]
    assert "checked" in door.get(address).content.decode()
    notify(assigned(reader, "1"))
    door.post(address, {})
    notify(assigned(reader, "2"))
    assert [delivery.key for delivery in Delivery.objects.all()] == ["1:email"]


def test_a_channel_that_does_not_reach_me_is_not_offered(client: Client, colleague: Any) -> None:
    client.force_login(colleague)
    page = client.get(reverse("notifications:preferences"))
    assert not page.context["form"].fields
    client.post(reverse("notifications:preferences"), {"email": "on"})
    assert chosen(colleague) == []


def test_whoever_runs_the_system_sees_what_is_stuck_and_nobody_else(door: Client, client: Client, admin: Any, reader: Any, assigned: Make) -> None:
    notify(assigned(reader, channels=["email"]))
    Delivery.objects.update(state=DeliveryState.DEAD, attempts=30, last_error="TimeoutError", next_at=None)
    page, again = reverse("notifications:deliveries"), reverse("notifications:again")
    stuck = Delivery.objects.get()
    assert door.get(page).status_code == 404
    assert door.post(again, {"delivery": [stuck.pk]}).status_code == 404

    client.force_login(admin)
    text = client.get(page).content.decode()
    assert "TimeoutError" in text
    assert "420106-2026-0001" not in text
    assert client.post(again, {"delivery": [stuck.pk, "x"]}).status_code == 302
    stuck.refresh_from_db()
    assert (stuck.state, stuck.next_at is not None) == (DeliveryState.WAITING, True)
