"""What the tests of the pages share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.test import Client

from cases.register.models import Case
from workflows.models import Assignment

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

# session, person, posts, unread, side bar, clock, numbers, rows
BUDGET = 8


def as_(user: User) -> Client:
    """A browser in which the user is logged in, past the first request, which writes the session."""
    client = Client()
    client.force_login(user)
    client.get("/about/data/")
    return client


def task(case: Case, step: str) -> Assignment:
    found: Assignment = Assignment.objects.get(case=case, step=step, state="open")
    return found


def visit_post(now: datetime, **more: Any) -> dict[str, Any]:
    """What the browser sends for a visit in person where the child was met."""
    return {
        "submission": str(uuid4()), "visit_id": str(uuid4()), "occurred_at_0": f"{now:%Y-%m-%d}", "occurred_at_1": "11:00", "mode": "home",
        "met": ["child"], "whereabouts": "at_home", "reason": "tired_of_school", "outcome": "hesitant", "account": "孩子在家",
    } | more  # fmt: skip


def many_cases(place: Place, by: User, now: datetime, count: int) -> list[Case]:
    """As many children, each with a case on suspicion."""
    from cases.register.opening import open_case
    from tests.factories import make_student

    return [
        open_case(
            make_student(place, name=f"学生{number:02d}"),
            channel="attendance",
            last_attended_on=(now - timedelta(days=8)).date(),
            reason="tired_of_school",
            note="",
            by=by,
            now=now,
        )
        for number in range(count)
    ]
