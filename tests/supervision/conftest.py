from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from cases.supervision.models import SupervisionOrder
    from tests.factories import Place


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def order(case: Case, place: Place, everybody: list[User], conference: User, noon: datetime) -> SupervisionOrder:
    """The conference's office orders the school to act, with five days to answer."""
    from cases.supervision.services import issue_order

    return issue_order(case, **words(place, noon), by=conference, now=noon)


def words(place: Place, now: datetime, **more: Any) -> dict[str, Any]:
    """What the form of an order hands over."""
    return {"addressee": place.school, "demand": "三日内完成家访并报送结果。", "answer_by": now.date() + timedelta(days=5)} | more


Clock = Callable[[datetime], None]
