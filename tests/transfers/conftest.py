"""A child on the ledger of one county, and the county next door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cases.directory.models import User
from cases.register.models import Case
from cases.transfers.models import Transfer
from cases.transfers.services import offer
from tests.cast import NOON
from tests.factories import Place, make_user
from tests.paper import pdf

THEN = NOON + timedelta(days=31)  # the day after the child was entered on the ledger


def words(neighbour: Place, **more: Any) -> dict[str, Any]:
    """What the form of an offer hands over."""
    return {
        "reason": "school_changed",
        "to_place": neighbour.township_area,
        "to_school": neighbour.school,
        "note": "随父母迁居，已在当地就读。",
        "evidence": [("roll_screenshot", pdf("学籍截图.pdf"))],
    } | more


@pytest.fixture
def then() -> datetime:
    return THEN


@pytest.fixture
def other(neighbour: Place, stranger: User) -> User:
    """The county officer next door."""
    return stranger


@pytest.fixture
def other_head(neighbour: Place) -> User:
    return make_user("other-head", "county_head", neighbour.education)


@pytest.fixture
def other_school(neighbour: Place) -> dict[str, User]:
    """Who works for children next door."""
    return {
        "principal": make_user("other-principal", "principal", neighbour.school),
        "teacher": make_user("other-teacher-2", "class_teacher", neighbour.school, school_class=neighbour.school_class),
        "township": make_user("other-township", "township_officer", neighbour.township),
        "township_head": make_user("other-township-head", "township_head", neighbour.township),
        "village": make_user("other-village", "village_cadre", neighbour.village),
    }


@pytest.fixture
def offered(on_ledger: Case, county: User, neighbour: Place, other: User) -> Transfer:
    return offer(on_ledger, **words(neighbour), by=county, now=THEN)
