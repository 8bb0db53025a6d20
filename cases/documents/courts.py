"""Referring a case, and following it before the procuratorate, the court or in mediation."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.models import Department, Role
from cases.documents.filing import put_on_file
from cases.documents.models import CourtRecord, CourtState, Document, DocumentKind, Venue
from cases.documents.rules import BadDocument, OutOfOrder, of_kind, require_term_over
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.acting import acting_post
from cases.register.involvement import involve
from cases.register.locking import lock, require_standing
from cases.register.models import Standing

if TYPE_CHECKING:
    from cases.directory.models import Organisation, User
    from cases.register.models import Case

# The departments before which, or with which, a case goes to court.
JUDICIAL = frozenset({Department.JUSTICE, Department.PROCURATORATE, Department.COURT})


@transaction.atomic
def refer(
    case: Case,
    *,
    venue: str,
    number: str,
    dated_on: date,
    scan: UploadedFile[Any] | None = None,
    note: str = "",
    organisation: Organisation | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Document:
    """Hand the case to the procuratorate, a court or mediation; `organisation`, when it works here, gets sight of the case.

    A court is asked only after an order was served and its term ran out.
    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, Refused, BadDocument, OutOfOrder, BadFile.
    """
    case = lock(case, submission=submission)
    post = acting_post(by, Capability.REFER, case)
    require_standing(case, {Standing.STILL_OUT})
    if venue not in Venue.values:
        raise BadDocument(_("Please choose to whom the case goes."), "venue")
    if venue == Venue.COURT:
        require_term_over(case, dated_on)
    document = put_on_file(
        case, post.organisation, kind=DocumentKind.REFERRAL, number=number, dated_on=dated_on, scan=scan, by=by, now=now,
        note=note, venue=venue, addressee=organisation,
    )  # fmt: skip
    if organisation:
        involve(case, organisation)
    record(
        Verb.CASE_REFERRED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        document=document.pk,
        venue=venue,
    )
    return document


@transaction.atomic
def record_court(
    case: Case,
    *,
    venue: str,
    state: str,
    on: date,
    return_on: date | None = None,
    note: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> CourtRecord:
    """Where the case stands before the procuratorate, the court or in mediation; mediation sets the day of the child's return.

    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadDocument, OutOfOrder.
    """
    case = lock(case, submission=submission)
    post = acting_post(by, Capability.FOLLOW_COURT, case)
    if post.role == Role.DEPARTMENT_OFFICER and post.organisation.department not in JUDICIAL:
        raise NotAllowed(_("Your post does not allow this."))
    referral = of_kind(case, DocumentKind.REFERRAL).order_by("dated_on", "pk").first()
    if referral is None:
        raise OutOfOrder(_("The case has not been referred yet."))
    if venue not in Venue.values:
        raise BadDocument(_("Please choose where the case is."), "venue")
    if state not in CourtState.values:
        raise BadDocument(_("Please choose the state."), "state")
    if on > day(now):
        raise BadDocument(_("This day lies in the future."), "on")
    if on < referral.dated_on:
        raise BadDocument(_("This day lies before the referral."), "on")
    if state == CourtState.MEDIATED and return_on is None:
        raise BadDocument(_("Please enter the agreed day of return."), "return_on")
    if return_on and return_on < on:
        raise BadDocument(_("The day of return lies before this."), "return_on")
    done = CourtRecord.objects.create(case=case, episode=case.episode, venue=venue, state=state, on=on, return_on=return_on, note=note, by=by, at=now)
    record(
        Verb.COURT_RECORDED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        record=done.pk,
        state=state,
        return_on=return_on.isoformat() if return_on else None,
    )
    return done
