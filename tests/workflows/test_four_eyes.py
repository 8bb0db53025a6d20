"""Whoever gave the proposer a password could have been both of the two people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from cases.directory.models import Appointment, User
from cases.directory.services import reset_password
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.clearance import propose_deduction
from cases.register.decisions import decide
from cases.register.models import Case
from notifications.models import Notification
from tests.paper import pdf
from tests.workflows.roads import enter
from workflows.rows.history_words import say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture
def later(case: Case, teacher: User, village: User, principal: User, noon: datetime) -> datetime:
    """The child is on the ledger."""
    return enter(case, teacher, village, principal, noon)


def approve(case: Case, proposer: User, by: User, now: datetime) -> Entry:
    evidence: list[Any] = [("register_transfer", pdf()), ("receiving_reply", pdf())]
    proposal = propose_deduction(
        Case.objects.get(pk=case.pk), ground="moved_away", occurred_on=date(2026, 10, 1), evidence=evidence, by=proposer, now=now
    )
    decide(proposal, approve=True, by=by, now=now)
    return Entry.objects.get(verb=Verb.CLEARANCE_APPROVED)


def told() -> list[str]:
    return sorted(Notification.objects.filter(message="approved_alone").values_list("recipient__username", flat=True))


def test_an_approval_within_thirty_days_of_a_password_is_journalled_as_such_and_looked_at_by_the_superior(
    case: Case, county: User, county_head: User, later: datetime
) -> None:
    reset_password(county, by=county_head, now=later - timedelta(days=29))

    entry = approve(case, county, county_head, later)

    assert entry.data["password_given"] is True
    assert told() == ["prefecture"]
    with translation.override("en"):
        assert "within 30 days" in say(entry.verb, entry.data, {})


@pytest.mark.parametrize("days", [31, 400])
def test_a_password_of_long_ago_says_nothing(case: Case, county: User, county_head: User, later: datetime, days: int) -> None:
    reset_password(county, by=county_head, now=later - timedelta(days=days))

    assert "password_given" not in approve(case, county, county_head, later).data
    assert told() == []


def test_a_password_that_somebody_else_gave_or_somebody_else_got_says_nothing(
    case: Case, county: User, county_head: User, principal: User, admin: User, later: datetime
) -> None:
    reset_password(county, by=admin, now=later)
    reset_password(principal, by=county_head, now=later)

    assert "password_given" not in approve(case, county, county_head, later).data
    assert told() == []


def test_where_nobody_stands_above_the_next_one_up_is_told(case: Case, county: User, county_head: User, later: datetime) -> None:
    Appointment.objects.filter(user__username="prefecture").update(until=date(2026, 1, 1))
    reset_password(county, by=county_head, now=later)

    approve(case, county, county_head, later)

    assert told() == ["province"]
