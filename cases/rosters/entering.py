"""The fact that a child of our ledger stands in the school-roll system's ledger, too (note 2 of the notice's table)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, require
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused, lock
from cases.register.opening import BadDate

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case


class AlreadyEntered(Refused):
    """Somebody noted the entry before."""


class NotOnLedger(Refused):
    """The case stands on no ledger, so there is nothing to enter."""


@transaction.atomic
def enter_in_roll(case: Case, *, on: date, by: User, now: datetime, submission: UUID | None = None, roster: int | None = None) -> Case:
    """Note that the child was entered there on the day `on`; `roster` is the pk of the list that shows it, when nobody said so before.

    Raises NotOnLedger, AlreadyEntered, BadDate, NotAllowed.
    """
    case = lock(case, submission=submission, paused_too=True, closed_too=True)
    require(by, Capability.RECONCILE, case)
    if case.entered_ledger_on is None:
        raise NotOnLedger(_("The child is not on the ledger, so nothing has to be entered in the school-roll system."))
    if case.in_roll_ledger_on is not None:
        raise AlreadyEntered(_("The entry in the school-roll system is on record already."))
    if on > day(now):
        raise BadDate(_("This day lies in the future."))
    case.in_roll_ledger_on, case.in_roll_ledger_by = on, by
    case.save(update_fields=["in_roll_ledger_on", "in_roll_ledger_by"])
    record(Verb.ROLL_ENTERED, case=case, actor=by, at=now, submission=submission, on=on.isoformat(), roster=roster)
    return case
