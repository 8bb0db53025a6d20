"""Who may do a task, who looks after it, and who stands above it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.directory.answering import ANSWERS_FOR, stands_below
from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, covers, may, require
from cases.directory.models import Role, User
from workflows import outside, reporttasks
from workflows.models import Assignment, Escalation, Kind
from workflows.steps import STEPS


def may_do(assignment: Assignment, user: User) -> bool:
    """Its holder, anybody at its post when nobody holds it, and a supervisor of the case."""
    if assignment.holder_id == user.pk:
        return True
    at_post = any(post.organisation_id == assignment.organisation_id and post.role == assignment.role for post in user.posts())
    if assignment.holder_id is None and at_post:
        return True
    if assignment.report_id:
        return False  # nobody above does it in its stead: a report is answered for by its own office
    if (rule := STEPS.get(assignment.step)) and rule.own:
        return rule.outside and outside.at_the_unit(assignment, user)
    return may(user, Capability.SUPERVISE, assignment.case)


def stands_above(assignment: Assignment, user: User) -> bool:
    """Whether the user supervises the case from a post above the task's: a head the own unit and what is below it, the county and whoever is
    above it everybody. A principal moves neither the county's tasks nor the township's. What was given to another unit is that unit's."""
    case = assignment.case
    if assignment.report_id:
        return reporttasks.stands_above(assignment, user)
    if STEPS[assignment.step].outside:
        return outside.stands_above(assignment, user)
    if assignment.kind == Kind.ORDER:
        return _stands_above_the_order(assignment, user)
    for post in user.posts():
        if Capability.SUPERVISE not in CAPABILITIES[post.role] or not covers(post, case):
            continue
        heads_unit = post.role in {Role.PRINCIPAL, Role.TOWNSHIP_HEAD}
        below = post.role == Role.TOWNSHIP_HEAD and assignment.organisation_id == case.village_id
        if not heads_unit or below or assignment.organisation_id == post.organisation_id:
            return True
    return False


def _stands_above_the_order(assignment: Assignment, user: User) -> bool:
    """An order goes downwards only, and so does whoever moves its tasks: from above the unit at which the task lies, or from that very post and
    its head. The bureau whose head has to answer neither gives the head more time nor takes the issuer's decision away."""
    unit = assignment.organisation
    if unit is None:
        return False
    for post in user.posts():
        if Capability.SUPERVISE not in CAPABILITIES[post.role] or not covers(post, assignment.case):
            continue
        if stands_below(unit, post) or (post.organisation_id == unit.pk and post.role in {assignment.role, ANSWERS_FOR.get(unit.kind)}):
            return True
    return False


def may_supervise(assignment: Assignment, user: User) -> bool:
    """Whether the user looks after this task: from above the case, or, where it fell to another unit, from above that unit."""
    if assignment.report_id:
        return reporttasks.may_urge(assignment, user)
    if STEPS[assignment.step].outside and outside.stands_above(assignment, user):
        return True
    if assignment.matter_id:  # whoever it was laid before may urge, too
        return Escalation.objects.queue_of(user).filter(assignment=assignment).exists()
    return may(user, Capability.SUPERVISE, assignment.case)


def require_supervision(assignment: Assignment, user: User) -> None:
    """Raises NotAllowed unless `may_supervise`."""
    if not may_supervise(assignment, user):
        raise NotAllowed(_("Your post does not allow this."))


def require_above(assignment: Assignment, user: User) -> None:
    """Raises NotAllowed unless `stands_above`."""
    if not (assignment.report_id or STEPS[assignment.step].outside):
        require(user, Capability.SUPERVISE, assignment.case)
    if not stands_above(assignment, user):
        raise NotAllowed(_("This task lies at a post that is not below yours."))


def is_own(assignment: Assignment, user: User) -> bool:
    """Whether the user holds the task, or it lies open at one of the user's posts."""
    if assignment.holder_id is not None:
        return assignment.holder_id == user.pk
    return any(post.organisation_id == assignment.organisation_id and post.role == assignment.role for post in user.posts())
