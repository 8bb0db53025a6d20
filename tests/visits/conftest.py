from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def own_shelf(settings: Settings, tmp_path: Path) -> Path:
    """Uploads of this test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
