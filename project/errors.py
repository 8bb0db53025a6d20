"""What people see when something is refused or fails, each time with a number that is also in the log."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

log = logging.getLogger("project.errors")


def number() -> str:
    """Day and minute, and four signs against coincidence: short enough for the telephone."""
    return f"{timezone.localtime():%m%d-%H%M}-{secrets.token_hex(2).upper()}"


def refused(request: HttpRequest, status: int, template: str) -> HttpResponse:
    quoted = number()
    log.info("%s %s %s", quoted, status, request.resolver_match.view_name if request.resolver_match else "no such address")
    return render(request, template, {"number": quoted}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 400, "400.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 403, "403.html")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 404, "404.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refused(request, 403, "403_csrf.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks neither database nor session: one of them may be what failed."""
    quoted = number()
    log.error("%s 500 %s", quoted, request.path)
    return HttpResponse(render_to_string("500.html", {"number": quoted}), status=500)
