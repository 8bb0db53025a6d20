"""The mandatory report (强制报告): told at once to those who must act, and receipt confirmed within two hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, require
from cases.directory.models import Department, Organisation, OrganisationKind
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.protection.models import Danger, MandatoryReport, Receipt
from cases.register.involvement import involve
from cases.register.locking import lock

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

# Law on the protection of minors, article 11: police, civil affairs, education.
DEPARTMENTS = (Department.POLICE, Department.CIVIL_AFFAIRS)


class NobodyToTell(Refused):
    """No organisation that must receive the report exists in the county."""


class NothingToConfirm(Refused):
    """The receipt was confirmed already."""


@transaction.atomic
def report_danger(
    case: Case, *, kind: str, facts: str, by: User, now: datetime, submission: UUID | None = None, despite_post: bool = False
) -> MandatoryReport:
    """Report danger to the child, whatever the case's state: neither suspended nor closed holds it back.

    It goes to the county's education bureau, police and civil affairs, who from then on see the case; to those of them that
    exist, and `missing_addressees` names the others. With `despite_post` the caller has found that the person answered for the child
    when the danger was seen. Raises NotAllowed, AlreadyRecorded, NobodyToTell, Refused without facts.
    """
    case = lock(case, submission=submission, paused_too=True, closed_too=True)
    if not despite_post:
        require(by, Capability.REPORT_DANGER, case)
    if kind not in Danger.values:
        raise Refused(_("Please say which danger."))
    if not facts.strip():
        raise Refused(_("Please write what was seen or heard."))
    addressees = addressees_of(case)
    if not addressees:
        raise NobodyToTell(_("The county has neither education bureau, police nor civil affairs here. Call 110 and tell the administrator."))
    report = MandatoryReport.objects.create(case=case, kind=kind, facts=facts.strip(), by=by, at=now)
    for organisation in addressees:
        Receipt.objects.create(report=report, organisation=organisation)
        if organisation.kind == OrganisationKind.DEPARTMENT:
            involve(case, organisation)
    if not case.danger:
        case.danger = True
        case.save(update_fields=["danger"])
    record(Verb.DANGER_REPORTED, case=case, actor=by, at=now, submission=submission, report=report.pk, danger=kind)
    return report


def addressees_of(case: Case) -> list[Organisation]:
    """Whom a report about this child goes to: its education bureau, then police and civil affairs of the county that counts it."""
    departments = Organisation.objects.filter(
        kind=OrganisationKind.DEPARTMENT, department__in=DEPARTMENTS, area_id=case.county_id, active=True
    ).order_by("department", "pk")
    first: dict[str, Organisation] = {}
    for organisation in departments:
        first.setdefault(organisation.department, organisation)
    education = [case.education] if case.education.active else []
    return [*education, *(first[department] for department in DEPARTMENTS if department in first)]


def missing_addressees(report: MandatoryReport) -> list[str]:
    """The names of those that should have got the report and do not exist in the county."""
    there = {receipt.organisation.department for receipt in report.receipts.select_related("organisation")}
    return [str(department.label) for department in DEPARTMENTS if department not in there]


@transaction.atomic
def confirm_receipt(receipt: Receipt, *, measures: str, by: User, now: datetime, submission: UUID | None = None) -> Receipt:
    """The addressee says that the report arrived and what is being done. Raises NotAllowed, AlreadyRecorded, NothingToConfirm."""
    case = lock(receipt.report.case, submission=submission, paused_too=True, closed_too=True)
    require(by, Capability.CONFIRM_RECEIPT, case)
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("organisation", "confirmed_by").get(pk=receipt.pk)
    if not speaks_for(by, receipt):
        raise NotAllowed(_("Only %(organisation)s can confirm this.") % {"organisation": receipt.organisation.name})
    if receipt.confirmed_at:
        raise NothingToConfirm(_("%(name)s confirmed the receipt already.") % {"name": receipt.confirmed_by})
    if not measures.strip():
        raise Refused(_("Please write what is being done."))
    receipt.confirmed_by, receipt.confirmed_at, receipt.measures = by, now, measures.strip()
    receipt.save(update_fields=["confirmed_by", "confirmed_at", "measures"])
    record(Verb.RECEIPT_CONFIRMED, case=case, actor=by, organisation=receipt.organisation, at=now, submission=submission, receipt=receipt.pk)
    return receipt


def speaks_for(user: User, receipt: Receipt) -> bool:
    """Whether the user holds a post at the addressee."""
    return any(post.organisation_id == receipt.organisation_id for post in user.posts())
