"""Differences come to an end: corrected here or there, both right for a reason, a case opened, one child or two."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed
from cases.directory.models import Appointment, User
from cases.journal.clock import day
from cases.journal.refused import Refused
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.register.locking import lock
from cases.register.models import Case
from cases.rosters.forms import WAYS
from cases.rosters.models import Difference, Discrepancy, SameChild, Settled

if TYPE_CHECKING:
    from django.db.models import QuerySet

AT_MOST = 500


class AlreadySettled(Refused):
    """Somebody settled it, or a list no longer shows it."""


class ReasonMissing(Refused):
    """Why both are right has to be said."""


def may_settle(user: User, found: Discrepancy) -> bool:
    """The bureau for its county, the principal for the own school."""
    return any(_settles(post, found) for post in user.posts())


def _settles(post: Appointment, found: Discrepancy) -> bool:
    if Capability.RECONCILE not in CAPABILITIES[post.role]:
        return False
    return post.organisation_id == found.school_id or (not _at_school(post) and found.county_id == post.organisation.area_id)


def _at_school(post: Appointment) -> bool:
    return post.organisation.kind == "school"


@transaction.atomic
def settle(found: Discrepancy, *, how: str, reason: str = "", by: User, now: datetime, submission: UUID | None = None) -> Discrepancy:
    """Say how a difference came to its end. A confirmed match holds for every later list.

    Raises AlreadySettled, ReasonMissing, Refused (this way does not fit; no case was opened), NotAllowed.
    """
    case: Case | None = lock(found.case, submission=submission, paused_too=True, closed_too=True) if found.case else None
    if case is None:
        require_new(submission)
    found = Discrepancy.objects.select_for_update(no_key=True, of=("self",)).select_related("row", "organisation").get(pk=found.pk)
    if not may_settle(by, found):
        raise NotAllowed(_("Your post does not allow this."))
    if found.settled:
        raise AlreadySettled(_("This difference is settled already: %(how)s.") % {"how": found.get_settled_display()})
    if how not in WAYS[found.kind]:
        raise Refused(_("This difference cannot be settled so."))
    reason = reason.strip()
    if how == Settled.BOTH_RIGHT and not reason:
        raise ReasonMissing(_("Please say why both are right."))
    if how == Settled.CASE_OPENED and not _has_case(found):
        raise Refused(_("No open case of this child is found. Report the child first, with the identity number of the list."))
    if how == Settled.SAME:
        _remember(found, by, now)
    found.settled, found.reason, found.settled_by, found.settled_at = how, reason, by, now
    found.save(update_fields=["settled", "reason", "settled_by", "settled_at"])
    record(
        Verb.DISCREPANCY_SETTLED, case=case, actor=by, at=now, organisation=found.organisation, submission=submission, discrepancy=found.pk, how=how
    )
    return found


def settle_many(
    some: Iterable[Discrepancy], *, how: str, reason: str, by: User, now: datetime, submission: UUID | None = None
) -> tuple[int, list[tuple[Discrepancy, str]]]:
    """The same for many, each by itself: how many were settled, and what was refused with its reason. Raises ReasonMissing, AlreadyRecorded."""
    if not reason.strip():
        raise ReasonMissing(_("Please give a reason; it holds for all of them."))
    require_new(submission)
    done, refused = 0, []
    for found in list(some)[:AT_MOST]:
        try:
            settle(found, how=how, reason=reason, by=by, now=now, submission=None if done else submission)  # the first bears the token of all
            done += 1
        except (Refused, NotAllowed) as refusal:
            refused.append((found, str(refusal)))
    return done, refused


@transaction.atomic
def give(found: Discrepancy, *, to: User, by: User, now: datetime) -> Discrepancy:
    """Make somebody answer for a difference, and with them their unit. Raises AlreadySettled, NotAllowed, Refused when that person may not
    settle it."""
    found = Discrepancy.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=found.pk)
    if not may_settle(by, found):
        raise NotAllowed(_("Your post does not allow this."))
    if found.settled:
        raise AlreadySettled(_("This difference is settled already: %(how)s.") % {"how": found.get_settled_display()})
    if not may_settle(to, found):
        raise Refused(_("This person answers neither for the school nor for the county."))
    if not any(post.organisation_id == found.organisation_id for post in to.posts()):
        found.organisation = next(post.organisation for post in to.posts() if _settles(post, found))
    found.holder = to
    found.save(update_fields=["holder", "organisation"])
    record(Verb.DISCREPANCY_GIVEN, actor=by, at=now, organisation=found.organisation, discrepancy=found.pk, user=to.pk)
    return found


def people_for(found: Discrepancy, now: datetime) -> QuerySet[User]:
    """Who may be made responsible: the principal of the school, the officers of the bureau."""
    roles = [role for role, able in CAPABILITIES.items() if Capability.RECONCILE in able]
    held = Appointment.objects.filter(role__in=roles, since__lte=day(now), user__is_active=True).exclude(until__lt=day(now))
    here = held.filter(organisation=found.school_id) | held.filter(organisation__kind="county_education", organisation__area=found.county_id)
    return User.objects.filter(pk__in=here.values("user")).order_by("name", "pk")


def _has_case(found: Discrepancy) -> bool:
    row = found.row
    if row is None:
        return False
    open_cases = Case.objects.filter(closed_at=None, county=found.county_id)
    if row.id_hash:
        return open_cases.filter(student__id_hash=row.id_hash).exists()
    return open_cases.filter(student__name=row.name, student__born_on=row.born_on).exists() if row.born_on else False


def _remember(found: Discrepancy, by: User, now: datetime) -> None:
    assert found.kind == Difference.POSSIBLE
    assert found.row
    assert found.case
    SameChild.objects.update_or_create(person=found.row.person, defaults={"student_id": found.case.student_id, "by": by, "at": now})
