"""Words about records of visits: to whoever stands as visitor of what others entered, and to whoever looks into what was denied or decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.directory.models import Line
from cases.journal.verbs import Verb
from workflows.telling import in_charge, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.journal.models import Entry
    from cases.register.models import Case


def tell(case: Case, entry: Entry) -> None:
    word = WORDS.get(Verb(entry.verb))
    if word:
        word(case, entry)


def _entered(case: Case, entry: Entry) -> None:
    """Typed in from paper, or out of a phone's file: whoever stands as its visitor learns of it, and may say that it was not so."""
    visitor = entry.data.get("visitor")
    if visitor is not None and visitor != entry.actor_id:
        send(case, "visit_entered", (visitor,), key=f"entered:{entry.pk}", link=f"/visits/{entry.data['visit']}/deny/")


def _denied(case: Case, entry: Entry) -> None:
    """The supervisor, and where that is who entered it, the next one above."""
    concerned = frozenset({entry.data["visitor"], entry.data["entered_by"]})
    people = in_charge(case, entry.data.get("line") or Line.EDUCATION, but=concerned)
    send(case, "visit_denied", people, key=f"denied:{entry.pk}", link=f"/visits/{entry.data['visit']}/settle/", urgent=True)


def _settled(case: Case, entry: Entry) -> None:
    visit, visitor, clerk = (entry.data[name] for name in ("visit", "visitor", "entered_by"))
    send(case, "denial_settled", (visitor,), key=f"settled:{entry.pk}", link=f"/visits/{visit}/deny/")
    send(case, "denial_settled", (clerk,), key=f"settled:{entry.pk}", link=f"/visits/{visit}/")


def _decided(message: str) -> Callable[[Case, Entry], None]:
    def word(case: Case, entry: Entry) -> None:
        send(case, message, (entry.data["visitor"],), key=f"{message}:{entry.pk}", link="/my-visits/")

    return word


WORDS: dict[Verb, Callable[[Case, Entry], None]] = {
    Verb.VISIT_LOGGED: _entered,
    Verb.VISIT_DENIED: _denied,
    Verb.DENIAL_SETTLED: _settled,
    Verb.VISIT_TAKEN_OVER: _decided("copy_taken_over"),
    Verb.VISIT_REFUSED: _decided("copy_not_taken_over"),
}
