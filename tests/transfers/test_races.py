"""Accepted and withdrawn at the same moment: exactly one wins, and the child is on exactly one ledger."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection

from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.ledger.figures import Level, Within, figures
from cases.register.locking import Refused
from cases.register.models import Case, StandingChange
from cases.transfers import services
from cases.transfers.models import Transfer, TransferState
from tests.factories import Place, make_student
from tests.faults.winners import side_by_side
from tests.transfers.conftest import THEN, words
from workflows.models import Assignment, AssignmentState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

ROUNDS = 200


def on_the_ledger(place: Place, teacher: User, principal: User, number: int) -> Case:
    from datetime import timedelta

    from cases.register.opening import open_case
    from cases.register.verification import conclude_verification
    from tests.cast import NOON, conclusion

    student = make_student(place, name=f"学生{number:03d}", number="")
    case = open_case(student, channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), reason="work", note="", by=teacher, now=NOON)
    conclude_verification(case, **conclusion(), by=principal, now=NOON + timedelta(days=30))
    return case


def offers(place: Place, neighbour: Place, teacher: User, principal: User, county: User, count: int) -> list[Transfer]:
    """As many cases with an open offer each."""
    return [services.offer(on_the_ledger(place, teacher, principal, n), **words(neighbour), by=county, now=THEN) for n in range(count)]


def race(transfers: list[Transfer], *sides: tuple[str, object]) -> Counter[str]:
    """Every side answers every offer, in the same order, side by side. Returns how often each was first."""
    won: Counter[str] = Counter()
    pks = [transfer.pk for transfer in transfers]

    def run(name: str, act: object):  # type: ignore[no-untyped-def]
        def work() -> None:
            for pk in pks:
                found = Transfer.objects.select_related("case").get(pk=pk)
                try:
                    act(found)  # type: ignore[operator]
                except Refused:
                    continue
                won[name] += 1
            connection.close()

        return work

    side_by_side(*[run(name, act) for name, act in sides])
    return won


def test_accept_and_withdraw_at_the_same_moment_leave_the_child_on_exactly_one_ledger(
    place: Place, neighbour: Place, teacher: User, principal: User, county: User, stranger: User
) -> None:
    transfers = offers(place, neighbour, teacher, principal, county, ROUNDS)

    won = race(
        transfers,
        ("accepted", lambda found: services.answer(found, accept=True, by=stranger, now=THEN)),
        ("withdrawn", lambda found: services.withdraw(found, by=county, now=THEN)),
    )

    assert won["accepted"] + won["withdrawn"] == ROUNDS
    assert min(won["accepted"], won["withdrawn"]) > 0, won
    states = Counter(Transfer.objects.values_list("state", flat=True))
    assert states == {TransferState.ACCEPTED: won["accepted"], TransferState.WITHDRAWN: won["withdrawn"]}
    counted = {row.key: row.on_ledger.total for row in figures(THEN.year, THEN.date(), within=Within(county="4205"), level=Level.COUNTY)[1:]}
    assert {key: count for key, count in counted.items() if count} == {place.area.pk: won["withdrawn"], neighbour.area.pk: won["accepted"]}
    assert Entry.objects.filter(verb=Verb.TRANSFER_ACCEPTED).count() == won["accepted"]
    assert StandingChange.objects.filter(entry__verb=Verb.TRANSFER_ACCEPTED).count() == won["accepted"]
    assert not Assignment.objects.filter(step="answer_transfer", state=AssignmentState.OPEN).exists()
    for case in Case.objects.all():  # every open task lies with the county that counts the child
        areas = Assignment.objects.filter(case=case, state="open", organisation__isnull=False).values_list("organisation__area_id", flat=True)
        assert {area[:6] for area in areas} == {case.county_id}


def test_two_officers_who_accept_at_the_same_moment_take_the_child_over_once(
    place: Place, neighbour: Place, teacher: User, principal: User, county: User, stranger: User
) -> None:
    from tests.factories import make_user

    second = make_user("stranger-2", "county_officer", neighbour.education)
    transfers = offers(place, neighbour, teacher, principal, county, 20)
    won = race(
        transfers,
        ("one", lambda found: services.answer(found, accept=True, by=stranger, now=THEN)),
        ("two", lambda found: services.answer(found, accept=True, by=second, now=THEN)),
    )
    assert won["one"] + won["two"] == 20
    assert StandingChange.objects.filter(entry__verb=Verb.TRANSFER_ACCEPTED).count() == 20
