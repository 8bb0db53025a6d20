"""What a supervisor does to a case as a whole: suspend, resume, cancel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.conferences.services import drop_with_case
from cases.directory.capabilities import Capability, require
from cases.directory.models import User
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused, lock
from cases.register.models import Case, Standing
from cases.register.standing import log_standing, stand
from cases.supervision.services import end_with_case
from workflows import deadlines
from workflows.models import Assignment, AssignmentState
from workflows.opentasks import demand


@transaction.atomic
def pause_case(case: Case, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Stop all clocks of a case: a child in hospital, a case handed to another county. Nothing can be done to it until it is resumed."""
    case = lock(case, submission=submission)
    require(by, Capability.SUPERVISE, case)
    _require_danger_answered(case)
    demand(note)
    case.paused_at = now
    case.save(update_fields=["paused_at"])
    deadlines.pause(case.pk, now=now)
    record(Verb.CASE_PAUSED, case=case, actor=by, at=now, submission=submission, remark=note)


@transaction.atomic
def resume_case(case: Case, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> None:
    """Let the clocks run on with what was left of them."""
    case = lock(case, submission=submission, paused_too=True)
    require(by, Capability.SUPERVISE, case)
    if case.paused_at is None:
        raise Refused(_("The case is not suspended."))
    case.paused_at = None
    case.save(update_fields=["paused_at"])
    deadlines.resume(case.pk, now=now)
    record(Verb.CASE_RESUMED, case=case, actor=by, at=now, submission=submission, remark=note)


@transaction.atomic
def cancel_case(case: Case, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Close what was opened by mistake. Refused once the child is on the ledger: then only a deduction takes it off."""
    case = lock(case, submission=submission, paused_too=True)
    require(by, Capability.SUPERVISE, case)
    _require_danger_answered(case)
    demand(note)
    if case.entered_ledger_on is not None:
        raise Refused(_("The child is on the ledger. Propose a deduction with its evidence instead."))
    stand(case, Standing.CANCELLED, on=timezone.localdate(now))
    end_with_case(case, now=now)
    drop_with_case(case, by=by, why=note, now=now)
    case.closed_at, case.paused_at = now, None
    case.save()
    entry = record(Verb.CASE_CANCELLED, case=case, actor=by, at=now, submission=submission, remark=note)
    log_standing(case, entry, on=timezone.localdate(now))


def _require_danger_answered(case: Case) -> None:
    """Neither a suspension nor a cancelled case may silence a mandatory report (law on the protection of minors, article 11)."""
    if Assignment.objects.filter(case=case, step="confirm_receipt", state=AssignmentState.OPEN).exists():
        raise Refused(_("A report of danger to this child waits for its receipt. Confirm that first."))
