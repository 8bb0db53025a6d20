"""The joint conference: who lays a case before it, who fixes the meeting, what its decision gives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cases.conferences.models import AgendaItem, ItemState
from cases.conferences.services import AlreadyOnAgenda, BadItem, NobodyConvenes, decide_item, put_on_agenda, schedule
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment, User
from cases.journal.models import Entry
from cases.register.models import Case
from notifications.models import Notification
from tests.factories import Place
from tests.workflows.roads import steps
from workflows import casewide, supervising
from workflows.models import Assignment, Escalation
from workflows.sweeping import sweep_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture
def item(case: Case, everybody: list[User], county: User, noon: datetime) -> AgendaItem:
    return put_on_agenda(case, reason="父母失联，学校与镇均无力解决", by=county, now=noon)


def test_a_supervisor_lays_a_case_before_the_office_once(
    item: AgendaItem, case: Case, teacher: User, convener: User, conference: User, noon: datetime
) -> None:
    assert (item.county_id, item.state) == (case.county_id, ItemState.WAITING)
    assert Notification.objects.filter(message="agenda_added").values_list("recipient", flat=True).get() == conference.pk
    with pytest.raises(AlreadyOnAgenda):
        put_on_agenda(case, reason="再议", by=convener, now=noon)
    with pytest.raises(NotAllowed):
        put_on_agenda(case, reason="请研究", by=teacher, now=noon)


def test_from_an_escalation_it_leaves_the_queue(case: Case, county: User, noon: datetime) -> None:
    sweep_all(noon + timedelta(days=14))
    row = Escalation.objects.queue_of(county).select_related("assignment__case").order_by("pk")[0]
    item = supervising.put_on_agenda(row.assignment, note="请联席会议研究", by=county, now=noon + timedelta(days=14))
    row.refresh_from_db()
    assert (row.state, row.decision, item.assignment) == ("handled", "agenda", row.assignment_id)


def test_without_an_office_and_a_convener_there_is_no_agenda(case: Case, county: User, noon: datetime) -> None:
    Appointment.objects.filter(role="conference_office").update(until=noon.date() - timedelta(days=9))
    put_on_agenda(case, reason="请研究", by=county, now=noon)
    assert Notification.objects.get(message="agenda_added").recipient.username == "convener"
    AgendaItem.objects.all().delete()
    Appointment.objects.filter(role="convener").update(until=noon.date() - timedelta(days=9))
    with pytest.raises(NobodyConvenes):
        put_on_agenda(case, reason="请研究", by=county, now=noon)


def test_the_office_fixes_the_meeting_and_nobody_else(item: AgendaItem, county: User, conference: User, inspector: User, noon: datetime) -> None:
    on = noon.date() + timedelta(days=6)
    for person in (county, inspector):
        with pytest.raises(NotAllowed):
            schedule(item, meeting_on=on, by=person, now=noon)
    with pytest.raises(BadItem):
        schedule(item, meeting_on=noon.date() - timedelta(days=1), by=conference, now=noon)
    assert schedule(item, meeting_on=on, by=conference, now=noon).meeting_on == on
    assert Notification.objects.filter(recipient=county, message="agenda_scheduled").exists()


def test_a_decision_goes_on_record_and_may_give_a_task(
    item: AgendaItem, place: Place, conference: User, county: User, police: User, noon: datetime
) -> None:
    said: dict[str, Any] = {"decision": "公安局三日内查明监护人去向。", "held_on": noon.date(), "taken_up": True}
    task: dict[str, Any] = {"title": "查明去向", "organisation": place.departments["police"], "role": "department_officer", "working_days": 3}
    with pytest.raises(BadItem):
        decide_item(item, **said | {"decision": " "}, by=conference, now=noon)
    with pytest.raises(BadItem):
        decide_item(item, **said | {"held_on": noon.date() + timedelta(days=1)}, by=conference, now=noon)

    done = supervising.decide_item(item, **said, task=task, by=conference, now=noon)

    assert (done.state, done.meeting_on, done.decided_by) == (ItemState.DECIDED, noon.date(), conference)
    assert steps(item.case)["extra_task"] == "police"
    assert Case.objects.visible_to(police).exists()
    row = Assignment.objects.get(step="extra_task")
    assert row.seed == done.extra
    assert Notification.objects.filter(recipient=county, message="agenda_decided").exists()
    verbs = Entry.objects.filter(case=item.case, verb__in=["agenda.decided", "extra.added"]).values_list("verb", flat=True)
    assert sorted(verbs) == ["agenda.decided", "extra.added"], "a fact, an entry"
    with pytest.raises(BadItem):
        decide_item(item, **said, by=conference, now=noon)


def test_what_is_not_taken_up_gives_nobody_a_task(item: AgendaItem, place: Place, conference: User, noon: datetime) -> None:
    said: dict[str, Any] = {"decision": "由镇政府先行处置", "held_on": noon.date(), "taken_up": False}
    task: dict[str, Any] = {"title": "查明去向", "organisation": place.departments["police"], "role": "department_officer", "working_days": 3}
    with pytest.raises(NotAllowed):
        supervising.decide_item(item, **said, task=task, by=conference, now=noon)
    item.refresh_from_db()
    assert item.state == ItemState.WAITING, "all of it or nothing"
    assert supervising.decide_item(item, **said, by=conference, now=noon).state == ItemState.DROPPED


def test_a_case_opened_by_mistake_leaves_the_agenda(item: AgendaItem, county: User, noon: datetime) -> None:
    casewide.cancel_case(item.case, note="同名误报", by=county, now=noon)
    item.refresh_from_db()
    assert (item.state, item.decision) == (ItemState.DROPPED, "同名误报")


def test_who_reads_the_agenda(item: AgendaItem, request: pytest.FixtureRequest) -> None:
    names = ("teacher", "principal", "township_head", "police", "county", "conference", "convener", "inspector", "prefecture", "stranger", "admin")
    sees = [name for name in names if AgendaItem.objects.visible_to(request.getfixturevalue(name)).exists()]
    assert sees == ["county", "conference", "convener", "inspector", "prefecture"]
