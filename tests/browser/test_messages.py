"""The pages about messages at a desk and on a phone: receipts, wishes, gateways and the log of what left."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notifications import gateways
from notifications.clock import now
from notifications.models import Delivery, DeliveryState, Gateway, Notification
from notifications.services import Message, notify_many
from tests.browser import axe
from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from cases.directory.models import User

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("KC_SHOTS", "")  # a folder for pictures of what was looked at
SMS = {"format": "json", "body": {"to": "{phone}", "say": "{text} {link}"}, "header": "Authorization", "header_value": "Bearer {token}"}
PAGES = {
    "county": {"list": "/notifications/", "wishes": "/notifications/preferences/"},
    "admin": {
        "log": "/notifications/deliveries/",
        "log-all": "/notifications/deliveries/?state=all",
        "log-none": "/notifications/deliveries/?state=dropped",
        "gateways": "/notifications/gateways/",
        "wecom": "/notifications/gateways/new/wecom/",
        "dingtalk": "/notifications/gateways/new/dingtalk/",
        "sms": "/notifications/gateways/new/sms/",
    },
}


@pytest.fixture
def messages(people: dict[str, User]) -> None:
    """Two groups and a provider; something of every state in the log; something that waits for a receipt."""
    admin, county = people["admin"], people["county"]
    county.phone, county.email = "13800000001", "zhangwei@jianghan.example"
    county.save()
    area = admin.posts()[0].organisation.area_id
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("wecom", "控辍保学工作群", {"usual": True, "per_minute": 20}),
        ("dingtalk", "乡镇分管领导群", {"per_minute": 20}),
        ("sms", "移动云短信", {"options": SMS}),
        ("wecom", "旧群", {"active": False}),
    ]
    for kind, name, more in rows:
        fields = {"name": name, "address": "https://gate.example/robot/send", "area": area} | more
        gateways.enter(Gateway(kind=kind), fields, {"token": "t", "secret": "s"}, by=admin, now=now())
    Gateway.objects.filter(name="控辍保学工作群").update(tried_at=now())
    Gateway.objects.filter(name="移动云短信").update(tried_at=now(), tried_result="HTTP 401")
    params = {"case": "420106-2026-0001", "step": "school_persuasion"}
    notify_many(
        [
            Message(county.pk, "escalated", params | {"days": 6}, "/tasks/1/", "fire:1:1:4:1", urgent=True, receipt=True),
            Message(county.pk, "task_assigned", params | {"step": "confirm_receipt", "due": "2026-11-24T10:00:00+08:00"}, "/tasks/2/", "assigned:2:1",
                    urgent=True, receipt=True),
            Message(county.pk, "escalated", params | {"days": 3}, "/tasks/3/", "fire:3:1:3:1"),
            Message(county.pk, "summary", {"overdue": 3, "due_today": 2, "unread": 5}, "/", "summary:1"),
        ]
    )  # fmt: skip
    read = Notification.objects.get(key="fire:3:1:3:1")
    Notification.objects.filter(pk=read.pk).update(read_at=now(), asks_receipt=True, acknowledged_at=now())
    states = [
        {"state": DeliveryState.DEAD, "attempts": 31, "last_error": "errcode 93000", "next_at": None},
        {"state": DeliveryState.DEAD, "attempts": 30, "last_error": "ConnectionRefusedError", "next_at": None},
        {"attempts": 2, "last_error": "TimeoutError", "unsure": True},
        {"state": DeliveryState.SENT, "attempts": 1, "sent_at": now(), "next_at": None},
    ]
    for row, state in zip(Delivery.objects.order_by("pk"), states, strict=False):
        Delivery.objects.filter(pk=row.pk).update(**state)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("username", list(PAGES))
@pytest.mark.usefixtures("messages")
def test_every_page_about_messages_is_sound(visit: Visit, username: str, width: int, language: str) -> None:
    visitor = visit(username, width=width, language=language)
    faults = {}
    for name, address in PAGES[username].items():
        visitor.go(address)
        faults[name] = visitor.faults() + axe.violations(visitor.page)
        if SHOTS:
            visitor.page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{language}.png", full_page=True)
    assert faults == {name: [] for name in PAGES[username]}


@pytest.mark.usefixtures("messages")
def test_a_receipt_is_one_tap(visit: Visit) -> None:
    visitor = visit("county", width=390)
    visitor.go("/notifications/")
    visitor.page.click("form[action$='/acknowledge/'] button >> nth=0")
    visitor.page.wait_for_url("**/notifications/")
    assert Notification.objects.awaited().count() == 1
    assert visitor.faults() == []


@pytest.mark.usefixtures("messages")
def test_what_was_given_up_is_filtered_ticked_and_sent_again(visit: Visit) -> None:
    visitor = visit("admin")
    visitor.go("/notifications/deliveries/")
    with visitor.page.expect_response("**/deliveries/?*state=dead*"):
        visitor.page.select_option("[name=state]", "dead")
    visitor.page.wait_for_function("document.querySelectorAll('#log tbody tr').length === 2")
    visitor.page.check("[name=delivery] >> nth=0")
    visitor.page.click("#log button:not([name=all])")
    visitor.page.wait_for_selector("[role=status], .kc-messages, .kc-note")
    assert Delivery.objects.filter(state=DeliveryState.DEAD).count() == 1
    assert visitor.faults() == []
