from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.cast import NOON


@pytest.fixture(autouse=True)
def _own_shelf(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the strength of the real one is tested elsewhere


@pytest.fixture
def evening(clock: Callable[[datetime], None]) -> datetime:
    """Six hours after the case was opened: the teacher is back where there is a network."""
    moment = NOON + timedelta(hours=6)
    clock(moment)
    return moment
