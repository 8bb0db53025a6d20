"""A supervision order: who issues it to whom, who answers, who decides, and what each finds in the inbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.journal.verbs import Verb
from cases.register.models import Case
from cases.supervision.models import OrderReply, OrderState, SupervisionOrder
from cases.supervision.rules import units
from cases.supervision.services import AlreadySettled, BadOrder, answer_order, decide_on_answer, issue_order, withdraw_order
from notifications.models import Notification
from tests.factories import Place, make_user
from tests.paper import pdf
from tests.supervision.conftest import words
from tests.workflows.roads import steps
from workflows import audit, casewide, rights, services
from workflows.models import Assignment, CaseProcess, Kind
from workflows.sweeping import sweep_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def broken(now: datetime) -> list[str]:
    return [found.invariant.code for found in audit.look(now) if found.count]


def task(order: SupervisionOrder, step: str) -> Assignment:
    found: Assignment = Assignment.objects.select_related("case").get(case=order.case, step=step, state="open")
    return found


def test_an_order_is_a_task_of_whoever_answers_for_the_unit_due_on_its_day(order: SupervisionOrder, principal: User, noon: datetime) -> None:
    row = task(order, "answer_order")
    assert (row.holder, row.role, row.line, row.seed) == (principal, "principal", "education", order.pk)
    assert row.due_at is not None
    assert row.due_at.date() == order.answer_by
    told = Notification.objects.get(recipient=principal, params__step="answer_order")
    assert told.asks_receipt, "whoever must answer confirms that they were told"
    assert broken(noon) == []


def test_numbers_have_no_gaps_within_a_county_and_a_year(case: Case, place: Place, conference: User, noon: datetime) -> None:
    numbers = [issue_order(case, **words(place, noon), by=conference, now=noon).number for _again in range(2)]
    with pytest.raises(BadOrder):
        issue_order(case, **words(place, noon, demand=" "), by=conference, now=noon)
    numbers.append(issue_order(case, **words(place, noon), by=conference, now=noon).number)
    assert numbers == ["控辍督〔2026〕1号", "控辍督〔2026〕2号", "控辍督〔2026〕3号"]


@pytest.mark.parametrize(
    ("person", "below"),
    [
        ("county", {"school", "village", "township"}),
        ("conference", {"school", "village", "township", "education", "departments"}),
        ("inspector", {"school", "village", "township", "education", "departments", "conference"}),
        ("prefecture", {"school", "village", "township", "education", "departments", "conference", "government"}),
        ("principal", set()),
        ("township_head", set()),
        ("stranger", set()),
    ],
)
def test_an_order_goes_downwards_only(request: pytest.FixtureRequest, case: Case, place: Place, noon: datetime, person: str, below: set[str]) -> None:
    user: User = request.getfixturevalue(person)
    # labour has nobody at work, so no order can lie there
    known = {
        place.school: "school", place.village: "village", place.township: "township", place.education: "education",
        place.conference: "conference", place.government: "government",
    } | dict.fromkeys(place.departments.values(), "departments")  # fmt: skip
    found = units(case, user)
    assert {known[unit] for unit in found} == below
    assert place.departments["labour"] not in found
    if place.education not in found:
        with pytest.raises((BadOrder, NotAllowed)):
            issue_order(case, **words(place, noon, addressee=place.education), by=user, now=noon)


def test_a_department_sees_the_case_from_the_order_on(case: Case, place: Place, conference: User, police: User, noon: datetime) -> None:
    assert not Case.objects.visible_to(police).exists()
    found = issue_order(case, **words(place, noon, addressee=place.departments["police"]), by=conference, now=noon)
    assert Case.objects.visible_to(police).exists()
    assert SupervisionOrder.objects.visible_to(police).get() == found


@pytest.mark.parametrize("days", [0, -1, 61])
def test_an_answer_needs_time_and_not_for_ever(case: Case, place: Place, conference: User, noon: datetime, days: int) -> None:
    with pytest.raises(BadOrder) as refusal:
        issue_order(case, **words(place, noon, answer_by=noon.date() + timedelta(days=days)), by=conference, now=noon)
    assert refusal.value.field == "answer_by"


def test_an_answer_with_evidence_goes_to_the_issuer_who_accepts_it(
    order: SupervisionOrder, principal: User, conference: User, convener: User, noon: datetime
) -> None:
    reply = answer_order(order, text="已家访，孩子周一返校。", evidence=[pdf()], by=principal, now=noon)
    assert reply.evidence.count() == 1
    row = task(order, "decide_on_answer")
    assert (row.holder, row.organisation_id, row.line) == (conference, order.issuer_id, "government")
    with pytest.raises(NotAllowed):
        decide_on_answer(order, outcome="accepted", by=principal, now=noon)
    with pytest.raises(NotAllowed):
        decide_on_answer(order, outcome="accepted", by=convener, now=noon)

    decide_on_answer(order, outcome="accepted", by=conference, now=noon)

    order.refresh_from_db()
    assert (order.state, order.settled_at) == (OrderState.ACCEPTED, noon)
    assert set(steps(order.case)) == {"first_visit", "village_check"}
    assert Notification.objects.filter(recipient=principal, message="order_accepted").exists()
    with pytest.raises(AlreadySettled):
        decide_on_answer(order, outcome="accepted", by=conference, now=noon)
    said = Entry.objects.filter(case=order.case, verb__startswith="supervision.").order_by("pk").values_list("verb", flat=True)
    assert list(said) == [Verb.SUPERVISION_ISSUED, Verb.SUPERVISION_ANSWERED, Verb.SUPERVISION_ACCEPTED]


def test_what_is_sent_back_is_answered_again_by_a_new_day(order: SupervisionOrder, principal: User, conference: User, noon: datetime) -> None:
    answer_order(order, text="正在联系。", by=principal, now=noon)
    again = noon.date() + timedelta(days=9)
    for lacking in (
        {"reason": " ", "again_by": again},
        {"reason": "没有家访记录", "again_by": None},
        {"reason": "没有家访记录", "again_by": noon.date()},
    ):
        with pytest.raises(BadOrder):
            decide_on_answer(order, outcome="sent_back", **lacking, by=conference, now=noon)

    decide_on_answer(order, outcome="sent_back", reason="没有家访记录", again_by=again, by=conference, now=noon)

    row = task(order, "answer_order")
    assert row.due_at is not None
    assert (row.holder, row.due_at.date()) == (principal, again)
    answer_order(order, text="已家访。", by=principal, now=noon)
    decide_on_answer(order, outcome="accepted", by=conference, now=noon)
    assert [reply.decision.outcome for reply in order.replies.order_by("pk")] == ["sent_back", "accepted"]
    assert CaseProcess.objects.filter(case=order.case, kind=Kind.ORDER).count() == 1


def test_an_accountability_finding_names_its_kind_and_its_reason(order: SupervisionOrder, principal: User, conference: User, noon: datetime) -> None:
    answer_order(order, text="家长不配合。", by=principal, now=noon)
    for measure, reason in (("", "敷衍"), ("talk", ""), ("dismissal", "敷衍")):
        with pytest.raises(BadOrder):
            decide_on_answer(order, outcome="accountable", measure=measure, reason=reason, by=conference, now=noon)
    decision = decide_on_answer(order, outcome="accountable", measure="criticism", reason="三次未家访", by=conference, now=noon)
    order.refresh_from_db()
    assert order.state == OrderState.ACCOUNTABLE
    assert decision.get_measure_display()
    assert Notification.objects.get(recipient=principal, message="order_accountable").urgent


def test_nobody_above_answers_in_the_units_place(order: SupervisionOrder, county: User, conference: User, teacher: User, noon: datetime) -> None:
    row = task(order, "answer_order")
    assert not rights.may_do(row, county)
    for person in (county, conference, teacher):
        with pytest.raises(NotAllowed):
            answer_order(order, text="代为答复", by=person, now=noon)
    # the issuer cannot get round it by taking the task over
    services.take_over(row, note="代办", by=conference, now=noon)
    with pytest.raises(NotAllowed):
        answer_order(order, text="代为答复", by=conference, now=noon)


def test_a_late_answer_climbs_the_ladder_like_every_task(order: SupervisionOrder, county: User, noon: datetime) -> None:
    sweep_all(noon + timedelta(days=30))
    raised = {(row.rung, row.role) for row in task(order, "answer_order").escalations.all()}
    assert {(4, "county_head"), (4, "convener"), (4, "conference_office")} <= raised


def test_the_issuer_withdraws_an_order_and_its_task_goes(
    order: SupervisionOrder, county: User, conference: User, principal: User, noon: datetime
) -> None:
    with pytest.raises(NotAllowed):
        withdraw_order(order, reason="误发", by=county, now=noon)
    with pytest.raises(BadOrder):
        withdraw_order(order, reason=" ", by=conference, now=noon)
    withdraw_order(order, reason="误发", by=conference, now=noon)
    assert set(steps(order.case)) == {"first_visit", "village_check"}
    with pytest.raises(AlreadySettled):
        answer_order(order, text="已办", by=principal, now=noon)
    assert broken(noon) == []


def test_a_case_opened_by_mistake_takes_its_orders_along(order: SupervisionOrder, county: User, noon: datetime) -> None:
    casewide.cancel_case(order.case, note="同名误报", by=county, now=noon)
    order.refresh_from_db()
    assert order.state == OrderState.WITHDRAWN
    assert steps(order.case) == {}


def test_a_form_that_comes_twice_counts_once(case: Case, place: Place, conference: User, noon: datetime) -> None:
    token = uuid4()
    issue_order(case, **words(place, noon), by=conference, now=noon, submission=token)
    with pytest.raises(AlreadyRecorded):
        issue_order(case, **words(place, noon), by=conference, now=noon, submission=token)
    assert SupervisionOrder.objects.count() == 1


def test_who_may_read_an_order(order: SupervisionOrder, place: Place, request: pytest.FixtureRequest) -> None:
    sees = {name: SupervisionOrder.objects.visible_to(request.getfixturevalue(name)).exists() for name in (
        "principal", "conference", "county", "convener", "inspector", "prefecture", "teacher", "township", "village", "police", "stranger", "admin",
    )}  # fmt: skip
    assert [name for name, seen in sees.items() if seen] == ["principal", "conference", "county", "convener", "inspector", "prefecture"]
    successor = make_user("new-principal", "principal", place.school)
    assert SupervisionOrder.objects.visible_to(successor).exists(), "the post answers, not the person"


def test_what_was_answered_is_never_changed(order: SupervisionOrder, principal: User, noon: datetime) -> None:
    reply = answer_order(order, text="已家访。", by=principal, now=noon)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_orderreply SET text = '改' WHERE id = %s", [reply.pk])
    assert OrderReply.objects.get().text == "已家访。"


def test_nobody_below_the_issuer_takes_the_decision_on_an_answer_away(
    case: Case, place: Place, everybody: list[User], county: User, county_head: User, prefecture: User, province: User, noon: datetime
) -> None:
    """The bureau whose head answered would decide on that answer; it would give its own head more time, too."""
    found = issue_order(case, **words(place, noon, addressee=place.education), by=prefecture, now=noon)
    task = Assignment.objects.get(case=case, step="answer_order", state="open")
    with pytest.raises(NotAllowed):
        services.extend(task, until=noon.date() + timedelta(days=20), note="多给几天", by=county, now=noon)
    answer_order(found, text="已办理", by=county_head, now=noon)
    task = Assignment.objects.get(case=case, step="decide_on_answer", state="open")
    to = county.appointments.select_related("organisation", "user").get()
    with pytest.raises(NotAllowed):
        services.take_over(task, note="代办", by=county, now=noon)
    with pytest.raises(NotAllowed):
        services.reassign(task, to=to, note="请办", by=county_head, now=noon)
    with pytest.raises(NotAllowed):
        decide_on_answer(found, outcome="accepted", by=county, now=noon)
    services.remind(task, note="请尽快", by=province, now=noon)
    services.take_over(task, note="代办", by=province, now=noon)
    assert decide_on_answer(found, outcome="accepted", by=province, now=noon).outcome == "accepted"
