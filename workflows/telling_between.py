"""Words about what goes between units: to those on the other side, who cannot read the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.directory.models import Role
from cases.journal.verbs import Verb
from cases.spotchecks.models import SpotCheck
from cases.transfers.models import Inquiry, Transfer
from workflows.telling import holders_of, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.directory.models import Organisation
    from cases.journal.models import Entry
    from cases.register.models import Case


def tell(case: Case, entry: Entry) -> None:
    word = WORDS.get(Verb(entry.verb))
    if word:
        word(case, entry)


def moved_away(case: Case, entry: Entry, people: list[int]) -> None:
    """Whoever had a task of the case and has it no more."""
    send(case, "tasks_moved_away", [one for one in people if one != entry.actor_id], key=f"moved_away:{entry.pk}", link="/tasks/")


def _bureau(organisation: Organisation) -> list[int]:
    return [*holders_of(organisation, Role.COUNTY_OFFICER), *holders_of(organisation, Role.COUNTY_HEAD)]


def _accepted(case: Case, entry: Entry) -> None:
    transfer = Transfer.objects.select_related("from_education", "from_school", "to_school").get(pk=entry.data["transfer"])
    key, link = f"transfer:{entry.pk}", transfer.get_absolute_url()
    if entry.data["within"]:
        schools = [school for school in {transfer.from_school, transfer.to_school} if school]
        people = [person for school in schools for person in holders_of(school, Role.PRINCIPAL)]
        send(case, "school_changed", people, key=key, link=link)
        return
    _to_the_giver("transfer_accepted", case, entry, transfer)


def _to_the_giver(message: str, case: Case, entry: Entry, transfer: Transfer) -> None:
    people = [transfer.offered_by_id, *_bureau(transfer.from_education)]
    if transfer.from_school:
        people += holders_of(transfer.from_school, Role.PRINCIPAL)
    send(case, message, people, key=f"transfer:{entry.pk}", link=transfer.get_absolute_url())


def _refused(case: Case, entry: Entry) -> None:
    transfer = Transfer.objects.select_related("from_education", "from_school").get(pk=entry.data["transfer"])
    _to_the_giver("transfer_refused", case, entry, transfer)


def _withdrawn(case: Case, entry: Entry) -> None:
    transfer = Transfer.objects.select_related("to_education").get(pk=entry.data["transfer"])
    send(case, "transfer_withdrawn", _bureau(transfer.to_education), key=f"transfer:{entry.pk}", link=transfer.get_absolute_url())


def _inquiry_answered(case: Case, entry: Entry) -> None:
    inquiry = Inquiry.objects.get(pk=entry.data["inquiry"])
    send(case, "inquiry_answered", (inquiry.asked_by_id,), key=f"inquiry:{entry.pk}", link=inquiry.get_absolute_url())


def _inquiry_withdrawn(case: Case, entry: Entry) -> None:
    inquiry = Inquiry.objects.select_related("to_education").get(pk=entry.data["inquiry"])
    send(case, "inquiry_withdrawn", _bureau(inquiry.to_education), key=f"inquiry:{entry.pk}", link=inquiry.get_absolute_url())


def _spot_checked(case: Case, entry: Entry) -> None:
    """A clearance that was not true: those who made it and the county's head learn of it at once."""
    if entry.data["finding"] != "not_true":
        return
    check = SpotCheck.objects.select_related("clearance").get(pk=entry.data["check"])
    people = [check.clearance.proposed_by_id, check.clearance.decided_by_id, *holders_of(case.education, Role.COUNTY_HEAD)]
    send(case, "clearance_not_true", [one for one in people if one], key=f"spot_check:{entry.pk}", urgent=True)


WORDS: dict[Verb, Callable[[Case, Entry], None]] = {
    Verb.TRANSFER_ACCEPTED: _accepted,
    Verb.TRANSFER_REFUSED: _refused,
    Verb.TRANSFER_WITHDRAWN: _withdrawn,
    Verb.INQUIRY_ANSWERED: _inquiry_answered,
    Verb.INQUIRY_WITHDRAWN: _inquiry_withdrawn,
    Verb.SPOT_CHECKED: _spot_checked,
}
