"""The supervision order: issued, answered, and settled or sent back. Its tasks follow from the facts that are recorded here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.answering import ANSWERS_FOR, Accountability
from cases.directory.capabilities import NotAllowed
from cases.files.services import store
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.involvement import involve
from cases.register.locking import lock
from cases.register.numbers import next_number
from cases.supervision.models import OPEN, OrderDecision, OrderReply, OrderState, SupervisionOrder, Verdict
from cases.supervision.rules import BASIS, AlreadySettled, BadOrder, issuing_post, require_day, units

if TYPE_CHECKING:
    from cases.directory.models import Organisation, User
    from cases.register.models import Case

__all__ = ["AlreadySettled", "BadOrder", "answer_order", "decide_on_answer", "end_with_case", "issue_order", "withdraw_order"]

VERBS = {
    Verdict.ACCEPTED: Verb.SUPERVISION_ACCEPTED,
    Verdict.SENT_BACK: Verb.SUPERVISION_SENT_BACK,
    Verdict.ACCOUNTABLE: Verb.SUPERVISION_ACCOUNTABLE,
}


@transaction.atomic
def issue_order(
    case: Case,
    *,
    addressee: Organisation,
    demand: str,
    answer_by: date,
    legal_basis: str = "",
    escalation: int | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> SupervisionOrder:
    """Order a unit of the case to act and to answer by a day (notice 2023-6, section 6); the unit sees the case from now on.

    The number has no gaps within a county and a year. Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadOrder.
    """
    case = lock(case, submission=submission)
    post = issuing_post(by, case, addressee)
    if addressee.pk not in {unit.pk for unit in units(case, by)}:
        raise BadOrder(_("Nobody answers for this unit now, or it has no part in this case. Choose another one."), "addressee")
    if not demand.strip():
        raise BadOrder(_("Please write what the unit must do."), "demand")
    today = day(now)
    require_day(answer_by, today, "answer_by")
    series = f"supervision order {case.county_id} {today.year}"
    order = SupervisionOrder.objects.create(
        case=case,
        episode=case.episode,
        county_id=case.county_id,
        number=f"控辍督〔{today.year}〕{next_number(series)}号",
        addressee=addressee,
        addressee_role=ANSWERS_FOR[addressee.kind],
        issuer=post.organisation,
        issuer_role=post.role,
        issued_by=by,
        issued_at=now,
        escalation=escalation,
        demand=demand.strip(),
        legal_basis=legal_basis.strip() or BASIS,
        answer_by=answer_by,
    )
    if addressee.pk not in {case.school_id, case.village_id, case.township_id, case.education_id}:
        involve(case, addressee)
    record(
        Verb.SUPERVISION_ISSUED,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        order=order.pk,
        to_organisation=addressee.pk,
        until=answer_by.isoformat(),
    )
    return order


@transaction.atomic
def answer_order(
    order: SupervisionOrder,
    *,
    text: str,
    evidence: Iterable[UploadedFile[Any]] = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> OrderReply:
    """The unit says what it did. Whoever holds the answering post may, or holds the task; never the issuer's own post.

    A closed case holds nothing back: the order stands for itself. Raises NotAllowed, AlreadyRecorded, CasePaused, AlreadySettled, BadOrder, BadFile.
    """
    case, order = _locked(order, submission)
    if not (_holds(by, order.addressee_id, order.addressee_role) or _has_task(by, order, "answer_order")):
        raise NotAllowed(_("Only %(organisation)s can answer this.") % {"organisation": order.addressee.name})
    if _holds(by, order.issuer_id, order.issuer_role):
        raise NotAllowed(_("Nobody answers an order of their own post."))
    if order.state != OrderState.ISSUED:
        raise AlreadySettled(_("This order does not wait for an answer."))
    if not text.strip():
        raise BadOrder(_("Please write what was done."), "text")
    reply = OrderReply.objects.create(order=order, text=text.strip(), by=by, at=now)
    reply.evidence.set([store(case, upload, kind="other_proof", by=by) for upload in evidence])
    order.state = OrderState.ANSWERED
    order.save(update_fields=["state"])
    record(
        Verb.SUPERVISION_ANSWERED,
        case=case,
        actor=by,
        organisation=order.addressee,
        at=now,
        submission=submission,
        order=order.pk,
        reply=reply.pk,
    )
    return reply


@transaction.atomic
def decide_on_answer(
    order: SupervisionOrder,
    *,
    outcome: str,
    reason: str = "",
    again_by: date | None = None,
    measure: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> OrderDecision:
    """The issuer accepts the answer, sends it back with a reason and a new day, or makes an accountability finding of a named kind.

    Raises NotAllowed, AlreadyRecorded, CasePaused, AlreadySettled, BadOrder.
    """
    case, order = _locked(order, submission)
    if not (_holds(by, order.issuer_id, order.issuer_role) or _has_task(by, order, "decide_on_answer")):
        raise NotAllowed(_("Only %(organisation)s can decide on this.") % {"organisation": order.issuer.name})
    if order.state != OrderState.ANSWERED:
        raise AlreadySettled(_("There is no answer to decide on."))
    reply = order.replies.latest("pk")
    if reply.by_id == by.pk:
        raise NotAllowed(_("Nobody decides on their own answer."))
    if outcome not in Verdict.values:
        raise BadOrder(_("Please choose how you decide."), "outcome")
    if outcome != Verdict.ACCEPTED and not reason.strip():
        raise BadOrder(_("Give a reason; it goes into the record and to those concerned."), "reason")
    if outcome == Verdict.ACCOUNTABLE and measure not in Accountability.values:
        raise BadOrder(_("Please choose the kind of accountability."), "measure")
    sent_back = outcome == Verdict.SENT_BACK
    if sent_back:
        if again_by is None:
            raise BadOrder(_("Please enter by when the unit must answer again."), "again_by")
        require_day(again_by, day(now), "again_by")
        order.state, order.answer_by = OrderState.ISSUED, again_by
    else:
        order.state = OrderState.ACCEPTED if outcome == Verdict.ACCEPTED else OrderState.ACCOUNTABLE
        order.settled_at = now
    order.save(update_fields=["state", "answer_by", "settled_at"])
    decision = OrderDecision.objects.create(
        reply=reply,
        outcome=outcome,
        reason=reason.strip(),
        measure=measure if outcome == Verdict.ACCOUNTABLE else "",
        again_by=again_by if sent_back else None,
        by=by,
        at=now,
    )
    more = {Verdict.SENT_BACK: {"until": order.answer_by.isoformat()}, Verdict.ACCOUNTABLE: {"measure": measure}}.get(Verdict(outcome), {})
    record(
        VERBS[Verdict(outcome)],
        case=case,
        actor=by,
        organisation=order.issuer,
        at=now,
        submission=submission,
        remark=decision.reason,
        order=order.pk,
        decision=decision.pk,
        **more,
    )
    return decision


@transaction.atomic
def withdraw_order(order: SupervisionOrder, *, reason: str, by: User, now: datetime, submission: UUID | None = None) -> SupervisionOrder:
    """Take back an order that was issued by mistake or is needless now; it stays on record. Raises NotAllowed, AlreadySettled, BadOrder."""
    case, order = _locked(order, submission)
    if not _holds(by, order.issuer_id, order.issuer_role):
        raise NotAllowed(_("Only whoever issued an order can withdraw it."))
    if order.state not in OPEN:
        raise AlreadySettled(_("This order is settled already."))
    if not reason.strip():
        raise BadOrder(_("Give a reason; it goes into the record and to those concerned."), "reason")
    order.state, order.settled_at = OrderState.WITHDRAWN, now
    order.save(update_fields=["state", "settled_at"])
    record(
        Verb.SUPERVISION_WITHDRAWN,
        case=case,
        actor=by,
        organisation=order.issuer,
        at=now,
        submission=submission,
        remark=reason.strip(),
        order=order.pk,
    )
    return order


def end_with_case(case: Case, *, now: datetime) -> None:
    """A case that was opened by mistake takes its open orders with it. In the caller's transaction, under the case lock."""
    SupervisionOrder.objects.filter(case=case, state__in=OPEN).update(state=OrderState.WITHDRAWN, settled_at=now)


def is_issuer(user: User, order: SupervisionOrder) -> bool:
    """Whether the user holds the post that issued the order."""
    return _holds(user, order.issuer_id, order.issuer_role)


def _locked(order: SupervisionOrder, submission: UUID | None) -> tuple[Case, SupervisionOrder]:
    case = lock(order.case, submission=submission, closed_too=True)
    found = SupervisionOrder.objects.select_related("addressee", "issuer").get(pk=order.pk)
    return case, found


def _holds(user: User, organisation_id: int, role: str) -> bool:
    return any(post.organisation_id == organisation_id and post.role == role for post in user.posts())


def _has_task(user: User, order: SupervisionOrder, step: str) -> bool:
    """Whether the user was given the task that this is."""
    held: bool = order.case.assignments.filter(step=step, seed=order.pk, state="open", holder=user).exists()
    return held
