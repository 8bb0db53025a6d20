"""Every fault of the proof, small: seconds each."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.journal.models import Entry
from notifications.models import Notification
from tests.factories import Place
from tests.faults import faults
from tests.faults.bulk import cases_for, make_running
from tests.faults.conftest import Table
from tests.faults.faults import SHORT as SIZE
from tests.faults.verdict import verdict
from tests.notifications.mailserver import open_mail_server
from workflows import escalation, policies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def _read_policies_anew() -> None:
    policies.invalidate()


def test_kill_9_at_random_statements_loses_nothing_and_doubles_nothing(place: Place, table: Table, tmp_path: Path) -> None:
    with open_mail_server() as server:
        faults.killed_at_random_statements(place, table, tmp_path, SIZE, server)


def test_a_broker_in_trouble_and_two_beats_change_nothing(place: Place, table: Table, tmp_path: Path) -> None:
    faults.broker_in_trouble(place, table, tmp_path, SIZE)


def test_without_a_beat_and_a_broker_the_loop_is_enough(place: Place, table: Table, tmp_path: Path) -> None:
    faults.no_beat_no_broker(place, table, tmp_path, SIZE)


def test_connections_that_are_cut_in_mid_batch_lose_nothing(place: Place, table: Table, tmp_path: Path) -> None:
    faults.connections_cut(place, table, tmp_path, SIZE)


def test_a_frozen_sweeper_holds_nobody_up_and_doubles_nothing_when_it_thaws(place: Place, table: Table, tmp_path: Path) -> None:
    faults.frozen_across_a_rung(place, table, tmp_path, SIZE)


def test_completion_and_rung_at_the_same_moment_have_one_winner(place: Place, table: Table) -> None:
    faults.complete_against_fire(place, table, SIZE)


def test_the_calendar_agrees_with_an_oracle_for_every_day_of_23_years(table: Table) -> None:
    faults.calendar_against_the_oracle(table, SIZE)


def test_pauses_in_every_order_leave_what_an_oracle_has_left(table: Table) -> None:
    faults.pauses_against_the_oracle(table, SIZE)


def test_after_an_outage_of_72_hours_each_person_hears_of_each_deadline_once(place: Place, table: Table) -> None:
    faults.outage_of_72_hours(place, table, SIZE)


def test_poisoned_rows_delay_nobody(place: Place, table: Table) -> None:
    faults.poison_delays_nobody(place, table, SIZE)


def test_a_vacancy_at_any_level_leads_to_somebody(place: Place, table: Table) -> None:
    faults.vacancy_at_every_level(place, table, SIZE)


def test_whatever_changes_in_mid_ladder_each_rung_comes_once(place: Place, table: Table) -> None:
    faults.changed_in_mid_ladder(place, table, SIZE)


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
