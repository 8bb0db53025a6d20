"""What people see when something is refused or fails, each time with a number that is also in the log."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

log = logging.getLogger("project.errors")


PHONE = "/m/api/"  # a phone reads JSON: a page in its place would be taken for the portal of some hotel
CODES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method", 413: "size", 500: "server"}


def speaks_json(request: HttpRequest) -> bool:
    return request.path.startswith(PHONE)


def in_json(status: int, code: str, message: str = "", quoted: str = "") -> HttpResponse:
    response = JsonResponse({"error": code, "message": message, "number": quoted}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def number() -> str:
    """Day and minute, and four signs against coincidence: short enough for the telephone."""
    return f"{timezone.localtime():%m%d-%H%M}-{secrets.token_hex(2).upper()}"


def refused(request: HttpRequest, status: int, template: str) -> HttpResponse:
    quoted = number()
    log.info("%s %s %s", quoted, status, request.resolver_match.view_name if request.resolver_match else "no such address")
    if speaks_json(request):
        code = "csrf" if template == "403_csrf.html" else CODES.get(status, "bad_request")
        return in_json(status, code, _("This could not be done. Please try again."), quoted)
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
    if speaks_json(request):
        return in_json(500, "server", _("The server is in trouble. Please try again later."), quoted)
    return HttpResponse(render_to_string("500.html", {"number": quoted}), status=500)
