"""Who is on the phone, and what keeps the phone known."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.journal import clock
from cases.mobile import phones
from cases.mobile.api.edge import COOKIE, PhoneRequest, Refusal, answer, api, forget, nothing, password_age, read, remember
from cases.mobile.models import Phone

LARGEST_CHECK = 16 * 1024  # bytes


def device_of(request: PhoneRequest) -> UUID | None:
    """The device that the address names. Raises Refusal for one that is none."""
    words = request.GET.get("device", "")
    try:
        return UUID(words) if words else None
    except ValueError as error:
        raise Refusal(400, "invalid", _("This cannot be read.")) from error


@api("GET")
def session(request: PhoneRequest) -> HttpResponse:
    """Who this is, and the token for what follows. A phone that is known, and whose owner has an ordinary session, is known for thirty more days."""
    now, device, age = clock.now(), device_of(request), password_age(request)
    phone = phones.hear(request.user, device, now=now) if device else None
    known = phone is not None and bool(phone.share)
    may_have_share = phone is not None and age is not None and age <= phones.AFTER_PASSWORD.total_seconds()
    posts = request.user.posts()
    response = answer(
        {
            "user": str(request.user.pk),
            "name": request.user.name,
            "unit": posts[0].organisation.name if posts else "",
            "roles": [post.role for post in posts],
            "language": request.user.language,
            "csrf": get_token(request),
            "now": localtime(now).isoformat(),
            "auth": "session" if request.by_session else "token",
            "password_age_s": age,
            "device_known": known,
            "share": phones.share_of(phone) if phone and may_have_share else None,
        }
    )
    if phone and known and request.by_session and not _has_token(request, phone):
        remember(request, response, phones.give_token(phone, session=request.session.session_key or "", now=now))
    return response


@api("PUT")
def share(request: PhoneRequest, device: UUID) -> HttpResponse:
    """The phone has a PIN now: it leaves half of a key here, and is known from now on. Asks for the ordinary session, that is for a password."""
    if not request.by_session:
        raise Refusal(401, "login", _("Please log in."))
    said: Any = read(request)
    now = clock.now()
    phone = phones.hear(request.user, device, now=now)
    try:
        phones.keep_share(phone, str(said.get("share", "")) if isinstance(said, dict) else "", now=now)
    except phones.BadShare as bad:
        raise Refusal(400, "invalid", str(bad)) from bad
    response = nothing()
    remember(request, response, phones.give_token(phone, session=request.session.session_key or "", now=now))
    return response


@api("POST")
def leave(request: PhoneRequest) -> HttpResponse:
    """Log out on this phone: token and session end."""
    phones.revoke(token=request.COOKIES.get(COOKIE, ""), session=request.session.session_key or "" if request.by_session else "")
    if request.by_session:
        logout(request)
    response = nothing()
    forget(response)
    return response


@api("POST")
def diagnosis(request: PhoneRequest) -> HttpResponse:
    """What the self-check of the phone found: capabilities and numbers, nobody's data."""
    said = read(request, LARGEST_CHECK)
    if not isinstance(said, dict):
        raise Refusal(400, "invalid", _("This cannot be read."))
    try:
        device = UUID(str(said.pop("device", "")))
    except ValueError as error:
        raise Refusal(400, "invalid", _("This cannot be read.")) from error
    now = clock.now()
    phones.note_check(phones.hear(request.user, device, now=now), said, now=now)
    return nothing()


def _has_token(request: PhoneRequest, phone: Phone) -> bool:
    """Whether this browser has the phone's own token already, with more than half of its days ahead."""
    now = clock.now()
    there = phones.phone_of(request.COOKIES.get(COOKIE, ""), now=now)
    return there is not None and there.pk == phone.pk and there.token_until is not None and there.token_until - now > phones.GOOD_FOR / 2


def revoke_at_log_out(sender: object, *, request: HttpRequest, **_more: Any) -> None:
    """Whoever logs out on the ordinary pages is logged out on the phone pages of this browser, too; the session's end is Django's signal."""
    key = getattr(request.session, "session_key", None) if hasattr(request, "session") else None
    if key:
        phones.revoke(session=key)
