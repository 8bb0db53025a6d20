"""Who looks after whose account and posts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.jurisdiction import manages
from cases.directory.models import Appointment, Organisation, Role, User
from cases.directory.posts import ADMINISTRATIVE, ORDINARY, RESETS


def may_fill(by: User, role: str, organisation: Organisation) -> bool:
    """Whether `by` fills this post: a security administrator any, the county's bureau the ordinary ones of its county."""
    if any(post.role == Role.SECURITY_ADMIN for post in by.posts()):
        return True
    return role in ORDINARY and not runs_the_system(by) and manages(by, organisation, Capability.MANAGE_ACCOUNTS)


def require_post(by: User, role: str, organisation: Organisation, user: User | None = None) -> None:
    """Raises NotAllowed unless `by` fills this post, and for somebody else than `by`."""
    if user is not None and user.pk == by.pk:
        raise NotAllowed(_("Nobody appoints themselves."))
    if not may_fill(by, role, organisation):
        raise NotAllowed(_("This post is not yours to fill."))


def may_manage(by: User, user: User) -> bool:
    """Whether `by` manages the account.

    A system administrator manages any but a present administrator's, whose post the security administrator has to end first; the county's
    bureau those whose posts, or last ones, are all below it and in its county.
    """
    posts = user.posts()
    if runs_the_system(by):
        return not any(post.role in ADMINISTRATIVE for post in posts)
    posts = posts or tuple(user.appointments.select_related("organisation"))
    return bool(posts) and all(stands_below(post, by, Capability.MANAGE_ACCOUNTS) for post in posts)


def require_people(by: User, user: User) -> None:
    """Raises NotAllowed unless `may_manage`."""
    if not may_manage(by, user):
        raise NotAllowed(_("This person's account is not yours to manage."))


def runs_the_system(user: User) -> bool:
    """Whether the person is a system administrator."""
    return any(post.role == Role.SYSTEM_ADMIN for post in user.posts())


def stands_below(post: Appointment, by: User, capability: Capability) -> bool:
    """Whether the post is one that a post of `by` looks after, and lies in its area where that post has the capability."""
    return any(
        post.role in RESETS.get(mine.role, frozenset()) and (mine.role == Role.SYSTEM_ADMIN or manages(by, post.organisation, capability))
        for mine in by.posts()
    )
