"""Escalation as viewflow's own timers would do it, as its documentation shows: what the sweep is compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from notifications.services import Message, notify_many
from workflows.models import Assignment, Deadline, Escalation, Fire

WITH_EFFECTS: list[tuple[int, tuple[int, ...]]] = []  # (task, who is told) that the next timers escalate; empty: they only move the flow


class TimerFlow(flow.Flow):  # type: ignore[misc]  # viewflow ships no types
    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle().Next(this.wait)
    wait = flow.Timer(timedelta(0)).Next(this.escalate)
    escalate = flow.Function(this.raise_it).Next(this.end)
    end = flow.End()

    def raise_it(self, activation: Any) -> None:
        """The rows of one rung: fire, escalation, journal, words; as plainly as one would write them."""
        if not WITH_EFFECTS:
            return
        task_id, people = WITH_EFFECTS.pop()
        task, now = Assignment.objects.select_related("case").get(pk=task_id), timezone.now()
        assert task.organisation_id is not None
        row = Deadline.objects.get(assignment=task)
        fire = Fire.objects.create(deadline=row, generation=1, rung=2, planned_at=now, decided_at=now, outcome="acted", recipients=list(people))
        Escalation.objects.create(
            fire=fire, case=task.case, assignment=task, rung=2, organisation_id=task.organisation_id, role="principal", line="education", at=now
        )
        Entry.objects.create(verb=Verb.DEADLINE_FIRED, case=task.case, occurred_at=now, data={"deadline": row.pk, "rung": 2})
        notify_many(
            [
                Message(
                    recipient_id=person, message="escalated", params={"case": task.case.number, "step": task.step, "days": 0},
                    link=f"/tasks/{task.pk}/", key=f"fire:{row.pk}:1:2:{person}",
                )
                for person in people
            ]
        )  # fmt: skip
        Deadline.objects.filter(pk=row.pk).update(next_rung=3, fired=2)


@transaction.atomic
def due(number: int) -> None:
    """So many processes whose timer is due."""
    for _ in range(number):
        TimerFlow.start.run()
