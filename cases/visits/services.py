"""Recording what was seen and said: visits, their confirmation by the other line, the village's check, rounds of joint persuasion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import item
from cases.directory.capabilities import Capability, NotAllowed, require
from cases.directory.models import Line
from cases.files.services import store
from cases.journal.clock import day
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.protection.services import report_danger
from cases.register.acting import acting_post
from cases.register.locking import lock
from cases.visits.models import Found, HomeVisit, Met, Mode, PersuasionRound, RoundResult, VillageCheck, VisitOutcome
from cases.visits.receiving import Arrival
from cases.visits.reception import Reception, counted, lay_before_supervisor, note_arrival, standing_of
from cases.visits.rules import BadRecord, check, privacy_problems, promise_problems, visit_problems

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.files.models import StoredFile
    from cases.register.models import Case

BOTH_LINES = (Line.EDUCATION, Line.GOVERNMENT)


class OtherRecord(Refused):
    """The record's id is taken by another record."""


class CannotCorrect(Refused):
    pass


class CannotConfirm(Refused):
    pass


@transaction.atomic
def log_visit(
    case: Case,
    *,
    visit_id: UUID,
    occurred_at: datetime,
    mode: str,
    met: Sequence[str],
    whereabouts: str,
    reason: str,
    outcome: str,
    reason_text: str = "",
    promised_on: date | None = None,
    account: str = "",
    companions: str = "",
    lines: Collection[str] = (),
    danger: bool = False,
    danger_kind: str = "",
    photos: Sequence[UploadedFile[Any]] = (),
    signature: UploadedFile[Any] | None = None,
    corrects: HomeVisit | None = None,
    stored: Sequence[StoredFile] = (),
    reception: Reception | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> HomeVisit:
    """Record a visit or another contact with the family.

    1. The same `visit_id` of the same visitor counts once: the record that is there is returned, and nothing is written.
    2. A correction is a record of its own that names the old one; photos and signature of the old one stay with it.
    3. `lines` naming both makes a joint visit: the visitor's own line counts at once, the other when one of its people confirms.
    4. Danger to the child makes the mandatory report in the same transaction.
    5. What came by `reception` (phone, file, paper) is taken from whoever answered for the child when the visit was made, neither a closed nor a
       suspended case holds it back, and what has changed since lies before the supervisor. `stored` are photos that are on the shelf already.

    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadRecord, BadFile, OtherRecord, CannotCorrect.
    """
    case = lock(case, submission=submission, paused_too=reception is not None, closed_too=reception is not None)
    if reception:
        post, why = standing_of(reception, case, by, occurred_at)
    else:
        post, why = acting_post(by, Capability.LOG_VISIT, case), ""
    there: HomeVisit | None = HomeVisit.objects.filter(pk=visit_id).first()
    if there:
        if (there.case_id, there.visitor_id) != (case.pk, by.pk):
            raise OtherRecord(_("This record belongs to another visit. Please open the form again."))
        return there
    if corrects:
        corrects = _correctable(corrects, case, by)
    said = {
        "occurred_at": occurred_at,
        "met": met,
        "outcome": outcome,
        "promised_on": promised_on,
        "reason": reason,
        "reason_text": reason_text,
        "danger": danger,
        "danger_kind": danger_kind or (corrects and corrects.danger),
        "account": account,
        "companions": companions,
        "photos": [*photos, *stored],
    }
    check(visit_problems(said, opened_at=case.opened_at, now=now))
    _require_codes(mode=mode, met=met, outcome=outcome, whereabouts=whereabouts, reason=reason)

    own = post.organisation.line
    visit = HomeVisit.objects.create(
        id=visit_id,
        case=case,
        episode=case.episode,
        lines=sorted({own, *lines}),
        visitor=by,
        organisation=post.organisation,
        companions=companions,
        occurred_at=occurred_at,
        mode=mode,
        met=list(met),
        whereabouts=whereabouts,
        reason=reason,
        reason_text=reason_text,
        outcome=outcome,
        promised_on=promised_on if outcome == VisitOutcome.AGREED else None,
        account=account,
        danger=danger,
        corrects=corrects,
        signature=store(case, signature, kind="signature", by=by) if signature else corrects.signature if corrects else None,
    )
    visit.photos.add(
        *(corrects.photos.all() if corrects else ()), *stored, *(store(case, photo, kind="visit_photo", by=by, photo_only=True) for photo in photos)
    )
    record(
        Verb.VISIT_LOGGED,
        case=case,
        actor=(reception and reception.entered_by) or by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        **_facts(visit),
        line=own,
        **({"corrects": str(corrects.pk)} if corrects else {}),
        **(_received(visit, reception, why) if reception else {}),
    )
    # A corrected record does not report the same danger twice.
    if danger and not (corrects and corrects.danger):
        report_danger(case, kind=danger_kind, facts=account, by=by, now=now, despite_post=bool(why or (reception and reception.vouched_by)))
    return visit


def _received(visit: HomeVisit, reception: Reception, why: str) -> dict[str, Any]:
    """Keeps how the record came, and lays it before the supervisor if things have changed; what the journal says of it."""
    note_arrival(visit, reception)
    said: dict[str, Any] = {"source": str(reception.source), "counts_at": counted(visit.occurred_at, reception).isoformat()}
    if reception.entered_by:
        said["visitor"] = visit.visitor_id
    if why:
        lay_before_supervisor(visit, why, reception)
        said["late"] = str(why)
    return said


@transaction.atomic
def confirm_visit(visit: HomeVisit, *, by: User, now: datetime, submission: UUID | None = None) -> HomeVisit:
    """The other line's one tap on a joint visit. The same person's second tap changes nothing.

    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, CannotConfirm.
    """
    case = lock(visit.case, submission=submission)
    visit = HomeVisit.objects.select_for_update(of=("self",)).select_related("organisation", "confirmed_by").get(pk=visit.pk)
    if visit.confirmed_by_id == by.pk:
        return visit
    line = line_to_confirm(visit)
    if by.pk == visit.visitor_id:
        raise CannotConfirm(_("The other line confirms a joint visit, not the one who recorded it."))
    if Arrival.objects.filter(visit=visit, entered_by=by).exists():
        raise NotAllowed(_("The other line confirms a joint visit, not the one who recorded it."))
    post = acting_post(by, Capability.LOG_VISIT, case, line=line)
    if post.organisation.line != line:
        raise NotAllowed(_("Somebody of the %(line)s confirms this visit.") % {"line": Line(line).label})
    visit.confirmed_by, visit.confirmed_at = by, now
    visit.save(update_fields=["confirmed_by", "confirmed_at"])
    record(Verb.VISIT_CONFIRMED, case=case, actor=by, organisation=post.organisation, at=now, submission=submission, **_facts(visit), line=line)
    return visit


def line_to_confirm(visit: HomeVisit) -> str:
    """The line whose word is still wanted. Raises CannotConfirm when none is."""
    if not visit.is_joint:
        raise CannotConfirm(_("This was no joint visit."))
    if visit.confirmed_by_id:
        raise CannotConfirm(_("%(name)s confirmed this visit already.") % {"name": visit.confirmed_by})
    if HomeVisit.objects.filter(corrects=visit).exists():
        raise CannotConfirm(_("This record was corrected; please confirm the correction."))
    return next(line for line in visit.lines if line != visit.own_line)


@transaction.atomic
def check_village(
    case: Case, *, found: str, household: str = "", note: str = "", by: User, now: datetime, submission: UUID | None = None
) -> VillageCheck:
    """What the village found at the child's home. Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadRecord."""
    case = lock(case, submission=submission)
    post = acting_post(by, Capability.CHECK_VILLAGE, case)
    if found not in Found.values:
        raise BadRecord(_("Please choose what was found."), "found")
    for field, text in (("household", household), ("note", note)):
        check(privacy_problems(field, text))
    done = VillageCheck.objects.create(case=case, episode=case.episode, found=found, household=household, note=note, by=by, at=now)
    record(Verb.VILLAGE_CHECKED, case=case, actor=by, organisation=post.organisation, at=now, submission=submission, check=done.pk, found=found)
    return done


@transaction.atomic
def hold_round(
    case: Case,
    *,
    held_on: date,
    participants: str,
    result: str,
    note: str,
    promised_on: date | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> PersuasionRound:
    """Record a round of joint persuasion under the next number of the episode.

    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadRecord.
    """
    case = lock(case, submission=submission)
    require(by, Capability.HOLD_ROUND, case)
    post = acting_post(by, Capability.HOLD_ROUND, case)
    rounds = PersuasionRound.objects.filter(case=case, episode=case.episode)
    if result not in RoundResult.values:
        raise BadRecord(_("Please choose the result."), "result")
    if held_on > day(now):
        raise BadRecord(_("This day lies in the future."), "held_on")
    if held_on < day(case.opened_at):
        raise BadRecord(_("This day lies before the case was opened."), "held_on")
    if result == RoundResult.AGREED:
        check(promise_problems(promised_on, held_on))
    for field, text in (("participants", participants), ("note", note)):
        check(privacy_problems(field, text))
    number = (rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    held = PersuasionRound.objects.create(
        case=case,
        episode=case.episode,
        number=number,
        held_on=held_on,
        participants=participants,
        result=result,
        promised_on=promised_on if result == RoundResult.AGREED else None,
        note=note,
        by=by,
        at=now,
    )
    record(
        Verb.ROUND_HELD,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        round=held.pk,
        number=number,
        result=result,
    )
    return held


def _facts(visit: HomeVisit) -> dict[str, Any]:
    """What the journal keeps of a visit: ids and codes."""
    return {
        "visit": str(visit.pk),
        "lines": visit.lines,
        "in_person": visit.in_person,
        "met": visit.met_family,
        "outcome": visit.outcome,
        "danger": visit.danger,
        "occurred_at": visit.occurred_at.isoformat(),
    }


def _correctable(visit: HomeVisit, case: Case, by: User) -> HomeVisit:
    if visit.case_id != case.pk:
        raise OtherRecord(_("This record belongs to another visit. Please open the form again."))
    if visit.visitor_id != by.pk:
        raise CannotCorrect(_("Only the person who made the record can correct it."))
    if HomeVisit.objects.filter(corrects=visit).exists():
        raise CannotCorrect(_("This record was corrected already; please correct the newer one."))
    return visit


def _require_codes(*, mode: str, met: Sequence[str], outcome: str, whereabouts: str, reason: str) -> None:
    """A form offers nothing else; other entrances are told kindly."""
    if mode not in Mode.values:
        raise BadRecord(_("Please choose how the family was reached."), "mode")
    if not met or not set(met).issubset(Met.values):
        raise BadRecord(_("Please choose who was met."), "met")
    if outcome not in VisitOutcome.values:
        raise BadRecord(_("Please choose the result."), "outcome")
    if item(CodeList.WHEREABOUTS, whereabouts) is None:
        raise BadRecord(_("Please choose where the child is."), "whereabouts")
    if item(CodeList.REASON, reason) is None:
        raise BadRecord(_("Please choose the main reason."), "reason")
