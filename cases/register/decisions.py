"""Deciding on a way off the ledger: a second person approves or refuses; whoever proposed, or a supervisor, takes it back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, require
from cases.directory.services import gave_password
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused, lock
from cases.register.models import Case, Clearance, ClearanceState, Outcome, Standing
from cases.register.proof import require_proof
from cases.register.standing import log_standing, stand, withdraw_open

if TYPE_CHECKING:
    from cases.directory.models import User

PASSWORD_REMEMBERED = timedelta(days=30)
APPROVES = {
    Outcome.RETURNED: Capability.APPROVE_RETURN,
    Outcome.DEDUCTED: Capability.APPROVE_DEDUCTION,
    Outcome.DEFERRED: Capability.APPROVE_DEFERRAL,
}


class AlreadyDecided(Refused):
    """Somebody was faster."""


class SamePerson(Refused):
    """Four eyes: whoever proposed does not decide."""


@transaction.atomic
def decide(clearance: Clearance, *, approve: bool, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Clearance:
    """Approve or refuse a proposal; a refusal says why. An approval moves the case, and other open proposals of it are withdrawn.

    Raises SamePerson, AlreadyDecided, Refused, NotAllowed.
    """
    case = lock(clearance.case, submission=submission)
    clearance = Clearance.objects.get(pk=clearance.pk)
    outcome = Outcome(clearance.outcome)
    require(by, APPROVES[outcome], case)
    _require_open(clearance)
    if clearance.proposed_by_id == by.pk:
        raise SamePerson(_("You made this proposal; a second person decides on it."))
    if not approve and not note.strip():
        raise Refused(_("Please say in words why you refuse."))
    if approve:
        require_proof(case, clearance)
    clearance.state = ClearanceState.APPROVED if approve else ClearanceState.REFUSED
    clearance.decided_by, clearance.decided_at, clearance.decision_note = by, now, note
    clearance.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    data: dict[str, Any] = {"clearance": clearance.pk, "outcome": outcome.value}
    if not approve:
        record(Verb.CLEARANCE_REFUSED, case=case, actor=by, at=now, submission=submission, **data)
        return clearance
    data["withdrawn"] = _withdraw_others(clearance)
    if gave_password(by, clearance.proposed_by_id, since=now - PASSWORD_REMEMBERED):
        data["password_given"] = True  # one person may have been both: whoever stands above the approver is told
    on = min(clearance.occurred_on, day(now))  # a deferral may begin later than today; the ledger shows it from the decision on
    _clear(case, clearance, on, now)
    entry = record(Verb.CLEARANCE_APPROVED, case=case, actor=by, at=now, submission=submission, **data)
    log_standing(case, entry, on=on, code=clearance.code)
    return clearance


@transaction.atomic
def withdraw(clearance: Clearance, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Clearance:
    """Take a proposal back: its proposer, or a supervisor. Raises AlreadyDecided, NotAllowed."""
    case = lock(clearance.case, submission=submission)
    clearance = Clearance.objects.get(pk=clearance.pk)
    if clearance.proposed_by_id != by.pk:
        require(by, Capability.SUPERVISE, case)
    _require_open(clearance)
    clearance.state = ClearanceState.WITHDRAWN
    clearance.save(update_fields=["state"])
    record(
        Verb.CLEARANCE_WITHDRAWN, case=case, actor=by, at=now, submission=submission, remark=note, clearance=clearance.pk, outcome=clearance.outcome
    )
    return clearance


def _clear(case: Case, clearance: Clearance, on: date, now: datetime) -> None:
    if clearance.outcome == Outcome.RETURNED:
        stand(case, Standing.RETURNED, on=on, back_since=clearance.occurred_on)  # open until the last watch has passed
    elif clearance.outcome == Outcome.DEDUCTED:
        stand(case, Standing.DEDUCTED, on=on, closed_at=now, back_since=None)
    else:
        stand(case, Standing.DEFERRED, on=on, ends_on=clearance.until, back_since=None)


def _withdraw_others(clearance: Clearance) -> list[int]:
    return withdraw_open(clearance.case, but=clearance.pk)


def _require_open(clearance: Clearance) -> None:
    if clearance.state != ClearanceState.PROPOSED:
        raise AlreadyDecided(_("This proposal is no longer open: %(state)s.") % {"state": clearance.get_state_display()})
