"""One plan a child (一人一案): written and signed by the school, signed by the township, carried out with departments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, require
from cases.directory.models import Organisation
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.decisions import SamePerson
from cases.register.evidence import Evidence, keep
from cases.register.involvement import involve
from cases.register.locking import Refused, lock, require_standing
from cases.register.models import Case, CasePlan, HelpAnswer, Means, PlanMeasure
from cases.register.standing import AWAITED

if TYPE_CHECKING:
    from cases.directory.models import User


class Measure(TypedDict):
    """What one department is asked to do."""

    organisation: Organisation
    means: str
    task: str


class NoPlan(Refused):
    """There is no plan to sign."""


class AlreadyAnswered(Refused):
    """The department has answered."""


@transaction.atomic
def write_plan(
    case: Case,
    *,
    reason: str,
    situation: str,
    goal: str,
    means: Sequence[str],
    school_person: str = "",
    township_person: str = "",
    measures: Sequence[Measure] = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> CasePlan:
    """Write the child's plan, or a new version of one that the township has not signed, and sign it for the school.

    Raises Refused for a plan that both lines signed and for a department of another place, NotAllowed.
    """
    case = lock(case, submission=submission)
    require(by, Capability.WRITE_PLAN, case)
    require_standing(case, AWAITED)
    if not means or not set(means) <= set(Means.values):
        raise Refused(_("Please choose at least one of the four means."))
    _check_measures(case, measures)
    plan = CasePlan.objects.filter(case=case, episode=case.episode).first() or CasePlan(case=case, episode=case.episode, version=0)
    if plan.signed_township_at:
        raise Refused(_("Both lines have signed the plan already."))
    plan.version += 1
    plan.reason, plan.situation, plan.goal, plan.means = reason, situation, goal, list(means)
    plan.school_person, plan.township_person = school_person or by.name, township_person
    plan.signed_school_by, plan.signed_school_at = by, now
    plan.save()
    if plan.version > 1:
        plan.measures.filter(answer="").delete()  # what a department answered stays on record when a plan is written anew
    PlanMeasure.objects.bulk_create(PlanMeasure(plan=plan, **measure) for measure in measures)
    if case.reason != reason:
        case.reason = reason
        case.save(update_fields=["reason"])
    record(Verb.PLAN_WRITTEN, case=case, actor=by, at=now, submission=submission, plan=plan.pk, version=plan.version)
    return plan


@transaction.atomic
def sign_plan(case: Case, *, sign: bool, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> CasePlan:
    """Sign the plan for the township, which gives every department of the plan its part in the case; or send it back with a reason.

    Raises NoPlan, SamePerson, Refused, NotAllowed.
    """
    case = lock(case, submission=submission)
    require(by, Capability.SIGN_PLAN, case)
    plan = CasePlan.objects.filter(case=case, episode=case.episode).first()
    if plan is None or plan.signed_school_at is None:
        raise NoPlan(_("The school has not handed in a plan yet."))
    if plan.signed_township_at:
        raise Refused(_("Both lines have signed the plan already."))
    if not sign:
        if not note.strip():
            raise Refused(_("Please say in words what the plan lacks."))
        plan.signed_school_by = plan.signed_school_at = None
        plan.save(update_fields=["signed_school_by", "signed_school_at"])
        record(Verb.PLAN_SENT_BACK, case=case, actor=by, at=now, submission=submission, remark=note, plan=plan.pk)
        return plan
    if plan.signed_school_by_id == by.pk:
        raise SamePerson(_("You signed for the school; somebody else signs for the township."))
    plan.signed_township_by, plan.signed_township_at = by, now
    plan.township_person = plan.township_person or by.name
    plan.save(update_fields=["signed_township_by", "signed_township_at", "township_person"])
    for measure in plan.measures.select_related("organisation"):
        involve(case, measure.organisation)
    record(Verb.PLAN_SIGNED, case=case, actor=by, at=now, submission=submission, remark=note, plan=plan.pk)
    return plan


def reopen_plan(case: Case) -> None:
    """Take both signatures off the plan of this episode, because a supervisor sent the case back to it. The caller holds the lock and records why."""
    CasePlan.objects.filter(case=case, episode=case.episode).update(
        signed_school_by=None, signed_school_at=None, signed_township_by=None, signed_township_at=None
    )


@transaction.atomic
def answer_help(
    measure: PlanMeasure,
    *,
    answer: str,
    answer_note: str = "",
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> PlanMeasure:
    """A department answers for its measure: done, with proof; under way or not possible, with words. "Under way" may be answered again.

    Raises AlreadyAnswered, Refused, NotAllowed.
    """
    measure = PlanMeasure.objects.select_related("plan__case").get(pk=measure.pk)
    case, evidence = lock(measure.plan.case, submission=submission), list(evidence)
    require(by, Capability.ANSWER_HELP, case)
    if measure.organisation_id not in {post.organisation_id for post in by.posts()}:
        raise NotAllowed(_("Another department answers for this measure."))
    measure.refresh_from_db(fields=["answer"])  # under the lock
    if measure.answer and measure.answer != HelpAnswer.UNDER_WAY:
        raise AlreadyAnswered(_("This measure was answered already."))
    kind = HelpAnswer(answer)
    if kind == HelpAnswer.DONE and not evidence:
        raise Refused(_("Please add a proof of what was done."))
    if not answer_note.strip():
        raise Refused(_("Please say in words what was done, by when it will be, or why it is not possible."))
    measure.answer, measure.answer_note, measure.answered_by, measure.answered_at = kind, answer_note, by, now
    measure.save(update_fields=["answer", "answer_note", "answered_by", "answered_at"])
    measure.evidence.add(*keep(case, evidence, by=by))
    record(Verb.HELP_ANSWERED, case=case, actor=by, at=now, submission=submission, measure=measure.pk, answer=kind.value)
    return measure


def _check_measures(case: Case, measures: Sequence[Measure]) -> None:
    for measure in measures:
        organisation = measure["organisation"]
        if not case.county_id.startswith(organisation.area_id) and not organisation.area_id.startswith(case.county_id):
            raise Refused(_("%(name)s works in another county.") % {"name": organisation.name})
        if not measure["task"].strip():
            raise Refused(_("Please say what %(name)s is asked to do.") % {"name": organisation.name})
