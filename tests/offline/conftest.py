"""A teacher with children, a phone, and a line that can be bad."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import people
from tests.offline.faults import Line, bad_line
from tests.offline.handset import Handset

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

__all__ = ["people"]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "zh-CN"}


@pytest.fixture
def line() -> Iterator[Line]:
    with bad_line() as made:
        yield made


@pytest.fixture
def server(live_server: LiveServer) -> str:
    return live_server.url.replace("localhost", "127.0.0.1")


@pytest.fixture
def children(place: Place, people: dict[str, User]) -> list[Case]:
    """Three children of the teacher's class, each with a first visit to be made."""
    from cases.register.opening import open_case
    from tests.factories import make_guardian, make_student

    now = timezone.now() - timedelta(days=1)
    found = []
    for name in ("张小一", "李小二", "王小三"):
        student = make_student(place, name=name)
        make_guardian(student)
        last = (now - timedelta(days=8)).date()
        found.append(open_case(student, channel="attendance", last_attended_on=last, reason="tired_of_school", by=people["teacher"], now=now))
    return found


@pytest.fixture
def phone(chromium: Browser, server: str, line: Line) -> Iterator[Callable[..., Handset]]:
    """`phone()` is a phone that nobody has used yet."""
    opened: list[BrowserContext] = []

    def take(**more: Any) -> Handset:
        context = chromium.new_context(**PHONE | more)
        opened.append(context)
        return Handset(context, server)

    yield take
    line.calm()
    for context in opened:
        context.close()


@pytest.fixture
def handset(phone: Callable[..., Handset], children: list[Case]) -> Handset:
    """The teacher's phone: logged in, with a PIN and the work list."""
    return phone().set_up("teacher")
