"""The ways off the ledger (销号): return, deduction, deferred enrolment. Proposed here with evidence; `decisions` has the second person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.codes.lists import NEEDS_CANNOT_ATTEND
from cases.codes.models import CodeList
from cases.codes.services import item, setting
from cases.directory.capabilities import Capability, require
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.evidence import Evidence, UnknownCode, demand, demand_of, keep
from cases.register.locking import Refused, lock, require_standing
from cases.register.models import Case, Clearance, ClearanceState, Outcome, Standing
from cases.register.opening import BadDate
from cases.register.proof import proof_of_return, require_attendance
from cases.register.standing import AWAITED, log_standing, off_or_back, stand, withdraw_open

if TYPE_CHECKING:
    from cases.directory.models import User

LEAVING_AGE = 16  # years (reference 2.3 D)
NEEDS_SCHOOL = frozenset({"other_school", "vocational_school", "special_school", "dedicated_school"})


class AlreadyProposed(Refused):
    """The same outcome waits for a decision already."""


class NotBack(Refused):
    """Nobody reported the child back at school."""


@transaction.atomic
def report_return(case: Case, *, on: date, by: User, now: datetime, submission: UUID | None = None) -> Case:
    """The child is back at school since `on`; the school confirms it after some school days, and only the approval changes the ledger."""
    case = lock(case, submission=submission)
    require(by, Capability.REPORT_RETURN, case)
    require_standing(case, AWAITED)
    if case.back_since:
        raise Refused(_("The return was reported already, since %(date)s.") % {"date": case.back_since.isoformat()})
    _not_in_future(on, now)
    if case.last_attended_on and on <= case.last_attended_on:
        raise BadDate(_("The first day back lies after the last day at school (%(date)s).") % {"date": case.last_attended_on.isoformat()})
    known_out = case.entered_ledger_on or day(case.opened_at)
    if on < known_out:  # else a return of long ago would have all its watches behind it at once
        raise BadDate(
            _("On %(date)s the child was known to be out of school; the first day back cannot lie before.") % {"date": known_out.isoformat()}
        )
    case.back_since = on
    case.save(update_fields=["back_since"])
    withdrawn = withdraw_open(case)  # whoever is back is neither deducted nor deferred; if it does not stay, it can be proposed anew
    record(Verb.RETURN_REPORTED, case=case, actor=by, at=now, submission=submission, on=on.isoformat(), withdrawn=withdrawn)
    return case


@transaction.atomic
def propose_return(
    case: Case,
    *,
    stayed: bool,
    placement: str = "",
    receiving_school: str = "",
    attendance: Collection[date] = (),
    note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Clearance | None:
    """The school confirms the return: the child attended on the days of `attendance` (5, a setting) and is placed.

    `stayed` False says that the child left again: the report is taken back, and None is returned.
    Raises NotBack, AlreadyProposed, EvidenceMissing, UnknownCode, BadDate, Refused, NotAllowed.
    """
    case, evidence = lock(case, submission=submission), list(evidence)
    require(by, Capability.CONFIRM_RETURN, case)
    require_standing(case, AWAITED)
    if case.back_since is None:
        raise NotBack(_("Nobody has reported this child back at school yet. Please report the return first."))
    if not stayed:
        if not note.strip():
            raise Refused(_("Please say in words why the child left again."))
        case.back_since = None
        case.save(update_fields=["back_since"])
        withdrawn = withdraw_open(case)  # a return that was proposed before the child left again
        record(Verb.RETURN_FAILED, case=case, actor=by, at=now, submission=submission, remark=note, on=day(now).isoformat(), withdrawn=withdrawn)
        return None
    days = sorted(set(attendance))
    _check_return(case, placement, receiving_school, days, evidence, now)
    return _propose(
        case, Verb.RETURN_PROPOSED, Outcome.RETURNED, placement, occurred_on=case.back_since, attendance=days, receiving_school=receiving_school,
        note=note, evidence=evidence, by=by, now=now, submission=submission,
    )  # fmt: skip


@transaction.atomic
def propose_deduction(
    case: Case,
    *,
    ground: str,
    occurred_on: date,
    note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Clearance:
    """核减: the child no longer counts, for a ground that demands its own evidence. Only a child on the ledger can be deducted.

    Raises EvidenceMissing, AlreadyProposed, UnknownCode, BadDate, Refused, NotAllowed.
    """
    case, evidence = lock(case, submission=submission), list(evidence)
    require(by, Capability.PROPOSE_DEDUCTION, case)
    require_standing(case, {Standing.STILL_OUT, Standing.DEFERRED})
    _not_in_future(occurred_on, now)
    if occurred_on < case.student.born_on:
        raise BadDate(_("On this day the child was not yet born."))
    demand_of(CodeList.GROUND, ground, evidence, note)
    if ground == "over_age" and _age(case.student.born_on, occurred_on) < LEAVING_AGE:
        raise Refused(_("On that day the child was not yet %(age)s years old.") % {"age": LEAVING_AGE})
    return _propose(
        case, Verb.DEDUCTION_PROPOSED, Outcome.DEDUCTED, ground, occurred_on=occurred_on, note=note, evidence=evidence, by=by, now=now,
        submission=submission,
    )  # fmt: skip


@transaction.atomic
def apply_deferral(
    case: Case,
    *,
    ground: str,
    occurred_on: date,
    until: date,
    note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Clearance:
    """延缓入学 for the guardian: from `occurred_on` to `until`, at most a year, with a diagnosis or the expert committee's opinion
    (compulsory education law, article 11). A deferred child may apply again before its deferral ends.

    Raises EvidenceMissing, AlreadyProposed, UnknownCode, BadDate, Refused, NotAllowed.
    """
    case, evidence, today = lock(case, submission=submission), list(evidence), day(now)
    require(by, Capability.APPLY_DEFERRAL, case)
    require_standing(case, AWAITED | {Standing.DEFERRED})
    longest = int(setting("deferral_max_days", case.county_id, 366))
    if until <= max(occurred_on, today):
        raise BadDate(_("Deferred enrolment must end after it begins, and after today."))
    if (until - occurred_on).days > longest:
        raise BadDate(_("Enrolment is deferred for one year at most; a new application can follow."))
    demand_of(CodeList.DEFERRAL_GROUND, ground, evidence, note)
    return _propose(
        case, Verb.DEFERRAL_APPLIED, Outcome.DEFERRED, ground, occurred_on=occurred_on, until=until, note=note, evidence=evidence, by=by, now=now,
        submission=submission,
    )  # fmt: skip


@transaction.atomic
def end_deferral(case: Case, *, result: str, on: date, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Case:
    """What became of a deferral: "enrolled" since `on` closes the case as returned, "not_enrolled" puts the child back where it stood."""
    case = lock(case, submission=submission)
    require(by, Capability.APPROVE_DEFERRAL, case)
    require_standing(case, {Standing.DEFERRED})
    _not_in_future(on, now)
    if result == "enrolled":
        stand(case, Standing.RETURNED, on=on, closed_at=now, back_since=on)
        entry = record(Verb.CASE_CLOSED, case=case, actor=by, at=now, submission=submission, remark=note, standing=case.standing)
    elif result == "not_enrolled":
        stand(case, off_or_back(case), on=on, back_since=None)
        withdrawn = withdraw_open(case)
        entry = record(Verb.CASE_REOPENED, case=case, actor=by, at=now, submission=submission, remark=note, why="deferral_ended", withdrawn=withdrawn)
    else:
        raise UnknownCode(_("Please choose what became of the deferral."))
    log_standing(case, entry, on=on)
    return case


def _propose(
    case: Case, verb: Verb, outcome: Outcome, code: str, *, evidence: Evidence, by: User, now: datetime, submission: UUID | None, **columns: Any
) -> Clearance:
    if Clearance.objects.filter(case=case, outcome=outcome, state=ClearanceState.PROPOSED).exists():
        raise AlreadyProposed(_("This was proposed already and waits for a decision."))
    clearance = Clearance.objects.create(case=case, episode=case.episode, outcome=outcome, code=code, proposed_by=by, proposed_at=now, **columns)
    clearance.evidence.add(*keep(case, evidence, by=by))
    data: dict[str, Any] = {"clearance": clearance.pk}
    if outcome == Outcome.DEFERRED:
        data["until"] = columns["until"].isoformat()
    elif outcome == Outcome.DEDUCTED:
        data["ground"] = code
    record(verb, case=case, actor=by, at=now, submission=submission, **data)
    return clearance


def _check_return(case: Case, placement: str, receiving_school: str, days: list[date], evidence: Evidence, now: datetime) -> None:
    assert case.back_since is not None
    if item(CodeList.PLACEMENT, placement) is None:
        raise UnknownCode(_("Please choose the placement."))
    if placement in NEEDS_SCHOOL and not receiving_school.strip():
        raise Refused(_("Please name the school that took the child in."))
    if any(one < case.back_since or one > day(now) for one in days):
        raise BadDate(_("The days of attendance lie between the return (%(date)s) and today.") % {"date": case.back_since.isoformat()})
    demand(proof_of_return(placement), evidence)
    if placement not in NEEDS_CANNOT_ATTEND:
        require_attendance(case, days)


def _not_in_future(on: date, now: datetime) -> None:
    if on > day(now):
        raise BadDate(_("This day lies in the future."))


def _age(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
