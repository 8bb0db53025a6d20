"""What every request passes through."""

import time
from collections.abc import Callable, Iterator

from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from project import errors

Respond = Callable[[HttpRequest], HttpResponse]

ROLL_AFTER = 5 * 60  # seconds

# Bytes of one request. A form takes twelve files of ten megabytes; what is larger is turned away before it reaches a disk.
LARGEST_REQUEST = 128 * 1024 * 1024

# lock not available, deadlock detected, serialization failure
BUSY_STATES = {"55P03", "40P01", "40001"}


class Bounds:
    """Nothing larger than any form, and no sign that PostgreSQL cannot keep: such a request is refused before anything is done about it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
            return errors.refused(request, 413, "400.html")
        if "\x00" in request.path or any("\x00" in value for _name, values in request.GET.lists() for value in values):
            raise BadRequest("a NUL in the address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if request.method == "POST" and any("\x00" in value for _name, values in request.POST.lists() for value in values):
            raise BadRequest("a NUL in a form")


class WrongMethod:
    """An address that takes no such request answers with a page of ours, and still says what it takes."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        page = errors.refused(request, 405, "405.html")
        page["Allow"] = response["Allow"]
        return page


class KeptByNoCache:
    """What somebody who is logged in reads stays in no cache: after the log-out the machine's next user goes back and finds nothing."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # asking for the user costs nothing here: an anonymous visitor has no session, and everybody else was asked for already
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class IdleSession:
    """Half an hour without a request ends a session; an active one is written again at most every five minutes, not at each request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        # An anonymous visitor has no session, and reading an untouched one would cost a query.
        # What a phone asks by itself is no sign of a person.
        if session.accessed and session.session_key and not session.is_empty() and not errors.speaks_json(request):
            now = int(time.time())
            if now - session.get("rolled_at", 0) >= ROLL_AFTER:
                session["rolled_at"] = now
        return response


class Busy:
    """Somebody else holds the case, or the post does not allow it: the person is told so, and nothing is half done."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return errors.permission_denied(request, exception)
        if not is_busy(exception):
            return None
        message = _("Someone else is working on this case at this moment. Nothing was changed; please try again.")
        if errors.speaks_json(request):
            return errors.in_json(503, "busy", message)
        return render(request, "409.html", {"message": message}, status=409)


def is_busy(error: BaseException) -> bool:
    """The database, or the flow's lock, refused because of another person's work; it goes by itself."""
    return any(
        # viewflow's own error, known by its name: only workflows knows viewflow
        type(link).__name__ == "FlowLockFailed" or (isinstance(link, OperationalError) and getattr(link.__cause__, "sqlstate", None) in BUSY_STATES)
        for link in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
