"""协查: a county asks another to look for a child, and gets an answer by a day. The case stays where it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, covers, require
from cases.directory.models import Organisation, OrganisationKind
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.evidence import Evidence, keep
from cases.register.locking import Refused, lock
from cases.transfers.models import Inquiry, InquiryFinding, InquiryState
from cases.transfers.scope import BUREAU
from cases.transfers.services import AlreadyAnswered

if TYPE_CHECKING:
    from cases.directory.models import Area, User
    from cases.register.models import Case


@transaction.atomic
def ask(case: Case, *, to_county: Area, believed_at: str, question: str, by: User, now: datetime, submission: UUID | None = None) -> Inquiry:
    """Ask another county's education bureau for help: where the child is believed to be, and what is asked.

    Raises Refused (the own county, one that was asked already, no bureau there), NotAllowed.
    """
    case = lock(case, submission=submission)
    require(by, Capability.TRANSFER, case)
    if not any(post.role in BUREAU and covers(post, case) for post in by.posts()):
        raise NotAllowed(_("Only the county's education bureau asks another county for help."))
    if to_county.code == case.county_id:
        raise Refused(_("That is your own county."))
    if not (believed_at.strip() and question.strip()):
        raise Refused(_("Please say where the child is believed to be, and what you ask."))
    bureau = Organisation.objects.filter(kind=OrganisationKind.COUNTY_EDUCATION, area=to_county, active=True).order_by("-pk").first()
    if bureau is None:
        raise Refused(_("No education bureau of that county is entered yet."))
    if Inquiry.objects.filter(case=case, to_county=to_county, state=InquiryState.ASKED).exists():
        raise Refused(_("That county was asked already; its answer is awaited."))
    inquiry = Inquiry.objects.create(
        case=case,
        episode=case.episode,
        from_education_id=case.education_id,
        to_county=to_county,
        to_education=bureau,
        believed_at=believed_at.strip(),
        question=question.strip(),
        asked_by=by,
        asked_at=now,
    )
    record(Verb.INQUIRY_ASKED, case=case, actor=by, at=now, submission=submission, inquiry=inquiry.pk, to_county=to_county.code)
    return inquiry


@transaction.atomic
def answer(
    inquiry: Inquiry, *, finding: str, answer: str, evidence: Evidence = (), by: User, now: datetime, submission: UUID | None = None
) -> Inquiry:
    """The asked county says what it found, in words and with what proves it. Raises AlreadyAnswered, Refused, NotAllowed."""
    case, evidence = lock(inquiry.case, submission=submission, paused_too=True, closed_too=True), list(evidence)
    inquiry = Inquiry.objects.get(pk=inquiry.pk)
    if not any(post.role in BUREAU and post.organisation_id == inquiry.to_education_id for post in by.posts()):
        raise NotAllowed(_("The asked county's education bureau answers."))
    _require_open(inquiry)
    if finding not in InquiryFinding.values:
        raise Refused(_("Please choose what was found."))
    if not answer.strip():
        raise Refused(_("Please say in words what was found."))
    if finding == InquiryFinding.AT_SCHOOL and not evidence:
        raise Refused(_("Please add a proof that the child attends a school: its certificate, or a screenshot of the school-roll system."))
    inquiry.state, inquiry.finding, inquiry.answer = InquiryState.ANSWERED, finding, answer.strip()
    inquiry.answered_by, inquiry.answered_at = by, now
    inquiry.save(update_fields=["state", "finding", "answer", "answered_by", "answered_at"])
    inquiry.evidence.add(*keep(case, evidence, by=by))
    record(Verb.INQUIRY_ANSWERED, case=case, actor=by, at=now, submission=submission, inquiry=inquiry.pk, finding=finding)
    return inquiry


@transaction.atomic
def withdraw(inquiry: Inquiry, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Inquiry:
    """The asking county needs no answer any more. Raises AlreadyAnswered, NotAllowed."""
    case = lock(inquiry.case, submission=submission, paused_too=True, closed_too=True)
    inquiry = Inquiry.objects.get(pk=inquiry.pk)
    _require_open(inquiry)
    require(by, Capability.TRANSFER, case)
    inquiry.state = InquiryState.WITHDRAWN
    inquiry.save(update_fields=["state"])
    record(Verb.INQUIRY_WITHDRAWN, case=case, actor=by, at=now, submission=submission, remark=note, inquiry=inquiry.pk)
    return inquiry


def _require_open(inquiry: Inquiry) -> None:
    if inquiry.state != InquiryState.ASKED:
        raise AlreadyAnswered(_("This request is no longer open: %(state)s.") % {"state": inquiry.get_state_display()})
