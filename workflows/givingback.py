"""A task goes back to whoever had it before it was reassigned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.directory.models import Appointment
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger import reporting
from cases.ledger.models import Act
from notifications.messages import worded
from workflows import opentasks, rights, telling
from workflows.reporttasks import said_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cases.directory.models import User
    from workflows.models import Assignment


@dataclass(frozen=True)
class Place:
    """Where a task lies: the post, and who holds it (None: nobody yet)."""

    organisation: int | None
    role: str
    holder: int | None

    @classmethod
    def of(cls, task: Assignment) -> Place:
        return cls(task.organisation_id, task.role, task.holder_id)

    @classmethod
    def read(cls, said: dict[str, Any]) -> Place:
        return cls(said["organisation"], said["role"], said["holder"])

    def said(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def give_back(
    assignment: Assignment, *, given: Place, before: Place, note: str, by: User, now: datetime, submission: UUID | None = None
) -> Assignment:
    """Put a task back to `before`, if it still lies where it was `given`. A holder who left the post leaves it open there; the clock runs on,
    because everybody was told of its day. Raises Refused, AlreadyDone, NotAllowed, AlreadyRecorded."""
    row = opentasks.locked(assignment, submission=submission)
    rights.require_above(row, by)
    if Place.of(row) != given:
        raise Refused(_("Somebody moved this task on since."))
    holder = before.holder if before.holder and _holds(before) else None
    row.organisation_id, row.role, row.holder_id = before.organisation, before.role, holder
    row.save(update_fields=["organisation", "role", "holder"])
    record(
        Verb.TASK_REASSIGNED,
        **said_of(row),
        actor=by,
        at=now,
        submission=submission,
        remark=note,
        assignment=row.pk,
        to_organisation=before.organisation,
        user=holder,
    )
    if row.report is not None:
        reporting.note_act(row.report, Act.REASSIGNED, note=note, by=by, now=now)
    due = timezone.localdate(row.due_at).isoformat() if row.due_at else ""
    telling.send(
        row.about,
        worded("task_reassigned", beside=row.beside),
        telling.people_of(row),
        key=f"reassigned:{row.pk}:{now.isoformat()}",
        link=f"/tasks/{row.pk}/",
        step=row.step,
        due=due,
    )
    return row


def _holds(place: Place) -> bool:
    posts = Appointment.objects.present().filter(role=place.role, user__is_active=True)
    return bool(posts.filter(user=place.holder, organisation=place.organisation).exists())
