"""The table beside the slow count, at full size: many worlds, many questions. Run by `make prove-ledger`."""

from __future__ import annotations

from random import Random

import pytest

from cases.ledger.checking import differences
from tests.factories import Place
from tests.ledger.comparing import faults
from tests.ledger.histories import World

WORLDS, CHILDREN, QUESTIONS = 8, 300, 150


@pytest.mark.parametrize("seed", range(WORLDS))
def test_no_history_and_no_question_finds_a_difference(place: Place, seed: int) -> None:
    world = World(place, Random(seed))
    for _ in range(3):
        world.live(CHILDREN // 3)
        assert [fault for _ in range(QUESTIONS // 3) for fault in faults(world, world.question())] == []
    assert differences() == []
