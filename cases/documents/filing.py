"""Putting a document on file: from whom a paper of each kind comes, and its number, once for each office and kind."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, covers
from cases.directory.models import Role
from cases.documents.models import Document, DocumentKind
from cases.documents.rules import NUMBERED, BadDocument
from cases.files.services import store
from cases.journal.clock import day
from cases.register.acting import acting_post

if TYPE_CHECKING:
    from cases.directory.models import Appointment, Organisation, User
    from cases.register.models import Case

# Means of the law against guardians, while the child is out of school and on the ledger.
COERCIVE = frozenset({DocumentKind.ORDER_TO_COMPLY, DocumentKind.PENALTY_DECISION})
# Papers that end a step of the enforcement come from those who answer for that step: no department reports for the school, and no school
# holds the township's talk.
AUTHORS = {
    DocumentKind.WRITTEN_REPORT: frozenset({Role.PRINCIPAL, Role.COUNTY_OFFICER, Role.COUNTY_HEAD}),
    DocumentKind.TALK_RECORD: frozenset({Role.TOWNSHIP_OFFICER, Role.TOWNSHIP_HEAD, Role.CONFERENCE_OFFICE, Role.COUNTY_OFFICER, Role.COUNTY_HEAD}),
}


def may_author(user: User, kind: str, case: Case) -> bool:
    """Whether one of the user's posts is among those from which a paper of this kind comes."""
    return kind not in AUTHORS or _authoring(user, kind, case) is not None


def post_that_files(user: User, kind: str, case: Case) -> Appointment:
    """The post that files a paper of this kind. Raises NotAllowed."""
    post = acting_post(user, Capability.ISSUE_ORDER if kind in COERCIVE else Capability.FILE_DOCUMENT, case)
    if kind not in AUTHORS:
        return post
    post_of_author = _authoring(user, kind, case)
    if post_of_author is None:
        raise NotAllowed(_("A paper of this kind comes from another post."))
    return post_of_author


def put_on_file(
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
    """Keep the scan and write the row. Raises BadDocument for a missing or taken number and a day that lies ahead, BadFile."""
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


def _authoring(user: User, kind: str, case: Case) -> Appointment | None:
    return next((post for post in user.posts() if post.role in AUTHORS[DocumentKind(kind)] and covers(post, case)), None)
