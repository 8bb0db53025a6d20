"""What every page behind the log-in shares: the request of a person who is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from cases.directory.models import User

P = ParamSpec("P")


class OfficerRequest(HttpRequest):
    """A request behind the log-in: the user is a person, never anonymous."""

    user: User


def officers_only(view: Callable[Concatenate[OfficerRequest, P], HttpResponseBase]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send strangers to the log-in page, and tell the view's types that nobody else arrives."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(cast("OfficerRequest", request), *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)
