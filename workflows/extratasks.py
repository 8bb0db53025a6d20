"""One more thing asked of some post, and its answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, require
from cases.directory.models import Organisation, User
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.involvement import involve
from cases.register.locking import lock
from cases.register.models import Case
from workflows.models import ExtraTask
from workflows.opentasks import AlreadyDone


@transaction.atomic
def add_extra_task(
    case: Case,
    *,
    title: str,
    instructions: str,
    organisation: Organisation,
    role: str,
    working_days: int,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> ExtraTask:
    """Ask one more thing of some post, beside the main road; the organisation gets a part in the case and so sees it."""
    case = lock(case, submission=submission)
    require(by, Capability.SUPERVISE, case)
    extra = ExtraTask.objects.create(
        case=case, title=title, instructions=instructions, organisation=organisation, role=role, working_days=working_days, asked_by=by
    )
    involve(case, organisation)
    record(Verb.EXTRA_ADDED, case=case, actor=by, at=now, submission=submission, extra=extra.pk, to_organisation=organisation.pk)
    return extra


@transaction.atomic
def answer_extra(extra: ExtraTask, *, answer: str, by: User, now: datetime, submission: UUID | None = None) -> ExtraTask:
    """Answer an extra task. Only the post that was asked, or a supervisor."""
    case = lock(extra.case, submission=submission)
    extra = ExtraTask.objects.select_for_update().get(pk=extra.pk)
    if extra.answered_at:
        raise AlreadyDone(_("This task was already answered."))
    asked = any(post.organisation_id == extra.organisation_id and post.role == extra.role for post in by.posts())
    holds = case.assignments.filter(step="extra_task", seed=extra.pk, holder=by).exists()
    if not (asked or holds):
        require(by, Capability.SUPERVISE, case)
    extra.answer, extra.answered_by, extra.answered_at = answer, by, now
    extra.save(update_fields=["answer", "answered_by", "answered_at"])
    record(Verb.EXTRA_ANSWERED, case=case, actor=by, at=now, submission=submission, extra=extra.pk)
    return extra
