"""Where one arrives after the log-in."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Role
from workflows.views.links import find

# who looks at figures first and works on few tasks
ABOVE = frozenset({Role.CONVENER, Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER, Role.INSPECTOR})
KEEPERS: dict[str, str] = {Role.SYSTEM_ADMIN: "admin:index", Role.SECURITY_ADMIN: "people", Role.AUDITOR: "journal"}


@require_safe
@officers_only
def home(request: OfficerRequest) -> HttpResponseBase:
    """The inbox for whoever works on cases, the figures for those above, their own tools for the three administrators."""
    roles = [post.role for post in request.user.posts()]
    wanted = ["inbox"]
    if roles and all(role in KEEPERS for role in roles):
        wanted = [KEEPERS[roles[0]], "notifications:list", *wanted]
    elif roles and all(role in ABOVE for role in roles):
        wanted = ["board", "queue" if Role.INSPECTOR not in roles else "cases", *wanted]
    return redirect(next(url for name in wanted if (url := find(name))))
