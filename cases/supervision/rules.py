"""To whom a supervision order may go, and what one must say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cases.directory.answering import ANSWERS_FOR, stands_below
from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, covers
from cases.directory.models import Appointment, Organisation, OrganisationKind
from cases.journal.refused import Refused

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

# Notice 2023-6, section 6. As the paper names itself, in the language of the papers.
BASIS = "鄂教督室函〔2023〕6号第六部分“加强常态督导问责”"
LONGEST = 60  # days until an answer, as for an extension

AT_THE_COUNTY = (
    OrganisationKind.COUNTY_EDUCATION,
    OrganisationKind.COUNTY_GOVERNMENT,
    OrganisationKind.CONFERENCE_OFFICE,
    OrganisationKind.DEPARTMENT,
)


class BadOrder(Refused):
    """An order or answer that lacks something; `field` is the form's field that it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class AlreadySettled(Refused):
    """The order waits for nothing of this kind any more."""


def issuing_posts(user: User, case: Case) -> list[Appointment]:
    """The posts with which the user may issue an order about this case, the oldest first."""
    return [post for post in user.posts() if Capability.ISSUE_SUPERVISION in CAPABILITIES[post.role] and covers(post, case)]


def issuing_post(user: User, case: Case, unit: Organisation) -> Appointment:
    """The post that stands above the unit. Raises NotAllowed, BadOrder."""
    posts = issuing_posts(user, case)
    if not posts:
        raise NotAllowed(_("Your post does not allow this."))
    for post in posts:
        if stands_below(unit, post):
            return post
    raise BadOrder(_("This unit does not stand below your post."), "addressee")


def units(case: Case, user: User) -> list[Organisation]:
    """The units of this case below one of the user's posts at which somebody answers today: school, village, township, offices, departments."""
    posts = issuing_posts(user, case)
    if not posts:
        return []
    own = [pk for pk in (case.school_id, case.village_id, case.township_id) if pk]
    rows = Organisation.objects.filter(Q(pk__in=own) | Q(area_id=case.county_id, kind__in=AT_THE_COUNTY), active=True).filter(_is_answered_for())
    order = [OrganisationKind.SCHOOL, OrganisationKind.TOWNSHIP, OrganisationKind.VILLAGE, *AT_THE_COUNTY]
    found = [unit for unit in rows.order_by("pk") if any(stands_below(unit, post) for post in posts)]
    return sorted(found, key=lambda unit: order.index(OrganisationKind(unit.kind)))


def _is_answered_for() -> Q:
    """Whether the post that answers for the organisation is held: an order to nobody would lie there."""
    condition = Q()
    for kind, role in ANSWERS_FOR.items():
        held = Appointment.objects.present().filter(organisation=OuterRef("pk"), role=role, user__is_active=True)
        condition |= Q(Exists(held), kind=kind)
    return condition


def require_day(day: date, today: date, field: str) -> None:
    """Raises BadOrder for a day that is not after today, or too far away."""
    if day <= today:
        raise BadOrder(_("Give the unit at least until tomorrow."), field)
    if day > today + timedelta(days=LONGEST):
        raise BadOrder(_("An answer may take at most 60 days."), field)
