"""Ten thousand random operations, the table counted after each of them."""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.factories import Above
from tests.ledger.operations import OPERATIONS, Work, adds_up
from tests.ledger.test_adds_up import three_counties

HOW_MANY = 10_000


@pytest.mark.django_db
def test_the_table_adds_up_after_each_of_ten_thousand_random_operations(above: Above) -> None:
    work, begun = Work(three_counties(), Random(7)), time.monotonic()
    for number in range(HOW_MANY):
        work.step()
        adds_up(work, everywhere=number % 25 == 24)
    assert set(work.done) == set(OPERATIONS), work.done
    done, refused = sum(work.done.values()), sum(work.refused.values())
    print(f"\nledger: {HOW_MANY:,} operations in {time.monotonic() - begun:.0f} s: {done:,} done, {refused:,} refused; the table added up after each")
    for name in OPERATIONS:
        print(f"  {name:<14}{work.done[name]:>7,} done {work.refused[name]:>7,} refused")
