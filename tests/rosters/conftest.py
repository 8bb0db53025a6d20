"""A county with children on the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cast import NOON, conclusion

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

LATER = NOON + timedelta(days=30)  # when they were concluded to have dropped out


@pytest.fixture
def entered(place: Place, teacher: User, principal: User, county: User, clock: Callable[..., None]) -> Callable[..., Case]:
    """Make a child and enter it on the ledger on LATER."""
    from cases.register.opening import open_case
    from cases.register.verification import conclude_verification
    from tests.factories import make_student

    clock(LATER)

    def make(name: str = "张小明", **more: object) -> Case:
        student = make_student(place, name=name, **more)  # type: ignore[arg-type]  # words of a table
        case = open_case(
            student, channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), reason="tired_of_school", note="", by=teacher, now=NOON
        )
        conclude_verification(case, **conclusion(), by=principal, now=LATER)
        case.refresh_from_db()
        return case

    return make
