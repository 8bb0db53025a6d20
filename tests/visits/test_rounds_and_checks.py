"""The village's check, and rounds of joint persuasion that are counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.register.models import Case
from cases.visits.models import PersuasionRound, VillageCheck
from cases.visits.rounds import check_village, hold_round
from cases.visits.rules import BadRecord
from tests.cast import NOON

LATER = NOON + timedelta(days=2)


def held(case: Case, by: User, **more: Any) -> PersuasionRound:
    said: dict[str, Any] = {
        "held_on": LATER.date(),
        "participants": "镇领导、校长、派出所",
        "result": "hesitant",
        "note": "家长口头同意，孩子仍犹豫。",
    }
    return hold_round(case, **(said | more), by=by, now=LATER)


def test_the_village_says_what_it_found(case: Case, village: User) -> None:
    done = check_village(case, found="at_home", household="祖孙三人同住", note="", by=village, now=LATER)
    assert (done.found, done.by, done.episode) == ("at_home", village, 1)
    assert Entry.objects.get(verb="village.checked").data == {"check": done.pk, "found": "at_home"}


def test_only_village_and_township_check_a_home(case: Case, teacher: User, stranger: User, township: User) -> None:
    for somebody in (teacher, stranger):
        with pytest.raises(NotAllowed):
            check_village(case, found="at_home", by=somebody, now=LATER)
    assert check_village(case, found="unknown", by=township, now=LATER).pk


def test_a_check_without_a_finding_or_with_a_telephone_number_is_refused(case: Case, village: User) -> None:
    wrong: list[dict[str, Any]] = [{"found": ""}, {"found": "at_home", "note": "电话 13800001234"}]
    for said in wrong:
        with pytest.raises(BadRecord):
            check_village(case, **said, by=village, now=LATER)
    assert not VillageCheck.objects.exists()


def test_the_same_check_posted_twice_counts_once(case: Case, village: User) -> None:
    page = uuid4()
    check_village(case, found="at_home", by=village, now=LATER, submission=page)
    with pytest.raises(AlreadyRecorded):
        check_village(case, found="at_home", by=village, now=LATER, submission=page)
    assert VillageCheck.objects.count() == 1


def test_rounds_are_counted_within_their_episode(case: Case, township: User) -> None:
    assert [held(case, township).number, held(case, township).number] == [1, 2]
    assert Entry.objects.filter(verb="round.held").latest("pk").data["number"] == 2

    Case.objects.update(episode=2)
    assert held(case, township).number == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PersuasionRound.objects.update(episode=1, number=1)


def test_a_round_that_brings_a_promise_names_its_day(case: Case, township: User) -> None:
    with pytest.raises(BadRecord):
        held(case, township, result="agreed")
    day = (LATER + timedelta(days=5)).date()
    assert held(case, township, result="agreed", promised_on=day).promised_on == day
    assert held(case, township, result="refused", promised_on=day).promised_on is None


@pytest.mark.parametrize("days", [1, -30])
def test_a_round_lies_neither_in_the_future_nor_before_the_case(case: Case, township: User, days: int) -> None:
    with pytest.raises(BadRecord):
        held(case, township, held_on=(LATER + timedelta(days=days)).date())


def test_a_teacher_holds_no_round_and_a_township_does(case: Case, teacher: User, township: User) -> None:
    with pytest.raises(NotAllowed):
        held(case, teacher)
    assert held(case, township).pk
