"""A county with its school, its heads and those above, at the day on which reports are drawn up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.cast import SHANGHAI

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Above

Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def autumn(db: None, clock: Clock) -> None:
    """What is told, is told at the beginning of the term."""
    clock(at(2026, 9, 1))


@pytest.fixture
def prefecture_head(above: Above) -> User:
    from tests.factories import make_user

    return make_user("prefecture-head", "prefecture_head", above.prefecture)


@pytest.fixture
def province_head(above: Above) -> User:
    from tests.factories import make_user

    return make_user("province-head", "province_head", above.province)


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)
