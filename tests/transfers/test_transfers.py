"""The handshake: until the other county accepts, nothing moves; then everything does, at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.ledger.figures import Level, Pair, Within, figures
from cases.register.clearance import propose_deduction
from cases.register.decisions import decide, withdraw
from cases.register.evidence import EvidenceMissing
from cases.register.locking import Refused
from cases.register.models import Case, Involvement, StandingChange
from cases.register.plans import answer_help, sign_plan, write_plan
from cases.transfers import services
from cases.transfers.models import Transfer, TransferState
from cases.transfers.moving import WrongPlace
from notifications.models import Notification
from tests.factories import Place
from tests.paper import pdf
from tests.transfers.conftest import THEN, words
from workflows.models import Assignment, AssignmentState, Deadline

pytestmark = pytest.mark.usefixtures("everybody")


def on_the_ledger_of(day: datetime) -> dict[str, int]:
    """How many children each county of the two counts as still out on a day."""
    rows = figures(day.year, day.date(), within=Within(county="4205"), level=Level.COUNTY)
    return {row.key: row.still_out.total for row in rows[1:] if row.still_out != Pair()}


def task(case: Case, step: str) -> Assignment:
    found: Assignment = Assignment.objects.get(case=case, step=step, state=AssignmentState.OPEN)
    return found


def test_an_offer_waits_five_working_days_before_the_other_bureau_and_moves_nothing(offered: Transfer, other: User, place: Place) -> None:
    waiting = task(offered.case, "answer_transfer")
    assert (waiting.organisation_id, waiting.holder, waiting.seed) == (offered.to_education_id, other, offered.pk)
    assert waiting.due_at is not None
    assert (waiting.due_at.date() - THEN.date()).days >= 5
    assert waiting in Assignment.objects.inbox_of(other)
    offered.case.refresh_from_db()
    assert (offered.case.county_id, offered.case.school) == (place.area.pk, place.school)
    assert on_the_ledger_of(THEN) == {place.area.pk: 1}


def test_an_offer_needs_proof_a_school_where_it_says_so_and_somebody_who_may(
    on_ledger: Case, county: User, teacher: User, township: User, neighbour: Place, place: Place, stranger: User
) -> None:
    for nobody in (teacher, township, stranger):
        with pytest.raises(NotAllowed):
            services.offer(on_ledger, **words(neighbour), by=nobody, now=THEN)
    with pytest.raises(EvidenceMissing):
        services.offer(on_ledger, **words(neighbour, evidence=[]), by=county, now=THEN)
    with pytest.raises(WrongPlace):
        services.offer(on_ledger, **words(neighbour, to_school=None), by=county, now=THEN)
    with pytest.raises(WrongPlace):
        services.offer(on_ledger, **words(place), by=county, now=THEN)
    with pytest.raises(WrongPlace):
        services.offer(on_ledger, **words(neighbour, to_school=place.school), by=county, now=THEN)
    with pytest.raises(Refused):
        services.offer(on_ledger, **words(neighbour, reason="other", note=""), by=county, now=THEN)
    services.offer(on_ledger, **words(neighbour), by=county, now=THEN)
    with pytest.raises(services.AlreadyOffered):
        services.offer(on_ledger, **words(neighbour), by=county, now=THEN)
    assert Transfer.objects.count() == 1


def test_a_principal_may_offer_what_a_class_teacher_may_not(on_ledger: Case, principal: User, neighbour: Place, other: User) -> None:
    assert services.offer(on_ledger, **words(neighbour), by=principal, now=THEN).state == TransferState.OFFERED


def test_with_the_acceptance_the_child_is_on_the_new_ledger_alone_from_that_day(
    offered: Transfer, other: User, county: User, place: Place, neighbour: Place, other_school: dict[str, User]
) -> None:
    later = THEN + timedelta(days=3)
    with pytest.raises(NotAllowed):
        services.answer(offered, accept=True, by=county, now=later)

    services.answer(offered, accept=True, school_class=neighbour.school_class, place=neighbour.village_area, by=other, now=later)

    case = Case.objects.select_related("student").get(pk=offered.case_id)
    assert (case.county, case.school, case.township, case.education) == (neighbour.area, neighbour.school, neighbour.township, neighbour.education)
    assert (case.school_class, case.village) == (neighbour.school_class, neighbour.village)
    assert (case.student.school, case.student.lives_at) == (neighbour.school, neighbour.village_area)
    assert on_the_ledger_of(later - timedelta(days=1)) == {place.area.pk: 1}
    assert on_the_ledger_of(later) == {neighbour.area.pk: 1}
    fact = StandingChange.objects.order_by("-pk")[0]
    assert (fact.standing, fact.county, fact.school, fact.enters_ledger) == ("still_out", neighbour.area, neighbour.school, False)
    assert fact.entry.data["transfer"] == offered.pk
    assert Case.objects.visible_to(other).filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(county).filter(pk=case.pk).exists()
    assert Notification.objects.filter(message="transfer_accepted", recipient=county).exists()


def test_open_tasks_go_to_the_new_posts_with_a_new_day_and_a_word(
    offered: Transfer, other: User, teacher: User, neighbour: Place, other_school: dict[str, User]
) -> None:
    before = task(offered.case, "first_visit")
    assert before.holder == teacher
    later = THEN + timedelta(days=4)

    services.answer(offered, accept=True, school_class=neighbour.school_class, by=other, now=later)

    after = task(offered.case, "first_visit")
    assert (after.pk, after.holder, after.organisation) == (before.pk, other_school["teacher"], neighbour.school)
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at > before.due_at
    assert Deadline.objects.get(assignment=after).generation == 2
    assert Notification.objects.filter(message="task_reassigned", recipient=other_school["teacher"]).count() == 1
    assert Notification.objects.filter(message="tasks_moved_away", recipient=teacher).count() == 1
    assert not Assignment.objects.inbox_of(teacher).filter(case=offered.case_id).exists()


def test_a_refusal_says_why_and_the_child_stays(offered: Transfer, other: User, county: User, place: Place) -> None:
    with pytest.raises(Refused):
        services.answer(offered, accept=False, by=other, now=THEN)
    services.answer(offered, accept=False, note="该生未在我县就读。", by=other, now=THEN)
    offered.refresh_from_db()
    assert (offered.state, offered.decided_by) == (TransferState.REFUSED, other)
    assert on_the_ledger_of(THEN) == {place.area.pk: 1}
    assert Notification.objects.filter(message="transfer_refused", recipient=county).exists()
    with pytest.raises(services.AlreadyAnswered):
        services.answer(offered, accept=True, by=other, now=THEN)


def test_what_is_withdrawn_cannot_be_accepted_and_its_task_is_no_longer_needed(offered: Transfer, other: User, county: User) -> None:
    waiting = task(offered.case, "answer_transfer")
    with pytest.raises(NotAllowed):
        services.withdraw(offered, by=other, now=THEN)
    services.withdraw(offered, note="孩子已返回本县。", by=county, now=THEN)
    waiting.refresh_from_db()
    assert waiting.state == AssignmentState.WITHDRAWN
    with pytest.raises(services.AlreadyAnswered):
        services.answer(offered, accept=True, by=other, now=THEN)


def test_a_proposal_is_decided_before_the_case_can_move(
    on_ledger: Case, principal: User, county: User, other: User, other_county_officer: User, neighbour: Place
) -> None:
    proposal = propose_deduction(
        on_ledger, ground="wrong_entry", occurred_on=THEN.date(), evidence=[("original_record", pdf())], by=principal, now=THEN
    )
    with pytest.raises(Refused):
        services.offer(on_ledger, **words(neighbour), by=county, now=THEN)
    withdraw(proposal, by=principal, now=THEN)
    transfer = services.offer(on_ledger, **words(neighbour), by=county, now=THEN)
    proposal = propose_deduction(
        on_ledger, ground="wrong_entry", occurred_on=THEN.date(), evidence=[("original_record", pdf())], by=principal, now=THEN
    )
    with pytest.raises(Refused):
        services.answer(transfer, accept=True, by=other, now=THEN)
    waiting = task(on_ledger, "answer_transfer")

    decide(proposal, approve=True, by=other_county_officer, now=THEN)  # which closes the case

    transfer.refresh_from_db()
    waiting.refresh_from_db()
    assert (transfer.state, waiting.state) == (TransferState.LAPSED, AssignmentState.WITHDRAWN)


def test_nobody_takes_a_child_over_from_themselves_whatever_posts_they_hold(
    on_ledger: Case, county: User, neighbour: Place, place: Place, other: User
) -> None:
    from tests.factories import appoint

    appoint(county, "county_officer", neighbour.education)
    both = User.objects.get(pk=county.pk)
    transfer = services.offer(on_ledger, **words(neighbour), by=both, now=THEN)
    with pytest.raises(NotAllowed):
        services.answer(transfer, accept=True, by=both, now=THEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(state="accepted", decided_by=both, decided_at=THEN)
    services.answer(transfer, accept=True, by=other, now=THEN)


def test_the_departments_of_the_old_county_lose_their_part_and_the_same_ones_of_the_new_get_the_measures(
    on_ledger: Case, principal: User, township: User, police: User, county: User, other: User, place: Place, neighbour: Place
) -> None:
    from tests.factories import make_user
    from workflows.services import reassign

    new_police = make_user("new-police", "department_officer", neighbour.departments["police"])
    write_plan(
        on_ledger, reason="work", situation="在外务工", goal="返校", means=["aid"],
        measures=[{"organisation": place.departments["police"], "means": "aid", "task": "查找下落"}], by=principal, now=THEN,
    )  # fmt: skip
    sign_plan(on_ledger, sign=True, by=township, now=THEN)
    assert Case.objects.visible_to(police).filter(pk=on_ledger.pk).exists()
    measure = on_ledger.plans.get().measures.get()

    transfer = services.offer(on_ledger, **words(neighbour), by=county, now=THEN)
    services.answer(transfer, accept=True, by=other, now=THEN)

    assert not Case.objects.visible_to(User.objects.get(pk=police.pk)).filter(pk=on_ledger.pk).exists()
    assert not Involvement.objects.filter(case=on_ledger, organisation=place.departments["police"], until=None).exists()
    assert reassign is not None
    assert measure.answer == ""
    assert new_police.posts()[0].organisation == neighbour.departments["police"]
    with pytest.raises(NotAllowed):
        answer_help(measure, answer="done", answer_note="已查找。", evidence=[("department_answer", pdf())], by=new_police, now=THEN)


def test_inside_the_county_the_bureau_moves_the_child_alone_and_both_schools_are_told(
    on_ledger: Case, county: User, principal: User, township: User, place: Place
) -> None:
    from cases.directory.models import SchoolClass
    from tests.factories import make_organisation, make_user

    school = make_organisation("school", place.township_area, "古夫镇示例中学", superior=place.education, line="education")
    new_class = SchoolClass.objects.create(school=school, grade=7, name="七(2)班")
    head = make_user("second-principal", "principal", school)
    given: dict[str, Any] = {"reason": "school_changed", "to_place": place.village_area, "to_school": school, "to_class": new_class}
    for nobody in (principal, township):
        with pytest.raises(NotAllowed):
            services.move_within(on_ledger, **given, by=nobody, now=THEN)

    moved = services.move_within(on_ledger, **given, by=county, now=THEN)

    on_ledger.refresh_from_db()
    assert (moved.state, on_ledger.school, on_ledger.county) == (TransferState.ACCEPTED, school, place.area)
    assert task(on_ledger, "first_visit").holder == head  # until the class has a teacher
    told = set(Notification.objects.filter(message="school_changed").values_list("recipient__username", flat=True))
    assert told == {"principal", "second-principal"}
    assert on_the_ledger_of(THEN) == {place.area.pk: 1}
    with pytest.raises(WrongPlace):
        services.move_within(on_ledger, **given, by=county, now=THEN)


def test_the_same_form_twice_is_one_offer(on_ledger: Case, county: User, other: User, neighbour: Place) -> None:
    from uuid import uuid4

    from cases.journal.services import AlreadyRecorded

    form = uuid4()
    services.offer(on_ledger, **words(neighbour), by=county, now=THEN, submission=form)
    with pytest.raises(AlreadyRecorded):
        services.offer(on_ledger, **words(neighbour), by=county, now=THEN, submission=form)
    assert Entry.objects.filter(verb=Verb.TRANSFER_OFFERED).count() == 1


def test_an_unanswered_offer_climbs_in_the_county_that_has_to_answer(
    offered: Transfer, other: User, other_head: User, county: User, county_head: User
) -> None:
    from workflows import escalation
    from workflows.models import Escalation

    waiting = task(offered.case, "answer_transfer")
    assert waiting.due_at is not None
    escalation.sweep(now=waiting.due_at + timedelta(days=1))
    raised = Escalation.objects.filter(assignment=waiting)
    assert [(row.organisation_id, row.role) for row in raised] == [(offered.to_education_id, "county_head")]
    assert Escalation.objects.queue_of(other_head).count() == 1
    assert not Escalation.objects.queue_of(county_head).filter(assignment=waiting).exists()
