"""Working a bulk job off. Each row is one short transaction: the effect, its journal entry and its result, or none of them.

Whoever is killed leaves no half row, and the next one goes on where no result stands yet; two at once share the rows (SKIP LOCKED).
PostgreSQL alone knows what is left, so the timetable, the sweeper's loop or the page itself may go on with it.
"""

from __future__ import annotations

import logging
import time
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cases import sql
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from notifications.services import Message, notify
from workflows import bulk, givingback, opentasks, services
from workflows.givingback import Place
from workflows.models import Assignment, BulkAction, BulkJob, BulkOutcome, BulkResult, BulkRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases.directory.models import User

CHUNK = 50  # rows between two looks at who asks, whether they still may, and whether it was stopped
SLICE = 20.0  # seconds that one call works at most, so that no job keeps a worker from the others
TRIES = 3  # at a case that somebody else is working on
NAMES = UUID("5a1c6f2e-6e0b-4d3f-8a44-9d7a3f0c2b11")  # of the rows' submissions

logger = logging.getLogger(__name__)


def work_all(seconds: float = SLICE) -> int:
    """Go on with every job that is not finished, the oldest first. Returns how many rows were dealt with."""
    until, count = time.monotonic() + seconds, 0
    for job in BulkJob.objects.filter(finished_at=None).order_by("id").values_list("pk", flat=True):
        if (left := until - time.monotonic()) <= 0:
            break
        count += work(job, left)
    return count


def work(job_id: int, seconds: float = SLICE) -> int:
    """Go on with one job for so many seconds. Returns how many rows were dealt with; twice at once is harmless."""
    until, count, busy = time.monotonic() + seconds, 0, dict[int, int]()
    while time.monotonic() < until:
        job = BulkJob.objects.select_related("asked_by").filter(pk=job_id, finished_at=None).first()  # with their posts of this moment
        if job is None:
            return count
        if job.stopped_at:
            _finish(job)
            return count
        dealt = 0
        with translation.override(job.asked_by.language):
            for row in _left(job):
                if time.monotonic() >= until:
                    break
                dealt += _deal_with(job, row, busy)
        count += dealt
        if not dealt and not busy:  # nothing is left, or somebody else has the rest in hand
            _finish(job)
            return count
    return count


def _left(job: BulkJob) -> Iterator[int]:
    """The next rows without a result."""
    found = sql.ask(
        """
        SELECT id FROM workflows_bulkrow one WHERE job_id = %s AND NOT EXISTS (SELECT FROM workflows_bulkresult WHERE row_id = one.id)
        ORDER BY id LIMIT %s
        """,
        job.pk,
        CHUNK,
    )
    return (row for (row,) in found)


def _finish(job: BulkJob) -> None:
    """Say that it came to its end, once: when each row has a result, or when the rest is left undone and nobody has a row in hand.

    Whoever started it is told in the same breath: how many, and where the reasons stand.
    """
    with transaction.atomic():
        ended = sql.ask(
            """
            UPDATE workflows_bulkjob SET finished_at = engine_now() WHERE id = %s AND finished_at IS NULL AND (stopped_at IS NOT NULL OR NOT EXISTS (
                SELECT FROM workflows_bulkrow one WHERE job_id = %s AND NOT EXISTS (SELECT FROM workflows_bulkresult WHERE row_id = one.id)))
            RETURNING id
            """,
            job.pk,
            job.pk,
        )
        if ended:
            _tell(job)


def _tell(job: BulkJob) -> None:
    """Numbers and a link, nothing about anybody. One that was stopped after its last row left nothing undone."""
    came = bulk.progress(job)
    params = {"count": came.done, "refused": came.refused}
    notify(
        Message(
            recipient_id=job.asked_by_id,
            message="bulk_stopped" if came.left else "bulk_ended",
            params=params | ({"left": came.left} if came.left else {}),
            link=f"/bulk/{job.pk}/",
            key=f"bulk:{job.pk}",
        )
    )


def _deal_with(job: BulkJob, row_id: int, busy: dict[int, int]) -> int:
    """One row: 1 when it has its result now, 0 when somebody else has it or its case in hand."""
    try:
        with transaction.atomic():
            row = _take(row_id)
            if row is None:
                return 0
            outcome, reason, before = _carry_out(job, row)
            sql.insert(BulkResult(row=row, outcome=outcome, reason=reason[:300], before=before))
            busy.pop(row_id, None)
            return 1
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in BUSY or connection.connection is None or connection.connection.closed:
            raise
        busy[row_id] = busy.get(row_id, 0) + 1
        if busy[row_id] < TRIES:
            return 0
    return _give_up(row_id, _("Somebody else was working on this case. Try it again."), busy)


BUSY = frozenset({"55P03", "40P01", "40001"})  # lock not available, deadlock, serialization failure


def _give_up(row_id: int, reason: str, busy: dict[int, int]) -> int:
    busy.pop(row_id, None)
    with transaction.atomic():
        row = _take(row_id)
        if row is None:
            return 0
        sql.insert(BulkResult(row=row, outcome=BulkOutcome.REFUSED, reason=reason, before={}))
    return 1


def _take(row_id: int) -> BulkRow | None:
    """The row, locked; None when it has its result, when another worker has it, or when the job was stopped."""
    found: BulkRow | None = (
        BulkRow.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("assignment__case", "assignment__report", "assignment__organisation", "assignment__holder")
        .filter(pk=row_id, job__stopped_at=None)
        .first()
    )
    # asked again under the lock: its result may have been written between the look and the lock
    if found is None or sql.ask("SELECT 1 FROM workflows_bulkresult WHERE row_id = %s", row_id):
        return None
    return found


def _carry_out(job: BulkJob, row: BulkRow) -> tuple[BulkOutcome, str, dict[str, Any]]:
    try:
        with transaction.atomic():  # what is refused leaves nothing behind but the refusal
            return BulkOutcome.DONE, "", _act(job, row.assignment, uuid5(NAMES, str(row.pk)))
    except AlreadyRecorded:
        return BulkOutcome.DONE, "", {}
    except (Refused, NotAllowed) as refusal:
        return BulkOutcome.REFUSED, str(refusal), {}
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("bulk row %s failed", row.pk)  # a fault of ours; the others go on
        return BulkOutcome.REFUSED, _("An error of the system (%(error)s). Nothing was changed.") % {"error": type(error).__name__}, {}


def _act(job: BulkJob, task: Assignment, submission: UUID) -> dict[str, Any]:
    """Do it to one task through the same service as by hand. Returns whose task it was, where that can be undone."""
    by, now, note = job.asked_by, clock.now(), job.note
    if job.action == BulkAction.CLAIM:
        services.claim(task, by=by, now=now, submission=submission)
    elif job.action == BulkAction.REMIND:
        services.remind(task, note=note, by=by, now=now, submission=submission)
    elif job.action == BulkAction.EXTEND:
        services.extend(task, until=date.fromisoformat(job.params["until"]), note=note, by=by, now=now, submission=submission)
    elif job.action == BulkAction.REASSIGN:
        opentasks.locked(task, submission=submission)
        before = Place.of(Assignment.objects.get(pk=task.pk))
        services.reassign(task, to=_post(job), restart=job.params["restart"], note=note, by=by, now=now, submission=submission)
        return before.said()
    else:
        _give_back(job, task, by, submission)
    return {}


def _post(job: BulkJob) -> Appointment:
    """The post that gets the tasks, as long as somebody holds it."""
    found: Appointment | None = Appointment.objects.present().select_related("organisation", "user").filter(pk=job.params["to"]).first()
    if found is None or not found.user.is_active:
        raise Refused(_("Nobody holds this post any more."))
    return found


def _give_back(job: BulkJob, task: Assignment, by: User, submission: UUID) -> None:
    assert job.undoes_id is not None
    undone = BulkJob.objects.get(pk=job.undoes_id)
    given = Appointment.objects.get(pk=undone.params["to"])
    before = BulkResult.objects.values_list("before", flat=True).get(row__job=undone, row__assignment=task)
    if not before:
        raise Refused(_("Whose task it was before is not known."))
    givingback.give_back(
        task,
        given=Place(given.organisation_id, given.role, given.user_id),
        before=Place.read(before),
        note=job.note,
        by=by,
        now=clock.now(),
        submission=submission,
    )
