"""Every fault of the proof at full size: `make prove`. It needs two cores and less than half an hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import Place
from tests.faults.every import EVERY
from tests.faults.size import FULL
from tests.faults.table import Table
from workflows import policies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]


@pytest.mark.parametrize("fault", EVERY)
def test_nothing_is_lost_and_nothing_doubled(fault: str, place: Place, table: Table, tmp_path: Path) -> None:
    policies.invalidate()
    EVERY[fault](place, table, tmp_path, FULL)
