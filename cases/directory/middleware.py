"""What every request of somebody who is logged in passes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from cases.directory.models import User

Respond = Callable[[HttpRequest], HttpResponse]

# What somebody with a one-time password may still open.
OPEN: Final = frozenset({"password_change", "logout", "set_language", "health"})


class PersonalLanguage:
    """People read the product in the language of their account, on whatever machine."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or user.language
        return self.get_response(request)


class OwnPasswordFirst:
    """Whoever came in with a one-time password chooses their own before anything else."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        user = request.user
        if getattr(view, "answers_json", False):
            return None  # a phone is told so in its own way (cases.mobile.api)
        if not isinstance(user, User) or not user.must_change_password or (request.resolver_match and request.resolver_match.url_name in OPEN):
            return None
        return redirect("password_change")
