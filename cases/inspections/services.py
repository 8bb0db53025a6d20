"""Findings of the inspectorate: recorded, answered by the unit, closed or made an accountability finding (notice 2023-6, section 6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.directory.answering import ANSWERS_FOR, Accountability, answers_for, stands_below
from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, covers
from cases.directory.models import Appointment, Department, Organisation, OrganisationKind
from cases.directory.scoping import under
from cases.files.services import store
from cases.inspections.models import Count, Finding, FindingState
from cases.journal.clock import day
from cases.journal.refused import Refused
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.register.involvement import involve
from cases.register.locking import lock
from cases.register.numbers import next_number

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

LONGEST = 90  # days until an answer
WITHOUT_DUTY = (Department.COURT, Department.PROCURATORATE)  # no inspectorate makes a court answer


class BadFinding(Refused):
    """A finding that lacks something; `field` is the form's field that it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotItsTurn(Refused):
    """The finding does not wait for this."""


def inspecting_posts(user: User) -> list[Appointment]:
    """The user's present posts that may record findings."""
    return [post for post in user.posts() if Capability.INSPECT in CAPABILITIES[post.role]]


def inspectable(user: User, county_id: str) -> QuerySet[Organisation]:
    """The units of a county that answer to the user's inspectorate, villages aside: their township answers for them."""
    kinds = [OrganisationKind.SCHOOL, OrganisationKind.TOWNSHIP, OrganisationKind.COUNTY_EDUCATION, OrganisationKind.DEPARTMENT]
    kinds.append(OrganisationKind.CONFERENCE_OFFICE)
    if not any(county_id.startswith(post.organisation.area_id) or post.organisation.area_id == county_id for post in inspecting_posts(user)):
        return Organisation.objects.none()
    rows: QuerySet[Organisation] = Organisation.objects.filter(under("area_id", county_id), kind__in=kinds, active=True)
    return rows.exclude(department__in=WITHOUT_DUTY).order_by("kind", "area_id", "name")


@transaction.atomic
def record_finding(
    *,
    unit: Organisation,
    count: str,
    facts: str,
    demand: str,
    answer_by: date,
    case: Case | None = None,
    evidence: Iterable[UploadedFile[Any]] = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Finding:
    """A fault of a unit on one of the three counts; with a case that shows it, files may prove it and the unit sees that case.

    Raises NotAllowed, AlreadyRecorded, BadFinding, BadFile.
    """
    post = next((post for post in inspecting_posts(by) if stands_below(unit, post)), None)
    if post is None:
        raise NotAllowed(_("This unit does not answer to your inspectorate."))
    if case is None:
        require_new(submission)
    else:
        case = lock(case, submission=submission, paused_too=True, closed_too=True)
        if not covers(post, case):
            raise NotAllowed(_("Your post does not allow this."))
    if count not in Count.values:
        raise BadFinding(_("Please choose the count."), "count")
    for field, words in (("facts", facts), ("demand", demand)):
        if not words.strip():
            raise BadFinding(_("Please fill this in."), field)
    today = day(now)
    if not today < answer_by <= today + timedelta(days=LONGEST):
        raise BadFinding(_("Choose a day after today, within 90 days."), "answer_by")
    files = list(evidence)
    if files and case is None:
        raise BadFinding(_("Files belong to a case: name the case that shows it."), "evidence")
    number = next_number(f"finding {post.organisation_id} {today.year}")
    finding = Finding.objects.create(
        unit=unit,
        unit_kind=unit.kind,
        place_id=unit.area_id,
        number=f"督查〔{today.year}〕{number}号",
        case=case,
        count=count,
        facts=facts.strip(),
        demand=demand.strip(),
        answer_by=answer_by,
        inspectorate=post.organisation,
        found_by=by,
        found_at=now,
    )
    if case is not None:
        finding.evidence.set([store(case, upload, kind="other_proof", by=by) for upload in files])
        if unit.kind == OrganisationKind.DEPARTMENT:
            involve(case, unit)
    record(
        Verb.FINDING_RECORDED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        finding=finding.pk,
        count=count,
        to_organisation=unit.pk,
    )
    return finding


@transaction.atomic
def answer_finding(
    finding: Finding, *, answer: str, proof: Iterable[UploadedFile[Any]] = (), by: User, now: datetime, submission: UUID | None = None
) -> Finding:
    """The post that answers for the unit says what was put right. Raises NotAllowed, AlreadyRecorded, NotItsTurn, BadFinding, BadFile."""
    case, finding = _locked(finding, submission)
    if not answers_for(by, finding.unit):
        raise NotAllowed(_("Only %(organisation)s can answer this.") % {"organisation": finding.unit.name})
    if finding.state != FindingState.OPEN:
        raise NotItsTurn(_("This finding does not wait for an answer."))
    if not answer.strip():
        raise BadFinding(_("Please write what was done."), "answer")
    files = list(proof)
    if files and case is None:
        raise BadFinding(_("Files belong to a case: name the case that shows it."), "proof")
    finding.state, finding.answer, finding.answered_by, finding.answered_at = FindingState.ANSWERED, answer.strip(), by, now
    finding.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    if case is not None:
        finding.proof.set([store(case, upload, kind="other_proof", by=by) for upload in files])
    record(Verb.FINDING_ANSWERED, case=case, actor=by, organisation=finding.unit, at=now, submission=submission, finding=finding.pk)
    return finding


@transaction.atomic
def decide_on_finding(
    finding: Finding, *, close: bool, remark: str = "", measure: str = "", by: User, now: datetime, submission: UUID | None = None
) -> Finding:
    """The inspectorate closes a finding, or makes it an accountability finding; that also when the day passed without an answer.

    Raises NotAllowed, AlreadyRecorded, NotItsTurn, BadFinding.
    """
    case, finding = _locked(finding, submission)
    if not inspects(by, finding):
        raise NotAllowed(_("Only %(organisation)s can decide on this.") % {"organisation": finding.inspectorate.name})
    if finding.answered_by_id == by.pk:
        raise NotAllowed(_("Nobody decides on their own answer."))
    if finding.state not in (FindingState.OPEN, FindingState.ANSWERED):
        raise NotItsTurn(_("This finding is settled already."))
    if finding.state == FindingState.OPEN and (close or finding.answer_by >= day(now)):
        raise NotItsTurn(_("The unit has not answered, and its day has not passed."))
    if not close and measure not in Accountability.values:
        raise BadFinding(_("Please choose the kind of accountability."), "measure")
    if not close and not remark.strip():
        raise BadFinding(_("Give a reason; it goes into the record and to those concerned."), "remark")
    finding.state = FindingState.CLOSED if close else FindingState.ACCOUNTABLE
    finding.remark, finding.measure, finding.decided_by, finding.decided_at = remark.strip(), "" if close else measure, by, now
    finding.save(update_fields=["state", "remark", "measure", "decided_by", "decided_at"])
    record(
        Verb.FINDING_CLOSED if close else Verb.FINDING_ACCOUNTABLE,
        case=case,
        actor=by,
        organisation=finding.inspectorate,
        at=now,
        submission=submission,
        remark=finding.remark,
        finding=finding.pk,
        **({} if close else {"measure": measure}),
    )
    return finding


def inspects(user: User, finding: Finding) -> bool:
    """Whether the user works at the inspectorate that made the finding."""
    return any(post.organisation_id == finding.inspectorate_id for post in inspecting_posts(user))


def people_of(unit: Organisation) -> list[int]:
    """Who answers for a unit today (pks)."""
    role = ANSWERS_FOR.get(unit.kind, "")
    return list(Appointment.objects.of_post(unit, role).values_list("user_id", flat=True))


def _locked(finding: Finding, submission: UUID | None) -> tuple[Case | None, Finding]:
    """The finding as it stands now; its case first, as everywhere."""
    case = lock(finding.case, submission=submission, paused_too=True, closed_too=True) if finding.case else None
    found = Finding.objects.select_for_update(of=("self",)).select_related("unit", "inspectorate").get(pk=finding.pk)
    if case is None:
        require_new(submission)
    return case, found
