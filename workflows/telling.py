"""Words to people about a fact, beside the notice that every new task gives to whoever must do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.conferences.models import AgendaItem
from cases.conferences.services import keepers
from cases.directory.answering import ANSWERS_FOR
from cases.directory.models import Appointment, Line, Role
from cases.inspections.models import Finding
from cases.journal.verbs import Verb
from cases.register.models import Clearance
from cases.supervision.models import SupervisionOrder
from notifications.services import Message, notify_many
from workflows.assignment import resolve
from workflows.foureyes import above_approver
from workflows.models import Assignment, AssignmentState
from workflows.steps import STEPS, VISITED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from cases.directory.models import Organisation
    from cases.journal.models import Entry
    from cases.ledger.models import Report
    from cases.register.models import Case
    from workflows.models import UnitMatter


def tell(case: Case, entry: Entry) -> None:
    """Tell those whom this fact concerns, once (the entry's pk is in the key); most facts concern nobody but the next task's post."""
    word = WORDS.get(Verb(entry.verb))
    if word:
        word(case, entry)
    tell_unit(entry)


def send(
    case: Case | Report | UnitMatter, message: str, people: Iterable[int], *, key: str, link: str = "", urgent: bool = False, **params: str
) -> None:
    """One line in the inbox of each of `people` (pks): the case number and codes, nothing about the child."""
    notify_many(
        [
            Message(
                recipient_id=person,
                message=message,
                params={"case": case.number, **params},
                link=link or case.get_absolute_url(),
                key=f"{key}:{person}",
                urgent=urgent,
            )
            for person in dict.fromkeys(people)
        ]
    )


def people_of(assignment: Assignment) -> tuple[int, ...]:
    """Whoever may do this task: its holder, else everybody at its post."""
    if assignment.holder_id:
        return (assignment.holder_id,)
    if assignment.organisation_id is None:
        return ()
    return resolve(
        assignment.about, STEPS[assignment.step], today=timezone.localdate(), organisation_id=assignment.organisation_id, role=assignment.role
    ).people


def _joint_visit(case: Case, entry: Entry) -> None:
    """A joint visit names both lines: the other line confirms it with one tap."""
    lines = set(entry.data.get("lines", ()))
    if lines != set(Line.values) or not entry.data.get("met"):
        return
    steps = [step for step, rule in STEPS.items() if set(rule.ends_on) & set(VISITED)]
    waiting = Assignment.objects.filter(case=case, state=AssignmentState.OPEN, step__in=steps).exclude(line=entry.data.get("line"))
    for assignment in waiting:
        assignment.case = case
        send(case, "joint_visit_to_confirm", people_of(assignment), key=f"joint:{entry.pk}", link=f"/visits/{entry.data['visit']}/")


def _visit(case: Case, entry: Entry) -> None:
    _joint_visit(case, entry)
    if entry.data.get("late"):
        _late_visit(case, entry)


def _late_visit(case: Case, entry: Entry) -> None:
    """收到补传的家访记录: whoever is in charge now looks at a record that arrived when things had changed."""
    visitor = entry.data.get("visitor", entry.actor_id)
    people = (person for person in in_charge(case, entry.data.get("line") or Line.EDUCATION) if person != visitor)
    send(case, "late_visit", people, key=f"late:{entry.pk}", link="/late-visits/")


def in_charge(case: Case, line: str, *, but: Collection[int] = ()) -> list[int]:
    """Who supervises visits of a line in this case today: the principal or the head of the township, where there is none the office above;
    none of those that are left out."""
    above: list[tuple[Organisation | None, Role]] = [(case.education, Role.COUNTY_OFFICER), (case.education, Role.COUNTY_HEAD)]
    first = (case.school, Role.PRINCIPAL) if line == Line.EDUCATION else (case.township, Role.TOWNSHIP_HEAD)
    for organisation, role in [first, *above]:
        held = Appointment.objects.of_post(organisation, role).exclude(user__in=but) if organisation else []
        if people := [post.user_id for post in held]:
            return people
    return []


def _correction_asked(case: Case, entry: Entry) -> None:
    send(case, "correction_asked", (entry.data["visitor"],), key=f"correct:{entry.pk}", link=f"/visits/{entry.data['visit']}/")


def _decided(message: str) -> Callable[[Case, Entry], None]:
    def word(case: Case, entry: Entry) -> None:
        proposer = Clearance.objects.values_list("proposed_by_id", flat=True).get(pk=entry.data["clearance"])
        send(case, message, (proposer,), key=f"{message}:{entry.pk}", outcome=entry.data["outcome"])

    return word


def _approved(case: Case, entry: Entry) -> None:
    """Whoever gave the proposer a password could have been both of the two people; the next post above the approver looks at it."""
    _decided("clearance_approved")(case, entry)
    if entry.data.get("password_given") and entry.actor is not None:
        send(case, "approved_alone", above_approver(case, entry.actor, entry.data["outcome"]), key=f"approved_alone:{entry.pk}", urgent=True)


def _to_everybody_at_work(message: str) -> Callable[[Case, Entry], None]:
    def word(case: Case, entry: Entry) -> None:
        people: list[int] = []
        for assignment in Assignment.objects.filter(case=case, state=AssignmentState.OPEN):
            assignment.case = case
            people.extend(people_of(assignment))
        send(case, message, (person for person in people if person != entry.actor_id), key=f"{message}:{entry.pk}")

    return word


def _order_settled(message: str) -> Callable[[Case, Entry], None]:
    """Whoever has to answer an order learns how it ended; a new answer is a task of its own."""

    def word(case: Case, entry: Entry) -> None:
        order = SupervisionOrder.objects.select_related("addressee").get(pk=entry.data["order"])
        people = holders_of(order.addressee, order.addressee_role)
        send(case, message, people, key=f"{message}:{entry.pk}", link=order.get_absolute_url(), urgent=message == "order_accountable")

    return word


def _agenda(message: str) -> Callable[[Case, Entry], None]:
    """Whoever keeps the agenda learns of a new item; whoever put it there, of what became of it."""

    def word(case: Case, entry: Entry) -> None:
        item = AgendaItem.objects.get(pk=entry.data["item"])
        people = keepers(case.county_id) if message == "agenda_added" else [item.proposed_by_id]
        others = [person for person in people if person != entry.actor_id]
        key, link = f"{message}:{entry.pk}", item.get_absolute_url()
        if message == "agenda_scheduled":
            send(case, message, others, key=key, link=link, on=str(entry.data["on"]))
        else:
            send(case, message, others, key=key, link=link)

    return word


def tell_unit(entry: Entry) -> None:
    """A finding of the inspectorate goes to whoever answers for the unit, its answer to whoever made it; it may be about no case."""
    verb = Verb(entry.verb)
    if verb not in FINDINGS:
        return
    finding = Finding.objects.select_related("unit").get(pk=entry.data["finding"])
    message = FINDINGS[verb]
    people = [finding.found_by_id] if verb == Verb.FINDING_ANSWERED else holders_of(finding.unit, ANSWERS_FOR[finding.unit.kind])
    notify_many(
        [
            Message(
                recipient_id=person,
                message=message,
                params={"due": finding.answer_by} if message == "finding_recorded" else {},
                link=finding.get_absolute_url(),
                key=f"{message}:{entry.pk}:{person}",
                urgent=verb == Verb.FINDING_ACCOUNTABLE,
                receipt=verb in (Verb.FINDING_RECORDED, Verb.FINDING_ACCOUNTABLE),
            )
            for person in dict.fromkeys(people)
        ]
    )


def holders_of(organisation: Organisation, role: str) -> list[int]:
    """Who holds a post today (pks)."""
    return list(Appointment.objects.of_post(organisation, role).values_list("user_id", flat=True))


FINDINGS = {
    Verb.FINDING_RECORDED: "finding_recorded",
    Verb.FINDING_ANSWERED: "finding_answered",
    Verb.FINDING_CLOSED: "finding_closed",
    Verb.FINDING_ACCOUNTABLE: "finding_accountable",
}

WORDS: dict[Verb, Callable[[Case, Entry], None]] = {
    Verb.VISIT_LOGGED: _visit,
    Verb.VISIT_SET_ASIDE: _late_visit,
    Verb.CORRECTION_ASKED: _correction_asked,
    Verb.CLEARANCE_APPROVED: _approved,
    Verb.CLEARANCE_REFUSED: _decided("clearance_refused"),
    Verb.SUPERVISION_ACCEPTED: _order_settled("order_accepted"),
    Verb.SUPERVISION_ACCOUNTABLE: _order_settled("order_accountable"),
    Verb.SUPERVISION_WITHDRAWN: _order_settled("order_withdrawn"),
    Verb.AGENDA_ADDED: _agenda("agenda_added"),
    Verb.AGENDA_SCHEDULED: _agenda("agenda_scheduled"),
    Verb.AGENDA_DECIDED: _agenda("agenda_decided"),
    Verb.AGENDA_DROPPED: _agenda("agenda_dropped"),
    Verb.CASE_PAUSED: _to_everybody_at_work("case_paused"),
    Verb.CASE_RESUMED: _to_everybody_at_work("case_resumed"),
}
