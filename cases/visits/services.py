"""Recording a visit: what was seen and said, by whom, and how the record came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import item
from cases.directory.capabilities import Capability
from cases.directory.models import Line
from cases.files.services import store
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.protection.services import report_danger
from cases.register.acting import acting_post
from cases.register.locking import lock
from cases.visits.models import HomeVisit, Met, Mode, VisitOutcome
from cases.visits.reception import Reception, counted, lay_before_supervisor, note_arrival, standing_of
from cases.visits.rules import BadRecord, check, visit_problems

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.files.models import StoredFile
    from cases.register.models import Case

BOTH_LINES = (Line.EDUCATION, Line.GOVERNMENT)


class OtherRecord(Refused):
    """The record's id is taken by another record."""


class CannotCorrect(Refused):
    """Another person's record, or one that was corrected already."""


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
        **facts_of(visit),
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


def facts_of(visit: HomeVisit) -> dict[str, Any]:
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
