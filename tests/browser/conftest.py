"""A real browser against a real server on 127.0.0.1, and people who log in as people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import PASSWORD, Visitor

if TYPE_CHECKING:
    from cases.directory.models import User

NAMES = {
    "teacher": "吴艳", "other-teacher": "郑洁", "principal": "向国强", "village": "谭明秀", "township": "王建国", "township-head": "谭军",
    "county": "张伟", "county-2": "李芳", "county-head": "黄晓梅", "convener": "刘志远", "conference": "陈静", "police": "周敏",
    "civil-affairs": "朱强", "justice": "田勇", "prefecture": "杨帆", "province": "李文华", "inspector": "赵明", "admin": "孙立",
    "security": "马超", "auditor": "胡颖",
}  # fmt: skip


@pytest.fixture
def people(everybody: list[User], other_teacher: User, settings: Settings, tmp_path: Path) -> dict[str, User]:
    """Everybody, with a name as people have them and with a password; their uploads lie in a folder of the test's own."""
    from django.contrib.auth.hashers import make_password

    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the strength of the real one is tested elsewhere
    found = {user.username: user for user in [*everybody, other_teacher]}
    for user in found.values():
        user.name, user.password, user.must_change_password = NAMES[user.username], make_password(PASSWORD), False
        user.save()
    return found


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, people: dict[str, User]) -> Iterator[Visit]:
    """`visit("teacher")` is a teacher who has logged in; `visit()` somebody in front of the log-in page."""
    opened = []

    def come(username: str = "", *, width: int = 1440, language: str = "zh-hans", **context: Any) -> Visitor:
        if username and people[username].language != language:
            people[username].language = language
            people[username].save(update_fields=["language"])
        visitor = Visitor(chromium, live_server.url.replace("localhost", "127.0.0.1"), width=width, language=language, **context)
        opened.append(visitor)
        if username:
            visitor.log_in(username)
        return visitor

    yield come
    for visitor in opened:
        visitor.context.close()
