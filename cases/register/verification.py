"""The conclusion of a verification, which alone enters a child on the ledger, and the end of a leave."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes.services import setting
from cases.directory.capabilities import Capability, require
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.evidence import OF_A_LEAVE, Evidence, demand, keep
from cases.register.locking import Refused, lock, require_standing
from cases.register.models import Conclusion, Standing, Verification
from cases.register.opening import BadDate, TooEarly
from cases.register.standing import entry_columns, log_standing, stand

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

ENTERS = frozenset({Conclusion.DROPPED_OUT, Conclusion.OUT_OF_SCHOOL})
PUTS_OFF = frozenset({Conclusion.SUSPENDED_BY_RULE, Conclusion.ON_LEAVE})
LONGEST_LEAVE = 366  # days: one school year, then it is renewed (reference 2.3 F)

STANDING = {
    Conclusion.DROPPED_OUT: Standing.STILL_OUT,
    Conclusion.OUT_OF_SCHOOL: Standing.STILL_OUT,
    Conclusion.NOT_DROPOUT: Standing.NOT_DROPOUT,
    Conclusion.SUSPENDED_BY_RULE: Standing.ON_LEAVE,
    Conclusion.ON_LEAVE: Standing.ON_LEAVE,
}


class LeaveEnd(TextChoices):
    BACK = "back", gettext_lazy("is back at school")
    EXTENDED = "extended", gettext_lazy("the leave was prolonged")
    NOT_BACK = "not_back", gettext_lazy("did not come back")


@transaction.atomic
def conclude_verification(
    case: Case,
    *,
    conclusion: str,
    finding: str = "",
    ends_on: date | None = None,
    reason: str = "",
    note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Verification:
    """Say what the suspicion came to.

    Dropped out (30 days absent, a setting) or never enrolled enters the ledger on the day of `now`; not a dropout closes the case without
    ever entering it; a leave keeps it open until `ends_on`; still suspected changes nothing.
    Raises TooEarly, BadDate, EvidenceMissing, Refused, NotAllowed.
    """
    case, kind, today, evidence = lock(case, submission=submission), Conclusion(conclusion), day(now), list(evidence)
    require(by, Capability.CONCLUDE, case)
    require_standing(case, {Standing.SUSPECTED})
    _check(case, kind, finding, ends_on, reason, note, evidence, today)
    verification = Verification.objects.create(
        case=case,
        episode=case.episode,
        conclusion=kind,
        finding=finding if kind == Conclusion.NOT_DROPOUT else "",
        ends_on=ends_on if kind in PUTS_OFF else None,
        note=note,
        by=by,
        at=now,
    )
    verification.evidence.add(*keep(case, evidence, by=by))
    enters = kind in ENTERS
    columns: dict[str, Any] = {"reason": reason} if reason else {}
    if enters:
        columns |= entry_columns(case, today)
    if kind in PUTS_OFF:
        columns["ends_on"] = ends_on
    stand(case, STANDING.get(kind, Standing.SUSPECTED), on=today, closed_at=now if kind == Conclusion.NOT_DROPOUT else None, **columns)
    entry = record(
        Verb.VERIFICATION_CONCLUDED,
        case=case,
        actor=by,
        at=now,
        submission=submission,
        verification=verification.pk,
        conclusion=kind.value,
        code=verification.finding,
        enters=enters,
        priority=case.priority_household if enters else None,
    )
    if kind in STANDING:
        log_standing(case, entry, on=today, enters_ledger=enters)
    return verification


@transaction.atomic
def end_leave(
    case: Case,
    *,
    result: str,
    on: date,
    ends_on: date | None = None,
    note: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Case:
    """What became of a leave or suspension: back at school since `on` closes the case, a prolonged leave has a new end,
    and a child that did not come back is under suspicion again, absent without reason since `on`."""
    case, outcome, today = lock(case, submission=submission), LeaveEnd(result), day(now)
    require(by, Capability.CONCLUDE, case)
    require_standing(case, {Standing.ON_LEAVE})
    if on > today:
        raise BadDate(_("This day lies in the future."))
    if outcome == LeaveEnd.EXTENDED:
        stand(case, Standing.ON_LEAVE, on=on, ends_on=_checked_end(ends_on, today))
    elif outcome == LeaveEnd.BACK:
        stand(case, Standing.NOT_DROPOUT, on=on, closed_at=now)
    else:
        stand(case, Standing.SUSPECTED, on=on, last_attended_on=on)
    last = Verification.objects.filter(case=case, episode=case.episode).order_by("-pk").values_list("pk", flat=True).first()
    entry = record(
        Verb.LEAVE_ENDED,
        case=case,
        actor=by,
        at=now,
        submission=submission,
        remark=note,
        verification=last,
        back=outcome == LeaveEnd.BACK,
        result=outcome.value,
        ends_on=ends_on.isoformat() if outcome == LeaveEnd.EXTENDED and ends_on else None,
    )
    if outcome != LeaveEnd.EXTENDED:
        log_standing(case, entry, on=on)
    return case


def _check(case: Case, kind: Conclusion, finding: str, ends_on: date | None, reason: str, note: str, evidence: Evidence, today: date) -> None:
    if kind in ENTERS and not (reason or case.reason):
        raise Refused(_("Please give the main reason: the ledger needs it."))
    if kind == Conclusion.DROPPED_OUT:
        _check_absence(case, today)
    if kind == Conclusion.NOT_DROPOUT:
        if not finding:
            raise Refused(_("Please choose what was found."))
        if not note.strip() and not evidence:
            raise Refused(_("Please add a proof, or say in words how this was verified."))
    if kind in PUTS_OFF:
        demand([OF_A_LEAVE], evidence)
        _checked_end(ends_on, today)


def _check_absence(case: Case, today: date) -> None:
    if case.last_attended_on is None:
        raise Refused(_("This child was never at school: please choose “never enrolled”."))
    least = int(setting("dropped_out_after_days", case.county_id, 30))
    days = (today - case.last_attended_on).days
    if days < least:
        raise TooEarly(
            _("Absent for %(days)s days; a child counts as dropped out from %(least)s days, on %(date)s. Until then choose “still suspected”.")
            % {"days": days, "least": least, "date": (case.last_attended_on + timedelta(days=least)).isoformat()}
        )


def _checked_end(ends_on: date | None, today: date) -> date:
    if ends_on is None:
        raise BadDate(_("Please say on which day the leave ends."))
    if ends_on <= today:
        raise BadDate(_("The leave must end after today."))
    if (ends_on - today).days > LONGEST_LEAVE:
        raise BadDate(_("A leave lasts one year at most; it can be renewed."))
    return ends_on
