"""As what does somebody act? One person may hold several posts; a fact names the organisation for which it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.directory.capabilities import CAPABILITIES, Capability, covers, require

if TYPE_CHECKING:
    from cases.directory.models import Appointment, User
    from cases.register.models import Case


def acting_post(user: User, capability: Capability, case: Case, *, line: str = "") -> Appointment:
    """The post with which the user does this to the case: one that covers it, else one at which a task of it is held.

    `line` asks for a post of that line. Raises NotAllowed when no post allows it.
    """
    require(user, capability, case)
    able = [post for post in user.posts() if capability in CAPABILITIES[post.role]]
    own = [post for post in able if covers(post, case)] or able
    return next((post for post in own if post.organisation.line == line), own[0])
