from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from notifications import gateways
from notifications.channels import http
from notifications.clock import now
from notifications.models import Gateway
from notifications.services import Message
from tests.cast import SHANGHAI
from tests.notifications.webserver import WebServer, open_web_server

Enter = Callable[..., Gateway]


@pytest.fixture
def clock(db: None) -> Iterator[Callable[[datetime | timedelta], None]]:
    """Set the engine's clock: to a moment, or to a while after today's noon, so that no test depends on the hour in which it runs."""
    ahead = datetime.now(SHANGHAI).replace(hour=12, minute=0, second=0) - datetime.now(SHANGHAI)

    def turn(moment: datetime | timedelta) -> None:
        put(ahead + moment if isinstance(moment, timedelta) else moment - datetime.now(UTC))

    def put(distance: timedelta) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT engine_clock_set(make_interval(secs => %s))", [distance.total_seconds()])

    yield turn
    put(timedelta())


@pytest.fixture(autouse=True)
def _by_day(request: pytest.FixtureRequest) -> None:
    """Nothing waits for the morning unless a test says that it is night."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("clock")(timedelta())


@pytest.fixture
def reader(db: None) -> Any:
    return get_user_model().objects.create(username="t1", name="T", email="reader@school.example")


@pytest.fixture
def colleague(db: None) -> Any:
    return get_user_model().objects.create(username="c1", name="C")


@pytest.fixture
def assigned() -> Callable[..., Message]:
    def make(person: Any, key: str = "assigned:1", **changes: Any) -> Message:
        fields: dict[str, Any] = {
            "recipient_id": person.pk,
            "message": "task_assigned",
            "params": {"case": "420106-2026-0001", "step": "first_visit", "due": "2026-09-17"},
            "link": "/tasks/1/",
            "key": key,
        }
        return Message(**{**fields, **changes})

    return make


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """Somebody's gateway; nobody waits for it as long as in earnest."""
    monkeypatch.setattr(http, "CONNECT", 0.4)
    monkeypatch.setattr(http, "READ", 0.4)
    monkeypatch.setattr(http, "TOTAL", 0.8)
    with open_web_server() as server:
        yield server


@pytest.fixture
def enter(admin: Any, there: WebServer) -> Enter:
    """A gateway of a kind that serves the whole county, or whom is named."""

    def make(kind: str, address: str = "", secret: str = "SECret", **changes: Any) -> Gateway:
        options = {
            "format": "json",
            "body": {"to": "{phone}", "say": ["{text}", "{link}"], "id": "{key}"},
            "header": "Authorization",
            "header_value": "Bearer {token}",
            "knows_key": False,
        }
        fields = {
            "name": kind,
            "address": address or there.address,
            "area": admin.posts()[0].organisation.area_id,
            "organisation_id": None,
            "options": options if kind == "sms" else {},
            "usual": True,
            "per_minute": None,
            "active": True,
        }
        secrets = {"token": "token-1"} | ({"secret": secret} if kind == "dingtalk" else {})
        return gateways.enter(Gateway(kind=kind), fields | changes, secrets, by=admin, now=now())

    return make


@pytest.fixture
def officer(township: Any, settings: Any) -> Any:
    """Somebody with a post and a mobile number, and no e-mail address."""
    settings.KC_PUBLIC_URL = "https://kc.county.example"
    township.phone = "13800000001"
    township.save()
    return township
