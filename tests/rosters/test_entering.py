"""Whoever enters our ledger is entered in the school-roll system's: a task of three working days that the fact ends, or a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.capabilities import NotAllowed
from cases.journal.models import Entry
from cases.register.models import Case
from cases.rosters.entering import AlreadyEntered, NotOnLedger, enter_in_roll
from cases.rosters.models import Discrepancy
from tests.rosters.conftest import LATER
from tests.rosters.lists import book, compared, line
from workflows.models import Assignment

if TYPE_CHECKING:
    from cases.directory.models import User

DAY = LATER.date()
Make = Callable[..., "Case"]


def task(case: Case) -> Assignment:
    found: Assignment = Assignment.objects.get(case=case, step="enter_school_roll")
    return found


def test_the_entry_on_the_ledger_asks_the_principal_for_the_other_entry(entered: Make, principal: User) -> None:
    found = task(entered())
    assert (found.holder, found.state) == (principal, "open")
    assert found.due_at is not None
    assert 3 <= (found.due_at - LATER).days <= 6


def test_the_fact_ends_the_task_and_stands_on_the_case(entered: Make, principal: User, teacher: User) -> None:
    case = entered()
    with pytest.raises(NotAllowed):
        enter_in_roll(case, on=DAY, by=teacher, now=LATER)
    enter_in_roll(case, on=DAY, by=principal, now=LATER)
    assert task(case).state == "done"
    case.refresh_from_db()
    assert (case.in_roll_ledger_on, case.in_roll_ledger_by) == (DAY, principal)
    with pytest.raises(AlreadyEntered):
        enter_in_roll(case, on=DAY, by=principal, now=LATER)


def test_a_list_that_shows_the_child_ends_it_too(entered: Make, county: User) -> None:
    case, other = entered(), entered("另一个")
    compared([line(case.student, entered_on=(DAY - timedelta(days=1)).isoformat())], county, taken_on=DAY, now=LATER)
    case.refresh_from_db()
    assert case.in_roll_ledger_on == DAY - timedelta(days=1)
    assert task(case).state == "done"
    assert task(other).state == "open"


def test_a_child_under_suspicion_has_nothing_to_enter(case: Case, principal: User) -> None:
    assert not Assignment.objects.filter(step="enter_school_roll").exists()
    with pytest.raises(NotOnLedger):
        enter_in_roll(case, on=case.opened_at.date(), by=principal, now=LATER)


def test_the_pages_lead_from_the_file_to_the_settled_difference(client: Client, entered: Make, county: User, principal: User, stranger: User) -> None:
    case = entered()
    client.force_login(county)
    file = book([line(case.student, "已复学")])
    file.name = "list.xlsx"
    answer = client.post(reverse("roster-new"), {"file": file, "taken_on": DAY.isoformat()})
    assert answer.status_code == 302
    roster = answer["Location"]
    assert client.post(f"{roster}compare/").status_code == 302
    found = Discrepancy.objects.get()
    for page in (roster, reverse("rosters"), reverse("roster-units"), reverse("roster-lists"), reverse("roll-entries"), found.get_absolute_url()):
        assert client.get(page).status_code == 200
    assert case.student.name in client.get(reverse("rosters")).content.decode()
    assert client.post(found.get_absolute_url(), {"how": "ours_corrected", "reason": ""}).status_code == 302
    found.refresh_from_db()
    assert found.settled == "ours_corrected"
    client.force_login(stranger)
    assert client.get(roster).status_code == 404
    assert client.get(found.get_absolute_url()).status_code == 404
    client.force_login(principal)
    assert client.get(found.get_absolute_url()).status_code == 200
    assert client.get(reverse("discrepancies-export")).status_code == 403, "a list of names is the county's to take out"

    assert Entry.objects.filter(verb="case.viewed", case=case, actor=county).exists()
    Case.objects.filter(pk=case.pk).update(county_id=stranger.posts()[0].organisation.area_id, school=None)
    for somebody in (county, principal):
        client.force_login(somebody)
        assert client.get(found.get_absolute_url()).status_code == 404, "the child is another county's now"


def test_many_entries_are_noted_at_once(client: Client, entered: Make, principal: User) -> None:
    cases = [entered("一"), entered("二")]
    client.force_login(principal)
    client.post(reverse("roll-entries"), {"case": [case.pk for case in cases], "on": DAY.isoformat()})
    assert Case.objects.filter(in_roll_ledger_on=DAY, in_roll_ledger_by=principal).count() == 2
    assert client.get(reverse("roll-entry", args=[cases[0].pk])).status_code == 200


def test_the_worklist_asks_few_questions(client: Client, entered: Make, county: User, django_assert_max_num_queries: Callable[..., object]) -> None:
    cases = [entered(f"学生{number}") for number in range(5)]
    compared([line(case.student, "已复学") for case in cases], county, taken_on=DAY, now=LATER)
    client.force_login(county)
    client.get(reverse("rosters"))
    with django_assert_max_num_queries(10):  # type: ignore[attr-defined]  # the plugin gives it, unknown to the types
        client.get(reverse("rosters"))
