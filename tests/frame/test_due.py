"""A deadline in words, with an icon, and the colour only to repeat them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from project.due import due

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("at", "tone", "words"),
    [
        (NOON - timedelta(days=3), "red", "3 days overdue"),
        (NOON - timedelta(days=1), "red", "1 day overdue"),
        (NOON - timedelta(minutes=1), "red", "Overdue since today"),
        (NOON + timedelta(hours=5), "amber", "Due today"),
        (NOON + timedelta(days=1), "amber", "1 day left"),
        (NOON + timedelta(days=6), "grey", "6 days left"),
    ],
)
def test_a_deadline_says_how_far_it_is(at: Any, tone: Any, words: Any) -> None:
    said = due(at, now=NOON)
    assert (said.tone, said.text) == (tone, words)
    assert said.icon


def test_a_bare_day_lasts_until_its_end() -> None:
    assert due(date(2026, 11, 23), now=NOON).text == "Due today"
    assert due(date(2026, 11, 22), now=NOON).text == "1 day overdue"


def test_days_are_those_of_shanghai_not_of_utc() -> None:
    just_after_midnight = datetime(2026, 11, 24, 0, 30, tzinfo=SHANGHAI)
    assert due(just_after_midnight, now=NOON).text == "1 day left"


def test_what_is_paused_or_done_is_not_called_overdue() -> None:
    long_ago = NOON - timedelta(days=40)
    assert due(long_ago, now=NOON, paused=True).text == "Clock paused"
    assert due(long_ago, now=NOON, done=True).text == "Done"
