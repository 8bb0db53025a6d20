"""Accepted and withdrawn at the same moment: exactly one wins, and the child is on exactly one ledger."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger.figures import Level, Within, figures
from cases.register.locking import Refused
from cases.register.models import Case, Standing, StandingChange
from cases.register.standing import entry_columns, log_standing, stand
from cases.transfers import services
from cases.transfers.models import Transfer, TransferState
from tests.cast import NOON
from tests.factories import Place, make_student, make_user
from tests.faults.winners import side_by_side
from tests.paper import pdf
from tests.transfers.conftest import THEN, words
from tests.workflows.clockwork import make_case
from workflows.models import Assignment, AssignmentState

Act = Callable[[Transfer], object]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

ROUNDS = int(os.environ.get("KC_RACES", "100"))  # `make prove` runs 200


def offers(place: Place, neighbour: Place, county: User, count: int) -> list[Transfer]:
    """As many cases on the ledger with an open offer each; the cases as plain rows, because this is about the offers."""
    said = words(neighbour, reason="register_moved")
    return [services.offer(on_the_ledger(place, number), **said | {"evidence": paper()}, by=county, now=THEN) for number in range(count)]


def paper() -> list[tuple[str, SimpleUploadedFile]]:
    return [("register_transfer", pdf())]


def on_the_ledger(place: Place, number: int) -> Case:
    case = make_case(place, make_student(place, name=f"学生{number:03d}", number=""))
    stand(case, Standing.STILL_OUT, on=NOON.date(), **entry_columns(case, NOON.date()))
    log_standing(case, record(Verb.LEDGER_ENTERED, case=case, at=NOON), on=NOON.date(), enters_ledger=True)
    return case


def _patiently(act: Act, transfer: Transfer) -> None:
    """As a person does whom the page told that somebody else is working on the case just now: once more."""
    for attempt in range(10):
        try:
            act(transfer)
        except OperationalError:
            if attempt == 9:
                raise
        else:
            return


def race(transfers: list[Transfer], *sides: tuple[str, Act]) -> Counter[str]:
    """Every side answers every offer, in the same order, both begun at the same moment for each. Returns how often each was first."""
    won: Counter[str] = Counter()
    failed: list[str] = []
    together = Barrier(len(sides))

    def run(name: str, act: Act) -> Callable[[], None]:
        def work() -> None:
            for transfer in transfers:
                found = Transfer.objects.select_related("case").get(pk=transfer.pk)
                together.wait(60)
                try:
                    _patiently(act, found)
                except Refused:
                    continue
                except Exception as error:  # noqa: BLE001  shown below, in the thread that asserts
                    failed.append(repr(error))
                else:
                    won[name] += 1

        return work

    side_by_side(*[run(name, act) for name, act in sides])
    assert failed == []
    return won


def test_accept_and_withdraw_at_the_same_moment_leave_the_child_on_exactly_one_ledger(
    place: Place, neighbour: Place, county: User, stranger: User
) -> None:
    transfers = offers(place, neighbour, county, ROUNDS)

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
    assert set(Case.objects.values_list("county", flat=True)) == {place.area.pk, neighbour.area.pk}


def test_two_officers_who_accept_at_the_same_moment_take_the_child_over_once(place: Place, neighbour: Place, county: User, stranger: User) -> None:
    second = make_user("stranger-2", "county_officer", neighbour.education)
    transfers = offers(place, neighbour, county, 20)
    won = race(
        transfers,
        ("one", lambda found: services.answer(found, accept=True, by=stranger, now=THEN)),
        ("two", lambda found: services.answer(found, accept=True, by=second, now=THEN)),
    )
    assert won["one"] + won["two"] == 20
    assert StandingChange.objects.filter(entry__verb=Verb.TRANSFER_ACCEPTED).count() == 20
