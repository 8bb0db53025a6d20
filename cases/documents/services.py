"""Filing documents, serving them, referring a case and following it before the procuratorate and the courts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.codes.services import setting
from cases.directory.capabilities import Capability, NotAllowed, covers
from cases.directory.models import Department, Role
from cases.documents.models import CourtRecord, CourtState, Document, DocumentKind, ServiceWay, Venue
from cases.documents.rules import (
    NUMBERED,
    ORDER_BASIS,
    SERVED,
    BadDocument,
    OutOfOrder,
    PenaltyOff,
    day_of_service,
    end_of_term,
    of_kind,
    require_order,
    require_term_over,
)
from cases.files.services import store
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.acting import acting_post
from cases.register.involvement import involve
from cases.register.locking import lock, require_standing
from cases.register.models import Standing

if TYPE_CHECKING:
    from cases.directory.models import Appointment, Organisation, User
    from cases.register.models import Case

__all__ = ["BadDocument", "OutOfOrder", "PenaltyOff", "file_document", "record_court", "refer", "serve_document"]

# Means of the law against guardians, while the child is out of school and on the ledger.
SAYS_SOMETHING = frozenset({DocumentKind.WRITTEN_REPORT, DocumentKind.TALK_RECORD})  # on paper, or in words
COERCIVE = frozenset({DocumentKind.ORDER_TO_COMPLY, DocumentKind.PENALTY_DECISION})


# Papers that end a step of the enforcement come from those who answer for that step: no department reports for the school, and no school
# holds the township's talk.
AUTHORS = {
    DocumentKind.WRITTEN_REPORT: frozenset({Role.PRINCIPAL, Role.COUNTY_OFFICER, Role.COUNTY_HEAD}),
    DocumentKind.TALK_RECORD: frozenset({Role.TOWNSHIP_OFFICER, Role.TOWNSHIP_HEAD, Role.CONFERENCE_OFFICE, Role.COUNTY_OFFICER, Role.COUNTY_HEAD}),
}
# The departments before which, or with which, a case goes to court.
JUDICIAL = frozenset({Department.JUSTICE, Department.PROCURATORATE, Department.COURT})


@transaction.atomic
def file_document(
    case: Case,
    *,
    kind: str,
    number: str = "",
    dated_on: date,
    scan: UploadedFile[Any] | None = None,
    note: str = "",
    legal_basis: str = "",
    term_days: int | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Document:
    """Put a document on file for the organisation at whose post the person acts.

    An order to comply demands its own capability, a scan and the record of a talk; `term_days` are natural days from its service
    (setting order_term_days when None). A penalty demands the setting penalty_enabled and its legal basis.
    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, Refused, BadDocument, OutOfOrder, PenaltyOff, BadFile.
    """
    case = lock(case, submission=submission)
    if kind not in DocumentKind.values or kind == DocumentKind.REFERRAL:
        raise BadDocument(_("Please choose the kind of document."), "kind")
    post = _author(by, kind, case)
    if kind in COERCIVE:
        require_standing(case, {Standing.STILL_OUT})
    require_order(case, kind, dated_on)
    if kind == DocumentKind.ORDER_TO_COMPLY:
        legal_basis = legal_basis or ORDER_BASIS
        term_days = term_days or int(setting("order_term_days", case.county_id, 7))
        if scan is None:
            raise BadDocument(_("An order needs its scan."), "scan")
    if kind in SAYS_SOMETHING and scan is None and not note.strip():
        raise BadDocument(_("Attach the scan, or write down what it says."), "scan")
    if kind == DocumentKind.PENALTY_DECISION and not legal_basis.strip():
        raise BadDocument(_("A penalty must name its legal basis."), "legal_basis")
    document = _file(
        case, post.organisation, kind=kind, number=number, dated_on=dated_on, scan=scan, by=by, now=now,
        note=note, legal_basis=legal_basis.strip(), term_days=term_days if kind == DocumentKind.ORDER_TO_COMPLY else None,
    )  # fmt: skip
    record(
        Verb.DOCUMENT_FILED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        document=document.pk,
        kind=kind,
    )
    return document


@transaction.atomic
def serve_document(
    document: Document,
    *,
    served_on: date,
    service_way: str,
    witness: str = "",
    proof: UploadedFile[Any] | None = None,
    term_days: int | None = None,
    service_note: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Document:
    """Record how and when a document reached the guardian; its term begins then.

    `served_on` is the day on which it was handed over, left, received or published; a public notice counts as served
    public_notice_days later. `term_ends_on` is the plain natural end: the workflow's deadline moves it past a holiday.
    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadDocument, OutOfOrder, BadFile.
    """
    case = lock(document.case, submission=submission)
    post = acting_post(by, Capability.SERVE_DOCUMENT, case)
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    _require_servable(document, served_on, service_way, witness, service_note, day(now))

    counts_from = day_of_service(service_way, served_on, case.county_id)
    days = term_days or document.term_days
    document.served_on, document.service_way, document.witness, document.service_note = counts_from, service_way, witness, service_note
    document.published_on = served_on if service_way == ServiceWay.PUBLIC else None
    document.term_days = days
    document.term_ends_on = end_of_term(counts_from, days) if days else None
    document.proof = store(case, proof, kind="proof_of_service", by=by) if proof else None
    document.save(update_fields=["served_on", "service_way", "witness", "service_note", "published_on", "term_days", "term_ends_on", "proof"])
    record(
        Verb.DOCUMENT_SERVED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        document=document.pk,
        kind=document.kind,
        way=service_way,
        term_ends_on=document.term_ends_on.isoformat() if document.term_ends_on else None,
    )
    return document


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
    document = _file(
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


def may_author(user: User, kind: str, case: Case) -> bool:
    """Whether one of the user's posts is among those from which a paper of this kind comes."""
    return kind not in AUTHORS or _authoring(user, kind, case) is not None


def _authoring(user: User, kind: str, case: Case) -> Appointment | None:
    return next((post for post in user.posts() if post.role in AUTHORS[DocumentKind(kind)] and covers(post, case)), None)


def _author(user: User, kind: str, case: Case) -> Appointment:
    """The post that files a paper of this kind. Raises NotAllowed."""
    post = acting_post(user, Capability.ISSUE_ORDER if kind in COERCIVE else Capability.FILE_DOCUMENT, case)
    if kind not in AUTHORS:
        return post
    author = _authoring(user, kind, case)
    if author is None:
        raise NotAllowed(_("A paper of this kind comes from another post."))
    return author


def _file(
    case: Case,
    organisation: Organisation,
    *,
    kind: str,
    number: str,
    dated_on: date,
    scan: UploadedFile[Any] | None,
    by: User,
    now: datetime,
    **more: Any,
) -> Document:
    number = number.strip()
    if kind in NUMBERED and not number:
        raise BadDocument(_("Please enter the document number."), "number")
    if dated_on > day(now):
        raise BadDocument(_("This day lies in the future."), "dated_on")
    taken = BadDocument(_("This number was given to another document of this kind."), "number")
    if number and Document.objects.filter(organisation=organisation, kind=kind, number=number).exists():
        raise taken
    stored = store(case, scan, kind="official_document", by=by) if scan else None
    try:
        with transaction.atomic():
            return Document.objects.create(
                case=case,
                episode=case.episode,
                kind=kind,
                number=number,
                dated_on=dated_on,
                organisation=organisation,
                scan=stored,
                filed_by=by,
                filed_at=now,
                **more,
            )
    except IntegrityError as error:
        # Two people of one office gave the same number to two cases at the same moment.
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "document_number_once":
            raise taken from error
        raise


def _require_servable(document: Document, on: date, way: str, witness: str, note: str, today: date) -> None:
    if document.kind not in SERVED:
        raise BadDocument(_("A document of this kind is not served."))
    if document.served_on:
        raise OutOfOrder(_("This document was served already."))
    if way not in ServiceWay.values:
        raise BadDocument(_("Please choose the way of service."), "service_way")
    if on > today:
        raise BadDocument(_("This day lies in the future."), "served_on")
    if on < document.dated_on:
        raise BadDocument(_("The document is dated later than this."), "served_on")
    # Civil procedure law, article 89: left at the home before a witness of the village or workplace.
    if way == ServiceWay.LEFT and not witness.strip():
        raise BadDocument(_("What is left at the home needs a witness."), "witness")
    # Article 90: electronically only with the consent of whoever receives it.
    if way == ServiceWay.ELECTRONIC and not note.strip():
        raise BadDocument(_("Please note when and how the guardian consented to electronic service."), "service_note")
