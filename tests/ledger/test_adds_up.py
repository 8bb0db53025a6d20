"""The identity of the notice's table after every one of many random operations."""

from __future__ import annotations

from random import Random

import pytest

from tests.factories import Above, make_place
from tests.ledger.operations import OPERATIONS, Unit, Work, adds_up, make_unit

OPERATIONS_HERE = 300


def three_counties() -> list[Unit]:
    places = [
        make_place("420526", "兴山县", "104", "古夫镇"),
        make_place("420527", "秭归县", "101", "茅坪镇"),
        make_place("420528", "长阳土家族自治县", "100", "龙舟坪镇"),
    ]
    return [make_unit(place, name) for place, name in zip(places, ("xs", "zg", "cy"), strict=True)]


@pytest.mark.django_db
def test_the_table_adds_up_at_every_level_after_each_of_many_random_operations(above: Above) -> None:
    work = Work(three_counties(), Random(20261123))
    for number in range(OPERATIONS_HERE):
        work.step()
        adds_up(work, everywhere=number % 25 == 24)
    assert sum(work.done.values()) + sum(work.refused.values()) == OPERATIONS_HERE
    assert set(work.done) >= set(OPERATIONS) - {"open again", "end deferral", "relapse", "left again"}, work.done
