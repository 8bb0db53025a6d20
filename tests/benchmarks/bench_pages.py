"""What the three long lists cost as they grow, over HTTP. Run by `make bench`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from tests.benchmarks.conftest import Table
from tests.benchmarks.many import Many
from tests.benchmarks.stopwatch import Cost
from tests.cast import NOON
from tests.factories import Place
from workflows import policies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

LENGTHS, WARM, LOOKS = (60, 6_000, 60_000), 1, 5
PAGES = {"inbox": "inbox", "case list": "cases", "escalation queue": "queue"}


def test_what_the_long_lists_cost(place: Place, county: User, client: Client, clock: Callable[[datetime], None], table: Table) -> None:
    """Everything lies at one post, which is worse than any county will ever see."""
    policies.invalidate()
    clock(NOON)
    client.force_login(county)
    many = Many(place, place.education, "county_officer")
    table.section(f"a page of a long list, over HTTP (median of {LOOKS})")
    for length in LENGTHS:
        many.grow(length)
        for title, name in PAGES.items():
            cost = Cost()
            for look in range(WARM + LOOKS):
                if look < WARM:
                    assert client.get(reverse(name)).status_code == 200
                else:
                    cost.take(lambda name=name: client.get(reverse(name)))  # type: ignore[misc]  # the loop's value, bound now
            table.row(f"{title}, {length:,} tasks", f"{cost.ms:.0f} ms", f"{cost.queries} queries", f"database {cost.driver_ms:.0f} ms")
