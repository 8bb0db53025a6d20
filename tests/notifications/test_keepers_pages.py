"""The pages of whoever runs the system: gateways, and the log of what left."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from notifications.delivery import deliver_due
from notifications.models import Delivery, DeliveryState, Gateway, Notification
from notifications.services import Message, notify_many
from tests.notifications.conftest import Enter
from tests.notifications.webserver import WebServer

Make = Callable[..., Message]
GATEWAYS = "/notifications/gateways/"
LOG = "/notifications/deliveries/"

SMS = {
    "name": "Provider", "address": "https://sms.example/send", "token": "t-0k", "area": "420106", "organisation": "", "active": "on",
    "format": "json", "body": '{"mobile": "{phone}", "content": "{text}"}', "header": "Authorization", "header_value": "Bearer {token}",
    "answer_field": "", "answer_value": "",
}  # fmt: skip
ROBOT = {
    "name": "Group", "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1", "token": "", "area": "420106", "organisation": "",
    "per_minute": "20", "active": "on",
}  # fmt: skip


@pytest.fixture
def door(client: Client, admin: Any) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def area(admin: Any) -> str:
    return str(admin.posts()[0].organisation.area_id)


def test_nobody_else_finds_the_gateways(client: Client, county: Any, enter: Enter) -> None:
    gateway = enter("wecom")
    client.force_login(county)
    for address in (GATEWAYS, f"{GATEWAYS}new/wecom/", f"{GATEWAYS}{gateway.pk}/"):
        assert client.get(address).status_code == 404
    assert client.post(reverse("notifications:gateway_test", args=[gateway.pk])).status_code == 404
    client.logout()
    assert client.get(GATEWAYS).status_code == 302


def test_a_whole_webhook_address_is_taken_apart_and_its_key_never_shown(door: Client, area: str) -> None:
    assert door.post(f"{GATEWAYS}new/wecom/", ROBOT | {"area": area}).status_code == 302
    gateway = Gateway.objects.get()
    assert (gateway.address, gateway.secrets()) == ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", {"token": "k-1"})
    for page in (GATEWAYS, f"{GATEWAYS}{gateway.pk}/"):
        assert "k-1" not in door.get(page).content.decode()


def test_dingtalk_wants_a_signing_secret(door: Client, area: str) -> None:
    given = ROBOT | {"area": area, "address": "https://oapi.dingtalk.com/robot/send?access_token=a-1", "secret": ""}
    assert "secret" in door.post(f"{GATEWAYS}new/dingtalk/", given).context["form"].errors
    assert door.post(f"{GATEWAYS}new/dingtalk/", given | {"secret": "SEC1"}).status_code == 302
    assert Gateway.objects.get().secrets() == {"token": "a-1", "secret": "SEC1"}


def test_a_secret_stays_when_nothing_is_entered_but_not_for_a_new_address(door: Client, area: str) -> None:
    door.post(f"{GATEWAYS}new/sms/", SMS | {"area": area})
    gateway = Gateway.objects.get()
    page = f"{GATEWAYS}{gateway.pk}/"
    assert door.post(page, SMS | {"area": area, "token": "", "name": "Renamed"}).status_code == 302
    gateway.refresh_from_db()
    assert (gateway.name, gateway.secrets()) == ("Renamed", {"token": "t-0k"})

    elsewhere = SMS | {"area": area, "token": "", "address": "https://other.example/"}
    assert "token" in door.post(page, elsewhere).context["form"].errors
    assert door.post(page, elsewhere | {"token": "new"}).status_code == 302
    gateway.refresh_from_db()
    assert gateway.secrets() == {"token": "new"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "ftp://sms.example/"),
        ("address", "http://user:pass@sms.example/"),
        ("area", "999999"),
        ("area", "42%"),
        ("organisation", "No such office"),
        ("body", "{not json"),
        ("body", "[]"),
        ("body", '{"mobile": "{phone}"}'),
        ("body", '{"mobile": "{phone}", "content": "{text} {name}"}'),
        ("header", "X: y"),
        ("header_value", "Bearer\r\nX: y"),
        ("header_value", "{phone}"),
        ("token", "钥匙"),
        ("per_minute", "0"),
    ],
)
def test_what_cannot_work_is_said_before_it_is_kept(door: Client, area: str, field: str, value: str) -> None:
    answer = door.post(f"{GATEWAYS}new/sms/", SMS | {"area": area, field: value})
    assert field in answer.context["form"].errors
    assert not Gateway.objects.exists()


def test_a_gateway_may_serve_one_organisation_by_its_name(door: Client, area: str, place: Any) -> None:
    assert door.post(f"{GATEWAYS}new/wecom/", ROBOT | {"area": area, "organisation": place.township.name}).status_code == 302
    assert Gateway.objects.get().organisation_id == place.township.pk
    assert place.township.name in door.get(GATEWAYS).content.decode()
    assert place.township.name in door.get(f"{GATEWAYS}{Gateway.objects.get().pk}/").content.decode()


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "sms"])
def test_a_test_message_says_what_came_of_it(door: Client, admin: Any, enter: Enter, there: WebServer, kind: str) -> None:
    admin.phone = "13800000009"
    admin.save()
    gateway = enter(kind)
    button = reverse("notifications:gateway_test", args=[gateway.pk])
    door.post(button)
    assert len(there.taken) == 1
    gateway.refresh_from_db()
    assert (gateway.tried_at is not None, gateway.tried_result) == (True, "")

    there.mood = "401"
    assert "token-1" not in door.post(button, follow=True).content.decode()
    gateway.refresh_from_db()
    assert gateway.tried_result == "HTTP 401"
    assert len(there.taken) == 1
    assert not Delivery.objects.exists()
    assert not Notification.objects.exists()


def test_a_test_by_text_message_needs_ones_own_number(door: Client, enter: Enter, there: WebServer) -> None:
    door.post(reverse("notifications:gateway_test", args=[enter("sms").pk]))
    assert there.knocks == 0


def test_the_pages_keep_their_budget(
    door: Client, enter: Enter, officer: Any, assigned: Make, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        enter("wecom", name=f"{number}")
    gateway = enter("sms")
    notify_many([assigned(officer, f"{n}") for n in range(40)])
    deliver_due(30)
    for page in (GATEWAYS, LOG, f"{LOG}?state=all", f"{GATEWAYS}{gateway.pk}/", "/notifications/preferences/", "/notifications/"):
        door.get(page)
        with django_assert_max_num_queries(8):
            assert door.get(page).status_code == 200


# --- The log -----------------------------------------------------------------------------------------------------------------------


def rows(page: Any) -> set[str]:
    return {delivery.key for delivery in page.context["page"]}


def test_the_log_is_filtered_by_state_channel_and_day(door: Client, enter: Enter, there: WebServer, officer: Any, assigned: Make, clock: Any) -> None:
    enter("wecom")
    enter("sms")
    clock(timedelta(days=-1))
    notify_many([assigned(officer, "yesterday")])
    deliver_due()
    clock(timedelta())
    notify_many([assigned(officer, "today")])
    there.mood = "500"
    deliver_due()

    assert rows(door.get(LOG)) == {"today:wecom", "today:sms"}
    assert rows(door.get(LOG, {"channel": "sms"})) == {"today:sms"}
    assert rows(door.get(LOG, {"state": "sent"})) == set()  # of today
    assert rows(door.get(LOG, {"state": "unsure"})) == {"today:wecom", "today:sms"}
    day = timezone.localdate(Delivery.objects.get(key="yesterday:sms").created_at).isoformat()
    assert rows(door.get(LOG, {"state": "sent", "day": day})) == {"yesterday:wecom", "yesterday:sms"}
    assert rows(door.get(LOG, {"state": "nonsense", "channel": "pigeon", "day": "x"})) == {"today:wecom", "today:sms"}


def test_everything_that_was_given_up_is_tried_again_with_one_button(door: Client, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    enter("sms")
    notify_many([assigned(officer, f"{n}") for n in range(60)])
    Delivery.objects.update(state=DeliveryState.DEAD, next_at=None)
    again = reverse("notifications:again")
    door.post(again)
    assert Delivery.objects.filter(state=DeliveryState.WAITING).count() == 0
    door.post(again, {"all": "1", "channel": "sms"})
    assert Delivery.objects.filter(state=DeliveryState.WAITING).count() == 60
    door.post(again, {"all": "1", "channel": ""})
    assert Delivery.objects.filter(state=DeliveryState.WAITING).count() == 120


# --- The wishes --------------------------------------------------------------------------------------------------------------------


def test_i_choose_channels_nights_and_the_summary(client: Client, enter: Enter, officer: Any) -> None:
    enter("wecom")
    enter("sms")
    client.force_login(officer)
    address = reverse("notifications:preferences")
    page = client.get(address)
    assert {"wecom", "sms", "urgent_wecom", "urgent_sms", "daily", "quiet", "quiet_from", "quiet_until"} == set(page.context["form"].fields)

    given = {"wecom": "on", "urgent_sms": "on", "daily": "on", "quiet": "on", "quiet_from": "22:30", "quiet_until": "06:00"}
    assert client.post(address, given).status_code == 302
    chosen = officer.preference
    assert (chosen.channels, chosen.urgent_channels, chosen.daily) == (["wecom"], ["sms"], True)
    assert (str(chosen.quiet_from), str(chosen.quiet_until)) == ("22:30:00", "06:00:00")
    assert 'value="22:30"' in client.get(address).content.decode()

    client.post(address, {"wecom": "on"})
    chosen.refresh_from_db()
    assert chosen.quiet_from == chosen.quiet_until
    assert "quiet_from" in client.post(address, {"quiet": "on", "quiet_from": "late"}).context["form"].errors
