"""What shows that a child may leave the ledger (reference 2.4): asked when it is proposed, and again before a second person approves."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from cases.codes.lists import NEEDS_CANNOT_ATTEND
from cases.codes.models import CodeList
from cases.codes.services import item, missing_evidence, setting
from cases.register.evidence import OF_A_RETURN, UNABLE_TO_ATTEND, EvidenceMissing
from cases.register.locking import Refused
from cases.register.models import Case, Clearance, Outcome
from cases.register.schooldays import is_school_day


def require_attendance(case: Case, days: list[date]) -> None:
    """Present on so many school days (5, a setting), one after the other: a day missed begins the count anew (reference 2.4)."""
    least = int(setting("return_school_days", case.county_id, 5))
    attended = [one for one in days if is_school_day(one, case.county_id)]
    if len(attended) < least:
        raise Refused(
            _("Please mark at least %(least)s school days on which the child was present; these are %(count)s.")
            % {"least": least, "count": len(attended)}
        )
    if longest_run(attended, case.county_id) < least:
        raise Refused(
            _("The child must have been present on %(least)s school days one after the other; a day missed begins the count anew.") % {"least": least}
        )


def longest_run(attended: list[date], county_id: str) -> int:
    """The most school days in a row on which the child was present; days without school do not break a run."""
    longest = run = 0
    before: date | None = None
    for one in attended:
        missed = before is not None and any(is_school_day(before + timedelta(days=n), county_id) for n in range(1, (one - before).days))
        run = 1 if missed else run + 1
        longest, before = max(longest, run), one
    return longest


def proof_of_return(placement: str) -> list[list[str]]:
    """The kinds of evidence of which a return needs one each; home teaching the committee's opinion as well."""
    return [[*OF_A_RETURN, "visit_photo"], UNABLE_TO_ATTEND] if placement in NEEDS_CANNOT_ATTEND else [OF_A_RETURN]


def require_proof(case: Case, clearance: Clearance) -> None:
    """What must be there before a second person can approve, looked at again under the lock: whatever way the proposal came in.

    Raises Refused when it belongs to an earlier absence or the child left again, EvidenceMissing.
    """
    if clearance.episode != case.episode:
        raise Refused(_("This proposal belongs to an earlier absence of the child. Please withdraw it."))
    kept = list(clearance.evidence.values_list("kind", flat=True))
    if clearance.outcome == Outcome.RETURNED:
        if case.back_since != clearance.occurred_on:
            raise Refused(_("The child is not reported back at school since %(date)s.") % {"date": clearance.occurred_on.isoformat()})
        demands = proof_of_return(clearance.code)
        if clearance.code not in NEEDS_CANNOT_ATTEND:
            require_attendance(case, sorted(clearance.attendance))
    else:
        ground = item(CodeList.GROUND if clearance.outcome == Outcome.DEDUCTED else CodeList.DEFERRAL_GROUND, clearance.code)
        demands = ground.evidence if ground else []
    missing = missing_evidence(demands, kept)
    if missing:
        raise EvidenceMissing(missing)
