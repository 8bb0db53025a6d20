"""Every fault of the proof, small: seconds each."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.journal.models import Entry
from notifications.models import Notification
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.every import EVERY
from tests.faults.size import SHORT
from tests.faults.table import Table
from tests.faults.verdict import verdict
from workflows import escalation, policies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


@pytest.mark.parametrize("fault", EVERY)
def test_nothing_is_lost_and_nothing_doubled(fault: str, place: Place, table: Table, tmp_path: Path) -> None:
    EVERY[fault](place, table, tmp_path, SHORT)


def test_the_verdict_sees_what_is_lost_and_what_is_doubled(place: Place) -> None:
    make_running(cases_for(place, 1), 3, due="engine_now()")
    escalation.sweep()
    assert verdict(3).holds
    assert verdict(4).lost == 1

    Notification.objects.filter(message="escalated").latest("pk").delete()
    assert verdict(3).lost == 1
    entry = Entry.objects.filter(verb="deadline.fired").latest("pk")
    entry.pk, entry._state.adding = None, True
    entry.save()
    assert verdict(3).doubled == 1
