"""Tasks that fall to a unit which otherwise has nothing to do with the case: it sees the task and the least that the task needs, and its own
superiors stand above it, not those of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.models import Organisation, Role
from cases.directory.posts import ADMINISTRATIVE
from cases.directory.scoping import EqualsAny, under
from cases.spotchecks.models import SpotCheck
from cases.transfers.models import Inquiry, Transfer

if TYPE_CHECKING:
    from cases.directory.models import Appointment, User
    from workflows.models import Assignment

KINDS = ("transfer", "inquiry", "spot_check")
HEADS = frozenset({Role.PRINCIPAL, Role.TOWNSHIP_HEAD})  # they stand above their own unit alone


def post_of(step: str, about: int) -> dict[str, Any] | None:
    """Where such a task lies; None for every other step."""
    if step == "answer_transfer":
        return {"organisation_id": Transfer.objects.values_list("to_education_id", flat=True).get(pk=about), "role": Role.COUNTY_OFFICER}
    if step == "answer_inquiry":
        return {"organisation_id": Inquiry.objects.values_list("to_education_id", flat=True).get(pk=about), "role": Role.COUNTY_OFFICER}
    if step == "spot_check":
        organisation_id, role = SpotCheck.objects.values_list("organisation_id", "role").get(pk=about)
        return {"organisation_id": organisation_id, "role": role}
    return None


def scope(user: User) -> Q:
    """Such tasks, as far as `of_units` reaches."""
    return Q(kind__in=KINDS) & of_units(user)


def of_units(user: User, prefix: str = "") -> Q:
    """Tasks of the units above which one of the user's posts stands, or at which it is. Administrators and auditors see none: they sit at a
    unit, and do none of its work."""
    below = Q()
    for post in user.posts():
        if post.role in ADMINISTRATIVE:
            continue
        if Capability.SUPERVISE in CAPABILITIES[post.role] and post.role not in HEADS:
            below |= under("area_id", post.organisation.area_id)
        else:
            below |= Q(pk=post.organisation_id)
    if not below:
        return Q(pk__in=[])
    units = Organisation._base_manager.filter(below).values("pk")
    return Q(EqualsAny(f"{prefix}organisation_id", ArraySubquery(units)))


def stands_above(assignment: Assignment, user: User) -> bool:
    """Whether one of the user's posts stands above the post at which such a task lies, in that unit's own line upwards."""
    return any(Capability.SUPERVISE in CAPABILITIES[post.role] and _above(post, assignment) for post in user.posts())


def _above(post: Appointment, assignment: Assignment) -> bool:
    if post.organisation_id == assignment.organisation_id:
        return post.role != assignment.role
    return post.role not in HEADS and bool(assignment.organisation and assignment.organisation.area_id.startswith(post.organisation.area_id))


def at_the_unit(assignment: Assignment, user: User) -> bool:
    """Whoever answers for the very unit may do what lies at one of its posts."""
    return any(post.organisation_id == assignment.organisation_id and Capability.SUPERVISE in CAPABILITIES[post.role] for post in user.posts())


def is_outsider(assignment: Assignment, user: User) -> bool:
    """Whether the user meets the case in this task alone: it fell to another unit, or it is over and the child is somebody else's now. One query,
    and only for such tasks."""
    from cases.register.models import Case

    return (assignment.kind in KINDS or assignment.state != "open") and not Case.objects.visible_to(user).filter(pk=assignment.case_id).exists()
