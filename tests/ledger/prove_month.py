"""The whole month of the province with every step of all 103 counties over HTTP. Run by `make prove-ledger`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.test import Client

from tests.journeys.province import Province
from tests.journeys.test_month import Walk, people, play_a_month

__all__ = ["people"]  # the fixture


def test_all_counties_over_http(client: Client, people: Province, clock: Callable[[datetime], None]) -> None:
    play_a_month(Walk(client, people, clock, None))
