"""Raising a task passes its next rung now, once, and never to nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment, User
from cases.journal.models import Entry
from cases.journal.services import AlreadyRecorded
from cases.journal.verbs import Verb
from cases.register.locking import Refused
from cases.register.models import Case
from notifications.models import Notification
from tests.factories import Place
from tests.workflows.clockwork import clock_of, moment_of
from workflows import audit
from workflows.models import Assignment, Deadline, Escalation, Fire
from workflows.opentasks import ReasonMissing
from workflows.supervising import NothingAbove, raise_to_superior
from workflows.sweeping import sweep_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(case: Case, everybody: list[User]) -> Assignment:
    found: Assignment = Assignment.objects.select_related("case").get(case=case, step="first_visit", state="open")
    return found


def broken(now: datetime) -> list[str]:
    return [found.invariant.code for found in audit.look(now) if found.count]


def test_what_lies_before_the_head_is_raised_to_the_superior_at_once(task: Assignment, principal: User, county: User, noon: datetime) -> None:
    now = moment_of(task, 2) + timedelta(hours=1)
    sweep_all(now)
    [mine] = Escalation.objects.queue_of(principal)
    assert not Escalation.objects.queue_of(county).exists()
    with pytest.raises(ReasonMissing):
        raise_to_superior(task, note=" ", by=principal, now=now)

    assert raise_to_superior(task, note="教师多次催办不动", by=principal, now=now) == 3

    raised = Escalation.objects.queue_of(county).get(assignment=task)
    assert (raised.rung, raised.at) == (3, now)
    mine.refresh_from_db()
    assert (mine.state, mine.decision, mine.handled_by) == ("handled", "raised", principal)
    said = Notification.objects.get(recipient=county, message="raised")
    assert (said.urgent, said.asks_receipt) == (True, True)
    entry = Entry.objects.get(verb=Verb.TASK_RAISED)
    assert (entry.actor, entry.data["rung"], entry.remark.text) == (principal, 3, "教师多次催办不动")
    deadline = clock_of(task)
    assert (deadline.fired, deadline.next_rung, deadline.state) == (3, 4, "armed")
    assert broken(now) == []


def test_the_sweep_passes_over_what_was_raised_and_goes_on_above_it(task: Assignment, principal: User, county: User, noon: datetime) -> None:
    now = moment_of(task, 2) + timedelta(hours=1)
    sweep_all(now)
    raise_to_superior(task, note="催办不动", by=principal, now=now)
    sweep_all(moment_of(task, 3) + timedelta(hours=1))
    assert list(Fire.objects.filter(deadline__assignment=task, rung__gte=2).order_by("rung").values_list("rung", flat=True)) == [2, 3]
    later = moment_of(task, 4) + timedelta(hours=1)
    sweep_all(later)
    assert Escalation.objects.filter(assignment=task, rung=4, state="open").count() == 3
    assert Notification.objects.filter(recipient=county, key__startswith=f"fire:{clock_of(task).pk}:1:3:").count() == 1
    assert broken(later) == []


def test_raised_before_it_is_due_the_rungs_below_collapse_into_it(task: Assignment, principal: User, county: User, noon: datetime) -> None:
    rung = raise_to_superior(task, note="班主任生病，无人可派", by=county, now=noon)
    fires = {fire.rung: fire.outcome for fire in Fire.objects.filter(deadline__assignment=task)}
    assert fires[rung] == "acted"
    assert {outcome for number, outcome in fires.items() if number < rung} <= {"collapsed"}
    assert broken(noon) == []


def test_a_person_raises_a_task_once(task: Assignment, principal: User, county: User, prefecture: User, noon: datetime) -> None:
    now = moment_of(task, 2) + timedelta(hours=1)
    sweep_all(now)
    token = uuid4()
    raise_to_superior(task, note="催办不动", by=principal, now=now, submission=token)
    with pytest.raises(AlreadyRecorded):
        raise_to_superior(task, note="催办不动", by=principal, now=now, submission=token)
    with pytest.raises(Refused, match=r"."):
        raise_to_superior(task, note="再次提级", by=principal, now=now)
    # whoever it lies before now may raise it further, up to the top and no higher
    assert raise_to_superior(task, note="县里也推不动", by=county, now=now) == 4
    with pytest.raises(Refused):
        raise_to_superior(task, note="再提", by=county, now=now)
    assert Fire.objects.filter(deadline__assignment=task, rung=4).count() == 1


def test_nobody_raises_what_does_not_lie_below_or_before_them(
    task: Assignment, teacher: User, township: User, stranger: User, inspector: User, noon: datetime
) -> None:
    for person in (teacher, township, stranger, inspector):
        with pytest.raises(NotAllowed):
            raise_to_superior(task, note="提级", by=person, now=noon)
    assert not Fire.objects.exists()


def test_it_is_never_raised_to_nobody(task: Assignment, place: Place, county: User, noon: datetime) -> None:
    """Where only the county officer is at work, nobody stands above."""
    Appointment.objects.exclude(user=county).update(until=noon.date() - timedelta(days=1))
    with pytest.raises(NothingAbove):
        raise_to_superior(task, note="提级", by=county, now=noon)
    assert not Escalation.objects.exists()
    assert Deadline.objects.get(assignment=task).fired == 0


def test_at_the_top_of_the_ladder_there_is_nothing_above(task: Assignment, county: User, noon: datetime) -> None:
    now = moment_of(task, 5) + timedelta(hours=1)
    sweep_all(now)
    with pytest.raises(NothingAbove):
        raise_to_superior(task, note="提级", by=county, now=now)
