"""Real requests to a server that refuses, hangs, falls over, says no, answers late and answers twice."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from notifications import gateways
from notifications.channels.base import Offer
from notifications.channels.dingtalk import sign
from notifications.channels.http import BadAddress, check
from notifications.clock import now
from notifications.delivery import deliver_due
from notifications.models import Delivery, DeliveryState, Gateway, Notification
from notifications.places import Place
from notifications.sealing import CannotOpen
from notifications.services import Message, notify, notify_many
from tests.notifications.conftest import Enter
from tests.notifications.webserver import Letter, WebServer

Make = Callable[..., Message]
Clock = Callable[[timedelta], None]
KINDS = ["wecom", "dingtalk", "sms"]


def only() -> Delivery:
    return Delivery.objects.get()


def text_of(letter: Letter) -> str:
    said = letter.json
    return str(said["say"][0] if "say" in said else said["text"]["content"])


# --- What is said ------------------------------------------------------------------------------------------------------------------


def test_a_wecom_robot_calls_the_person_and_names_no_child(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    notify(assigned(officer))
    assert deliver_due() == 1

    (letter,) = there.taken
    assert letter.query == {"key": "token-1"}
    text = letter.json["text"]["content"]
    assert text.startswith(f"致{officer.name}：") or officer.name in text
    assert "420106-2026-0001" in text
    assert text.endswith(f"https://kc.county.example/notifications/{Notification.objects.get().pk}/open/")
    assert letter.json["text"]["mentioned_mobile_list"] == ["13800000001"]
    assert (only().state, only().attempts, only().unsure) == (DeliveryState.SENT, 1, False)


def test_a_dingtalk_robot_gets_a_signed_request(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("dingtalk")
    notify(assigned(officer))
    assert deliver_due() == 1

    (letter,) = there.taken
    assert letter.query["access_token"] == "token-1"
    assert abs(int(letter.query["timestamp"]) / 1000 - time.time()) < 60
    assert letter.query["sign"] == sign(letter.query["timestamp"], "SECret")
    assert letter.json["at"] == {"atMobiles": ["13800000001"], "isAtAll": False}


def test_the_sign_is_the_one_that_the_service_computes() -> None:
    # HMAC-SHA256 of "1577262236757\nthis is secret" under "this is secret", computed with openssl
    assert sign("1577262236757", "this is secret") == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="


@pytest.mark.parametrize("form", ["json", "form"])
def test_a_provider_gets_what_its_template_says(there: WebServer, enter: Enter, officer: Any, assigned: Make, form: str) -> None:
    body = {"to": "{phone}", "say": '【控辍保学】{text} "{link}"', "id": "{key}"}
    enter("sms", options={"format": form, "body": body, "header": "X-Token", "header_value": "{token}"})
    notify(assigned(officer))
    assert deliver_due() == 1

    (letter,) = there.taken
    if form == "json":
        fields = letter.json
    else:
        from urllib.parse import parse_qs

        fields = {name: values[0] for name, values in parse_qs(letter.body.decode()).items()}
    assert fields["to"] == "13800000001"
    assert fields["say"].startswith("【控辍保学】")
    assert "https://kc.county.example/" in fields["say"]
    assert letter.headers["x-token"] == "token-1"
    assert letter.headers["idempotency-key"] == fields["id"]


def test_a_value_is_never_read_as_a_part_of_the_template(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("sms")
    officer.phone = '{token}", "x": "'
    officer.save()
    notify(assigned(officer))
    deliver_due()
    assert there.taken[0].json["to"] == '{token}", "x": "'


# --- What goes wrong ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("mood", "error", "unsure"),
    [
        ("closed", "ConnectionRefusedError", False),
        ("hang", "TimeoutError", True),
        ("500", "HTTP 500", True),
        ("503", "HTTP 503", False),
        ("401", "HTTP 401", False),
        ("elsewhere", "HTTP 302", False),
        ("vanish", "RemoteDisconnected", True),
        ("drip", None, True),
    ],
)
def test_every_kind_of_trouble_is_tried_again_and_what_may_have_arrived_is_labelled(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock, kind: str, mood: str, error: str | None, unsure: bool
) -> None:
    enter(kind)
    notify(assigned(officer))
    there.mood = mood
    if mood == "closed":
        there.close()
    assert deliver_due() == 0
    assert (only().state, only().attempts, only().unsure) == (DeliveryState.WAITING, 1, unsure)
    assert error is None or only().last_error == error
    arrived = len(there.taken)

    there.mood = "accept"
    if mood == "closed":
        there.open()
    clock(timedelta(minutes=1))
    assert deliver_due() == 1
    assert deliver_due() == 0
    assert len(there.taken) == arrived + 1
    assert ("（可能重复）" in text_of(there.taken[-1]) or "(possibly sent before)" in text_of(there.taken[-1])) is unsure
    assert only().unsure is unsure  # on record for the log


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
@pytest.mark.parametrize("code", [45009, 93000, 310000])
def test_a_robot_that_says_no_is_not_asked_for_the_next_line(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock, kind: str, code: int
) -> None:
    enter(kind)
    notify_many([assigned(officer, f"{n}") for n in range(5)])
    there.mood = f"errcode {code}"
    deliver_due()
    assert there.knocks == 1
    assert Delivery.objects.filter(last_error=f"errcode {code}", unsure=False).count() == 1

    there.mood = "accept"
    clock(timedelta(minutes=1))
    assert deliver_due() == 5
    assert len(there.taken) == 5


def test_an_answer_that_cannot_be_read_may_have_been_a_yes(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    notify(assigned(officer))
    there.mood = "babble"
    assert deliver_due() == 0
    assert (only().last_error, only().unsure) == ("BadAnswer", True)


def test_a_provider_that_refuses_one_number_goes_on_with_the_next(there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock) -> None:
    options = {"format": "json", "body": {"to": "{phone}", "say": ["{text}"]}, "answer_field": "code", "answer_value": "0"}
    enter("sms", options=options)
    notify_many([assigned(officer, f"{n}") for n in range(3)])
    there.mood = "errcode 160042"  # answers 200, and no in a field
    deliver_due()
    assert there.knocks == 3
    assert set(Delivery.objects.values_list("last_error", "unsure")) == {("answer 160042", False)}
    there.mood = "accept"
    clock(timedelta(minutes=1))
    assert deliver_due() == 3


@pytest.mark.parametrize("kind", KINDS)
def test_two_answers_are_one(there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock, kind: str) -> None:
    enter(kind)
    notify(assigned(officer))
    there.mood = "twice"
    assert deliver_due() == 1
    clock(timedelta(days=1))
    assert deliver_due() == 0
    assert len(there.taken) == 1


@pytest.mark.parametrize(("kind", "knows_key"), [("wecom", False), ("dingtalk", False), ("sms", False), ("sms", True)])
def test_a_late_answer_means_once_by_its_key_or_a_labelled_repetition(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock, kind: str, knows_key: bool
) -> None:
    gateway = enter(kind)
    if knows_key:
        there.knows_keys = True
        Gateway.objects.update(options=gateway.options | {"knows_key": True})
    notify(assigned(officer))
    there.mood = "late"
    assert deliver_due() == 0
    there.mood = "accept"
    clock(timedelta(minutes=1))
    assert deliver_due() == 1

    assert only().state == DeliveryState.SENT
    assert only().unsure
    if knows_key:
        assert len(there.taken) == 1
        return
    first, second = map(text_of, there.taken)
    assert "420106-2026-0001" in first
    assert first in second or first.split("\n", maxsplit=1)[0] in second
    assert "（可能重复）" in second or "(possibly sent before)" in second


def test_a_gateway_that_drips_keeps_nobody_waiting(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    notify_many([assigned(officer, f"{n}") for n in range(3)])
    there.mood = "drip"
    begun = time.monotonic()
    deliver_due()
    assert time.monotonic() - begun < 2
    assert there.knocks == 1


def test_one_gateway_that_is_down_delays_no_other(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom", "http://127.0.0.1:9/")
    enter("dingtalk")
    notify_many([assigned(officer, f"{n}") for n in range(4)])
    assert deliver_due() == 4
    assert Delivery.objects.filter(channel="wecom", attempts=1).count() == 1
    assert Delivery.objects.filter(channel="wecom", attempts=0).count() == 3


def test_a_robot_gets_no_more_a_minute_than_it_takes(there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock) -> None:
    enter("wecom", per_minute=3)
    notify_many([assigned(officer, f"{n}") for n in range(7)])
    assert [deliver_due(), deliver_due()] == [3, 0]
    assert Delivery.objects.filter(state=DeliveryState.WAITING, attempts=0).count() == 4
    clock(timedelta(seconds=61))
    assert deliver_due() == 3
    clock(timedelta(seconds=122))
    assert deliver_due() == 1
    assert len(there.taken) == 7


# --- Whom it serves ----------------------------------------------------------------------------------------------------------------


def test_the_own_organisations_gateway_comes_before_the_areas_and_the_smaller_area_before_the_larger() -> None:
    def offer(pk: int, area: str, organisation: int | None = None, kind: str = "wecom") -> Offer:
        return Offer(pk, kind, area, organisation, usual=True)

    places = [Place(7, "420106001")]
    offered = [offer(1, "42"), offer(2, "420106"), offer(3, "420107"), offer(4, "420106", 8), offer(5, "4201", kind="sms")]
    assert {kind: found.pk for kind, found in gateways.nearest(offered, places).items()} == {"wecom": 2, "sms": 5}
    assert gateways.nearest([*offered, offer(6, "42", 7)], places)["wecom"].pk == 6
    assert gateways.nearest(offered, []) == {}


def test_the_neighbours_are_told_nothing_through_our_gateway(there: WebServer, enter: Enter, officer: Any, stranger: Any, assigned: Make) -> None:
    enter("wecom")
    notify_many([assigned(officer, "1"), assigned(stranger, "2")])
    assert deliver_due() == 1
    assert Delivery.objects.get().notification.recipient == officer


def test_a_text_message_needs_a_number(there: WebServer, enter: Enter, officer: Any, county: Any, assigned: Make) -> None:
    enter("sms")
    assert not county.phone
    notify_many([assigned(officer, "1"), assigned(county, "2")])
    assert Delivery.objects.get().notification.recipient == officer


def test_a_gateway_is_for_urgent_messages_unless_it_says_otherwise(enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom", usual=False)
    notify(assigned(officer, "1"))
    assert not Delivery.objects.exists()
    notify(assigned(officer, "2", urgent=True))
    assert only().channel == "wecom"


def test_what_waited_for_a_gateway_that_was_put_out_of_use_goes_through_the_next(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock
) -> None:
    old = enter("wecom", "http://127.0.0.1:9/")
    notify(assigned(officer))
    old.active = False
    old.save()
    assert deliver_due() == 0
    assert (only().last_error, only().state) == ("NoGateway", DeliveryState.WAITING)

    new = enter("wecom")
    clock(timedelta(minutes=1))
    assert deliver_due() == 1
    assert only().gateway == new


# --- Secrets and addresses ---------------------------------------------------------------------------------------------------------


def test_a_secret_is_sealed_and_opens_for_its_own_address_alone(enter: Enter) -> None:
    gateway = enter("dingtalk")
    assert b"token-1" not in bytes(gateway.sealed)
    assert gateway.secrets() == {"token": "token-1", "secret": "SECret"}
    Gateway.objects.update(address="http://elsewhere.example/")
    with pytest.raises(CannotOpen):
        Gateway.objects.get().secrets()


def test_a_secret_that_does_not_open_stops_its_gateway_and_nothing_else(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    enter("sms")
    Gateway.objects.filter(kind="wecom").update(sealed=b"x:y")
    notify(assigned(officer))
    assert deliver_due() == 1
    assert Delivery.objects.get(channel="wecom").last_error == "CannotOpen"
    assert there.taken[0].json["to"]


def test_an_old_secret_is_never_kept_for_a_new_address(enter: Enter, admin: Any) -> None:
    gateway = enter("wecom")
    gateways.enter(gateway, {"name": "n"}, {"token": ""}, by=admin, now=now())
    assert gateway.secrets() == {"token": "token-1"}
    gateways.enter(gateway, {"address": "https://elsewhere.example/"}, {"token": ""}, by=admin, now=now())
    assert gateway.secrets() == {"token": ""}


def test_a_new_key_seals_the_secrets_again(enter: Enter, settings: Any) -> None:
    enter("wecom")
    with override_settings(KC_FIELD_KEYS={"newer": bytes(32), **settings.KC_FIELD_KEYS}):
        assert (gateways.seal_again(), gateways.seal_again()) == (1, 0)
    with override_settings(KC_FIELD_KEYS={"newer": bytes(32)}):
        assert Gateway.objects.get().secrets() == {"token": "token-1"}


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://gate.example/", "gate.example/send", "https://", "http://user:word@gate.example/", "https://gate.example/#x",
        "https://gate.example/ x", "https://gate.example/\r\nX: y", "https://gate.example:99999/", "https://网关.example/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_no_other_address_is_called(address: str) -> None:
    with pytest.raises(BadAddress):
        check(address)


@pytest.mark.parametrize("address", ["http://169.254.169.254/latest/meta-data/", "http://[fe80::1%25lo]/", "http://0.0.0.0:9/"])
def test_where_machines_keep_their_own_secrets_nobody_calls(
    enter: Enter, officer: Any, assigned: Make, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("wecom", address)
    notify(assigned(officer))
    assert deliver_due() == 0
    assert not only().unsure  # nothing was said


def test_an_address_that_leads_to_such_a_place_is_left_before_anything_is_said(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of the gateway leads to 127.0.0.1, and that counts as link-local here: the connection is closed without a word."""
    import ipaddress

    monkeypatch.setattr(ipaddress.IPv4Address, "is_link_local", property(lambda self: True))
    enter("wecom", there.address.replace("127.0.0.1", "localhost"))
    notify(assigned(officer))
    assert deliver_due() == 0
    assert (only().last_error, there.taken) == ("ForbiddenAddress", [])
