"""One thing done to many tasks: written down whole before the first row is touched, and then worked off row by row (see workflows.bulkwork)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, require
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from workflows.models import AssignmentState, BulkAction, BulkJob, BulkOutcome, BulkResult, BulkRow
from workflows.opentasks import ReasonMissing

if TYPE_CHECKING:
    from cases.directory.models import Appointment, User

AT_MOST = 10_000
NOTHING_TO_SAY = frozenset({BulkAction.CLAIM})  # who takes a task gives no reason


@dataclass(frozen=True)
class Progress:
    """How far a job came."""

    total: int
    done: int
    refused: int

    @property
    def left(self) -> int:
        return self.total - self.done - self.refused

    @property
    def percent(self) -> int:
        return (self.done + self.refused) * 100 // self.total


@transaction.atomic
def start(
    action: BulkAction,
    tasks: Iterable[int],
    *,
    note: str = "",
    to: Appointment | None = None,
    restart: bool = True,
    until: date | None = None,
    by: User,
    now: datetime,
    submission: UUID,
    undoes: BulkJob | None = None,
) -> BulkJob:
    """Write down what is to be done to which tasks (pks, each once). Nothing is done to them yet.

    Raises Refused for none or more than AT_MOST of them, ReasonMissing, NotAllowed; AlreadyRecorded when the same page was sent before.
    """
    if action != BulkAction.CLAIM:
        require(by, Capability.SUPERVISE)
    if action not in NOTHING_TO_SAY and not note.strip():
        raise ReasonMissing(_("Give a reason; it goes into the record and to those concerned."))
    picked = list(dict.fromkeys(tasks))
    if not picked:
        raise Refused(_("Nothing of what you picked is waiting any more."))
    if len(picked) > AT_MOST:
        raise Refused(_("At most %(most)s tasks at once. Narrow the filters and do it in parts.") % {"most": AT_MOST})
    params: dict[str, Any] = {}
    if action == BulkAction.REASSIGN:
        if to is None:
            raise Refused(_("Choose who is to do the tasks."))
        params = {"to": to.pk, "restart": restart}
    elif action == BulkAction.EXTEND:
        if until is None:
            raise Refused(_("Give the new last day."))
        params = {"until": until.isoformat()}
    job, made = BulkJob.objects.get_or_create(
        submission=submission,
        defaults={
            "action": action, "note": note.strip(), "params": params, "asked_by": by, "asked_at": now, "total": len(picked), "undoes": undoes,
        },
    )  # fmt: skip
    if not made:
        raise AlreadyRecorded(str(AlreadyRecorded.message))
    BulkRow.objects.bulk_create([BulkRow(job=job, assignment_id=task) for task in picked], batch_size=2000)
    return job


def stop(job: BulkJob, *, now: datetime) -> bool:
    """Leave the rest undone; what was done stays done. False when there was nothing left to stop."""
    return bool(BulkJob.objects.filter(pk=job.pk, finished_at=None, stopped_at=None).update(stopped_at=now))


@transaction.atomic
def undo(job: BulkJob, *, note: str, by: User, now: datetime, submission: UUID) -> BulkJob:
    """Give every task that this job reassigned back to whoever had it, as a job of its own. The deadlines stay as they are now: people were
    told of them. Raises Refused when there is nothing to undo or it was undone before, and what `start` raises."""
    job = BulkJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not undoable(job):
        raise Refused(_("Only a reassignment that has come to its end can be undone, and only once."))
    given = BulkRow.objects.filter(job=job, result__outcome=BulkOutcome.DONE, assignment__state=AssignmentState.OPEN)
    tasks = given.order_by("pk").values_list("assignment_id", flat=True)
    return start(BulkAction.GIVE_BACK, tasks, note=note, by=by, now=now, submission=submission, undoes=job)


def undoable(job: BulkJob) -> bool:
    """Whether the tasks can be given back. A reminder was read and an extension relied on: neither can be taken back."""
    return job.action == BulkAction.REASSIGN and job.finished_at is not None and not BulkJob.objects.filter(undoes=job).exists()


def progress(job: BulkJob) -> Progress:
    """Counted from the results: one query."""
    return progress_of([job])[job.pk]


def progress_of(jobs: Iterable[BulkJob]) -> Mapping[int, Progress]:
    """The same for several jobs in one query."""
    totals = {job.pk: job.total for job in jobs}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT job_id, count(*) FILTER (WHERE outcome = 'done'), count(*) FILTER (WHERE outcome = 'refused')
            FROM workflows_bulkrow JOIN workflows_bulkresult ON row_id = id WHERE job_id = ANY(%s) GROUP BY job_id
            """,
            [list(totals)],
        )
        found = {job: (done, refused) for job, done, refused in cursor.fetchall()}
    return {job: Progress(total, *found.get(job, (0, 0))) for job, total in totals.items()}


def refused_rows(job: BulkJob) -> Any:
    """What was refused, with its reason, in the order of the rows."""
    return (
        BulkResult.objects.filter(row__job=job, outcome=BulkOutcome.REFUSED)
        .select_related("row__assignment__case", "row__assignment__report", "row__assignment__organisation", "row__assignment__holder")
        .order_by("row_id")
    )
