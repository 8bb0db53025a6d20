from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from tests.journeys.driver import Story
from tests.journeys.roads import Cast

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Student


@pytest.fixture
def story(clock: Callable[[datetime], None], county: User, everybody: list[User], student: Student, settings: Settings, tmp_path: Path) -> Story:
    """Everybody is at work, the child is on a school's roll, and uploads lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    settings.LANGUAGE_CODE = "en"
    return Story(clock, county)


@pytest.fixture
def who(everybody: list[User], other_teacher: User) -> Cast:
    return Cast([*everybody, other_teacher])
