"""What every address of the phone's interface shares: who is asking, JSON whatever happens, and nothing in any cache."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import translation
from django.utils.translation import gettext as _

from cases.directory.models import User
from cases.directory.views.account import PASSWORD_AT
from cases.journal import clock
from cases.mobile import phones

if TYPE_CHECKING:
    from cases.mobile.models import Phone

COOKIE = "kc_phone"
PATH = "/m/"
LARGEST_BODY = 64 * 1024  # bytes of JSON; nine photos take a hundred each
BUSY_STATES = {"55P03", "40P01", "40001"}  # lock not available, deadlock detected, serialization failure

log = logging.getLogger(__name__)
P = ParamSpec("P")


class PhoneRequest(HttpRequest):
    """A request from a known person: by the ordinary session, or by the token of their phone."""

    user: User
    phone: Phone | None  # that of the token
    by_session: bool


class Refusal(Exception):
    """Becomes the answer: status, code, words, and whatever else the phone should know."""

    def __init__(self, status: int, code: str, message: str = "", **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.more = status, code, message, more


View = Callable[Concatenate[PhoneRequest, P], HttpResponse]


def api(*methods: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let in who is known; answer JSON for whatever is refused."""

    def guard(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Refusal(405, "method")
                asked = cast("PhoneRequest", request)
                _recognise(asked)
                with translation.override(asked.user.language):
                    response = view(asked, *args, **kwargs)
            except Refusal as refusal:
                response = said(refusal.status, refusal.code, refusal.message, **refusal.more)
                if refusal.status == 405:
                    response["Allow"] = ", ".join(methods)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in BUSY_STATES:
                    raise
                response = said(503, "busy", _("Someone else is working on this case at this moment. Nothing was changed; please try again."))
            response["Cache-Control"] = "no-store"
            return response

        guarded.answers_json = True  # type: ignore[attr-defined]  # asked by OwnPasswordFirst
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)

    return guard


def _recognise(request: PhoneRequest) -> None:
    """Raises Refusal 401 for nobody, and for somebody who has to choose a password of their own first."""
    somebody: object = request.user
    request.phone, request.by_session = None, isinstance(somebody, User)
    if isinstance(somebody, User):
        if somebody.must_change_password:
            raise Refusal(401, "login", _("Please log in and choose a password of your own first."))
        return
    phone = phones.phone_of(request.COOKIES.get(COOKIE, ""), now=clock.now())
    if phone is None:
        raise Refusal(401, "login", _("Please log in."))
    request.user, request.phone = phone.user, phone


def said(status: int, code: str, message: str = "", **more: Any) -> HttpResponse:
    return JsonResponse({"error": code, "message": message, **more}, status=status, json_dumps_params={"ensure_ascii": False})


def answer(content: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def nothing() -> HttpResponse:
    return HttpResponse(status=204)


def raw(request: PhoneRequest, most: int) -> bytes:
    """The bytes that were sent. Raises Refusal."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise Refusal(400, "size", _("This is too large."))
        data = request.body
    except (RequestDataTooBig, ValueError) as error:
        raise Refusal(400, "size", _("This is too large.")) from error
    except (RawPostDataException, UnreadablePostError) as error:
        raise Refusal(400, "invalid", _("This cannot be read.")) from error
    if len(data) > most:
        raise Refusal(400, "size", _("This is too large."))
    return data


def read(request: PhoneRequest, most: int = LARGEST_BODY) -> Any:
    """The JSON that was sent. PostgreSQL keeps no NUL and no half of a pair, so neither comes in. Raises Refusal."""
    try:
        said = json.loads(raw(request, most).decode(), parse_constant=_no_number)
        text = json.dumps(said, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "invalid", _("This cannot be read."), fields={}) from error
    if "\\u0000" in text:
        raise Refusal(400, "invalid", _("This cannot be read."), fields={})
    return said


def _no_number(name: str) -> float:
    raise ValueError(name)


def owner_of(request: PhoneRequest) -> User:
    """Whoever asks, if the record is theirs. Raises Refusal for somebody else's record: it waits for them."""
    if request.headers.get("X-Owner") != str(request.user.pk):
        raise Refusal(409, "owner", _("This record was made by somebody else. It stays on the phone until they log in."))
    return request.user


def password_age(request: PhoneRequest) -> int | None:
    """Seconds since the password was given in this session; None without a session."""
    at = request.session.get(PASSWORD_AT) if request.by_session else None
    return max(0, int(time.time()) - at) if at else None


def remember(request: PhoneRequest, response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(phones.GOOD_FOR.total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
