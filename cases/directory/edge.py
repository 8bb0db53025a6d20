"""What every page behind the log-in shares: the request of a person who is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from cases.directory.capabilities import Capability
    from cases.directory.models import User

P = ParamSpec("P")


class OfficerRequest(HttpRequest):
    """A request behind the log-in: the user is a person, never anonymous."""

    user: User


Page: TypeAlias = Callable[Concatenate[OfficerRequest, P], HttpResponseBase]


def officers_only(view: Callable[Concatenate[OfficerRequest, P], HttpResponseBase]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send strangers to the log-in page, and tell the view's types that nobody else arrives."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(cast("OfficerRequest", request), *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)


def needs(*capabilities: Capability) -> Callable[[Page[P]], Page[P]]:
    """Answer 403 to whoever has none of the capabilities. It stands under `officers_only`, which sends the others to log in."""

    def guard(view: Page[P]) -> Page[P]:
        @wraps(view)
        def guarded(request: OfficerRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(request.user.can(capability) for capability in capabilities):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("Page[P]", guarded)

    return guard
