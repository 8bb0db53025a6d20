"""A supervisor's means work downwards, never for oneself and never upwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.protection.services import report_danger
from cases.register.locking import Refused
from cases.register.models import Case
from workflows import casewide, handling, services
from workflows.escalation import sweep
from workflows.models import Assignment, Escalation, EscalationState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def task(case: Case, step: str) -> Assignment:
    found: Assignment = Assignment.objects.select_related("case").get(case=case, step=step, state="open")
    return found


def test_nobody_gives_their_own_task_more_time(case: Case, principal: User, teacher: User, county: User, noon: datetime) -> None:
    own = task(case, "first_visit")
    services.reassign(own, to=principal.appointments.get(), note="亲自去", by=county, now=noon)
    own.refresh_from_db()
    with pytest.raises(NotAllowed):
        services.extend(own, until=noon.date() + timedelta(days=9), note="忙", by=principal, now=noon)
    with pytest.raises(NotAllowed):
        services.reassign(own, to=teacher.appointments.get(), note="忙", by=principal, now=noon)

    services.reassign(own, to=teacher.appointments.get(), note="忙", by=principal, now=noon, restart=False)
    services.extend(own, until=noon.date() + timedelta(days=9), note="路远", by=county, now=noon)
    own.refresh_from_db()
    assert own.due_at is not None
    assert own.due_at.date() == noon.date() + timedelta(days=9)


def test_a_principal_moves_no_task_of_the_other_line_and_none_from_above(case: Case, principal: User, township_head: User, noon: datetime) -> None:
    check = task(case, "village_check")
    acts: list[Callable[[], object]] = [
        lambda: services.extend(check, until=noon.date() + timedelta(days=9), note="不急", by=principal, now=noon),
        lambda: services.take_over(check, note="我来", by=principal, now=noon),
        lambda: services.reassign(check, to=principal.appointments.get(), note="我来", by=principal, now=noon),
        lambda: services.extend(task(case, "first_visit"), until=noon.date() + timedelta(days=9), note="不急", by=township_head, now=noon),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    services.extend(check, until=noon.date() + timedelta(days=9), note="山路", by=township_head, now=noon)


def test_what_was_raised_to_a_superior_is_not_taken_off_the_queue_from_below(case: Case, principal: User, noon: datetime) -> None:
    late = noon + timedelta(days=40)
    while sweep(now=late):
        pass
    raised = Escalation.objects.filter(state=EscalationState.OPEN).exclude(organisation=case.school).first()
    assert raised is not None
    with pytest.raises(NotAllowed):
        handling.note_escalation(raised, note="知道了", by=principal, now=late)
    raised.refresh_from_db()
    assert raised.state == EscalationState.OPEN
    superior = User.objects.filter(appointments__organisation=raised.organisation, appointments__role=raised.role).first()
    assert superior is not None
    handling.note_escalation(raised, note="已约谈", by=superior, now=late)
    raised.refresh_from_db()
    assert raised.state == EscalationState.HANDLED


def test_neither_a_suspension_nor_a_cancelled_case_silences_a_report_of_danger(case: Case, teacher: User, principal: User, noon: datetime) -> None:
    report_danger(case, kind="violence", facts="身上有伤。", by=teacher, now=noon)
    for silence in (casewide.pause_case, casewide.cancel_case):
        with pytest.raises(Refused):
            silence(case, note="误报", by=principal, now=noon)
