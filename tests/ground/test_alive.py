"""Health of a container, as docker-compose.yml asks for it."""

import os
import time
from pathlib import Path

import pytest

from project.deploy.alive import SILENCE, written_lately


@pytest.mark.parametrize("ending", ["", ".db"])
def test_beat_is_well_while_it_writes_its_schedule_whatever_ending_python_gives_the_file(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"beat-schedule{ending}").touch()
    assert written_lately(tmp_path / "beat-schedule")


def test_beat_is_not_well_without_a_schedule(tmp_path: Path) -> None:
    assert not written_lately(tmp_path / "beat-schedule")


def test_beat_is_not_well_when_its_schedule_is_old(tmp_path: Path) -> None:
    schedule = tmp_path / "beat-schedule"
    schedule.touch()
    long_ago = time.time() - SILENCE - 1
    os.utime(schedule, (long_ago, long_ago))
    assert not written_lately(schedule)
