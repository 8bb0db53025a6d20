"""How each invariant of the auditor is broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cases.directory.models import Appointment, User
from cases.register.models import Case
from notifications.models import Delivery, Notification
from notifications.services import Message, notify_many
from tests.cast import NOON
from tests.workflows.clockwork import SOON, clock_of, make_task, moment_of
from workflows import escalation
from workflows.models import Assignment, AssignmentState, Deadline, DeadlineState, Escalation, Fire


def after(task: Assignment, rung: int = 2) -> datetime:
    """The rung was passed in time."""
    moment = moment_of(task, rung)
    escalation.sweep(now=moment)
    return moment + SOON


# Each breaks what it is named after and gives back the moment at which the auditor comes and the id that it must name.

Breaks = Callable[[Assignment], tuple[datetime, int]]


def clock_passed(task: Assignment) -> tuple[datetime, int]:
    return moment_of(task, 1) + timedelta(seconds=61), clock_of(task).pk


def clock_astray(task: Assignment) -> tuple[datetime, int]:
    Deadline.objects.filter(assignment=task).update(next_at=moment_of(task, 1) + timedelta(days=400))
    return NOON, clock_of(task).pk


def clock_stands(task: Assignment) -> tuple[datetime, int]:
    Deadline.objects.filter(assignment=task).update(state=DeadlineState.PAUSED, paused_at=NOON, next_at=None)
    return NOON, clock_of(task).pk


def danger_waits(task: Assignment) -> tuple[datetime, int]:
    Assignment.objects.filter(pk=task.pk).update(step="confirm_receipt")
    Case.objects.filter(pk=task.case.pk).update(paused_at=NOON)
    Deadline.objects.filter(assignment=task).update(state=DeadlineState.PAUSED, paused_at=NOON, next_at=None)
    return NOON, clock_of(task).pk


def clock_set_aside(task: Assignment) -> tuple[datetime, int]:
    Deadline.objects.filter(assignment=task).update(state=DeadlineState.QUARANTINED)
    return NOON, clock_of(task).pk


def task_without_clock(task: Assignment) -> tuple[datetime, int]:
    Deadline.objects.filter(assignment=task).delete()
    return NOON, task.pk


def clock_of_closed_task(task: Assignment) -> tuple[datetime, int]:
    make_task(task.case, now=NOON)  # the case has other work
    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE)
    return NOON, clock_of(task).pk


def rung_skipped(task: Assignment) -> tuple[datetime, int]:
    Deadline.objects.filter(assignment=task).update(next_rung=3, next_at=moment_of(task, 3))
    return moment_of(task, 2) + SOON, clock_of(task).pk


def fired_twice(task: Assignment) -> tuple[datetime, int]:
    now = after(task)
    double = Escalation.objects.get()
    higher = Fire.objects.create(deadline=clock_of(task), generation=9, rung=9, planned_at=now, decided_at=now, outcome="collapsed")
    Escalation.objects.filter(pk=double.pk).update(fire=higher)
    double.pk, double._state.adding = None, True
    double.save()
    return now, clock_of(task).pk


def fire_without_words(task: Assignment) -> tuple[datetime, int]:
    now = after(task)
    Notification.objects.filter(recipient__username="principal").delete()
    return now, Fire.objects.get(rung=2).pk


def fire_off_the_record(task: Assignment) -> tuple[datetime, int]:
    """Acted on and said, but by somebody who left the journal out."""
    moment, person = moment_of(task, 2), User.objects.get(username="principal").pk
    Deadline.objects.filter(assignment=task).update(next_rung=3, next_at=moment_of(task, 3), fired=2)
    row = clock_of(task)
    Fire.objects.create(deadline=row, generation=1, rung=1, planned_at=moment_of(task, 1), decided_at=moment, outcome="collapsed")
    fire = Fire.objects.create(deadline=row, generation=1, rung=2, planned_at=moment, decided_at=moment, outcome="acted", recipients=[person])
    params = {"case": task.case.number, "step": task.step, "days": 0}
    notify_many([Message(recipient_id=person, message="escalated", params=params, link="", key=f"fire:{row.pk}:1:2:{person}")])
    return moment + SOON, fire.pk


def credit_not_kept(task: Assignment) -> tuple[datetime, int]:
    now = after(task)
    make_task(task.case, now=now)  # the case has other work
    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE, done_at=now)
    Deadline.objects.filter(assignment=task).update(state=DeadlineState.MET, next_at=None, met_as_of=moment_of(task, 2) - SOON)
    return now, clock_of(task).pk


def words_stuck(task: Assignment) -> tuple[datetime, int]:
    now = after(task)
    said = Notification.objects.latest("pk")
    old = now - timedelta(days=7, hours=7)
    return now, Delivery.objects.create(notification=said, channel="email", key="old", created_at=old, next_at=now + SOON).pk


def case_adrift(task: Assignment) -> tuple[datetime, int]:
    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE)
    Deadline.objects.filter(assignment=task).update(state=DeadlineState.MET, next_at=None)
    return NOON, task.case.pk


def post_vacant(task: Assignment) -> tuple[datetime, int]:
    Appointment.objects.filter(user__username="teacher").update(until=NOON.date() - timedelta(days=1))
    return NOON, task.pk


def holder_left(task: Assignment) -> tuple[datetime, int]:
    Assignment.objects.filter(pk=task.pk).update(holder=User.objects.get(username="teacher"))
    User.objects.filter(username="teacher").update(is_active=False)
    return NOON, task.pk


def ledger_does_not_add_up(task: Assignment) -> tuple[datetime, int]:
    Case.objects.filter(pk=task.case.pk).update(standing="still_out", entered_ledger_on=NOON.date(), priority_household=False)
    return NOON, task.case.pk


BREAKS: list[Breaks] = [
    clock_passed, clock_astray, clock_stands, danger_waits, clock_set_aside, task_without_clock, clock_of_closed_task, rung_skipped, fired_twice,
    fire_without_words, fire_off_the_record, credit_not_kept, words_stuck, case_adrift, post_vacant, holder_left, ledger_does_not_add_up,
]  # fmt: skip
