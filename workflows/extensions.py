"""More time: asked for by whoever must do a task, granted or refused by somebody above, counted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused
from notifications.messages import worded
from workflows import ladders, opentasks, reporttasks, rights, services, telling
from workflows.models import Assignment, ExtensionRequest, RequestState
from workflows.reporttasks import said_of

if TYPE_CHECKING:
    from cases.directory.models import User

LONGEST = timedelta(days=60)
CLOSING = time(17, 30)


@transaction.atomic
def ask_extension(assignment: Assignment, *, until: date, reason: str, by: User, now: datetime, submission: UUID | None = None) -> ExtensionRequest:
    """Ask for more time, until the offices close on `until`. Whoever stands above the task's post is told; the deadline runs on meanwhile.

    Raises AlreadyDone, NotAllowed, AlreadyRecorded, Refused.
    """
    row = opentasks.locked(assignment, submission=submission)
    if not rights.may_do(row, by):
        raise NotAllowed(_("This task lies at another post."))
    if not reason.strip():
        raise opentasks.ReasonMissing(_("Please give the reason."))
    if ExtensionRequest.objects.waiting().filter(assignment=row).exists():
        raise Refused(_("More time was already asked for; please wait for the answer."))
    _check(row, until, now)
    request: ExtensionRequest = ExtensionRequest.objects.create(assignment=row, asked_by=by, asked_at=now, until=until, reason=reason.strip())
    record(
        Verb.EXTENSION_ASKED,
        **said_of(row),
        actor=by,
        at=now,
        submission=submission,
        assignment=row.pk,
        request=request.pk,
        until=until.isoformat(),
    )
    telling.send(
        row.about,
        worded("extension_asked", beside=row.beside),
        (person for person in above(row, timezone.localdate(now)) if person != by.pk),
        key=f"extension:{request.pk}",
        link=f"/tasks/{row.pk}/more-time/",
        step=row.step,
        until=until.isoformat(),
    )
    return request


@transaction.atomic
def decide_extension(
    request: ExtensionRequest, *, grant: bool, answer: str, by: User, now: datetime, submission: UUID | None = None
) -> ExtensionRequest:
    """Grant what was asked for, and the deadline moves with a new generation; or refuse it, with a reason. Never the asker's own request.

    Raises AlreadyDone, NotAllowed, AlreadyRecorded, Refused.
    """
    row = opentasks.locked(request.assignment, submission=submission)
    rights.require_supervision(row, by)
    if row.report_id:
        reporttasks.require_superior(row, by)
    request = ExtensionRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state != RequestState.ASKED:
        raise opentasks.AlreadyDone(_("This request was already answered."))
    if request.asked_by_id == by.pk:
        raise NotAllowed(_("Somebody else answers a request of your own."))
    if not grant and not answer.strip():
        raise opentasks.ReasonMissing(_("Please give the reason."))
    request.state = RequestState.GRANTED if grant else RequestState.REFUSED
    request.decided_by, request.decided_at, request.answer = by, now, answer.strip()
    request.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    if grant:
        services.extend(row, until=request.until, note=answer.strip() or request.reason, by=by, now=now, submission=submission)
        return request
    record(
        Verb.EXTENSION_REFUSED,
        **said_of(row),
        actor=by,
        at=now,
        submission=submission,
        remark=request.answer,
        assignment=row.pk,
        request=request.pk,
    )
    telling.send(
        row.about,
        worded("extension_refused", beside=row.beside),
        (request.asked_by_id,),
        key=f"extension_refused:{request.pk}",
        link=f"/tasks/{row.pk}/",
        step=row.step,
        due=row.due_at.isoformat() if row.due_at else "",
    )
    return request


def waiting(assignment: Assignment) -> ExtensionRequest | None:
    """The request that nobody has answered yet."""
    found: ExtensionRequest | None = ExtensionRequest.objects.waiting().filter(assignment=assignment).select_related("asked_by").first()
    return found


def above(assignment: Assignment, today: date) -> tuple[int, ...]:
    """Who holds the post above the task's, or the first above it that somebody holds (pks)."""
    if assignment.organisation_id is None:
        return ()
    post = ladders.Post(assignment.organisation_id, assignment.role)
    held = ladders.Held(post, assignment.holder_id, getattr(assignment.case, "school_class_id", None), assignment.about.county_id)
    directory = ladders.directory([held], today)
    found = directory.climb(directory.above(post, held.county_id), held.county_id)
    return found.people if found else ()


def _check(assignment: Assignment, until: date, now: datetime) -> None:
    due_at = timezone.make_aware(datetime.combine(until, CLOSING))
    if due_at <= now or (assignment.due_at and due_at <= assignment.due_at):
        raise Refused(_("An extension must end after today and after the present deadline."))
    if due_at > now + LONGEST:
        raise Refused(_("An extension may not exceed 60 days."))
    reporttasks.require_room(assignment, until)
