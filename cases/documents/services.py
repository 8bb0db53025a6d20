"""Filing documents and serving them on the guardian. The road to court is in `courts`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.codes.services import setting
from cases.directory.capabilities import Capability
from cases.documents.filing import COERCIVE, post_that_files, put_on_file
from cases.documents.models import Document, DocumentKind, ServiceWay
from cases.documents.rules import ORDER_BASIS, SERVED, BadDocument, OutOfOrder, day_of_service, end_of_term, require_order
from cases.files.services import store
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.acting import acting_post
from cases.register.locking import lock, require_standing
from cases.register.models import Standing

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

SAYS_SOMETHING = frozenset({DocumentKind.WRITTEN_REPORT, DocumentKind.TALK_RECORD})  # on paper, or in words


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
    post = post_that_files(by, kind, case)
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
    document = put_on_file(
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
