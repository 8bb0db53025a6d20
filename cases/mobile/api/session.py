"""Who is on the phone, and what keeps the phone known."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.journal import clock
from cases.mobile import losing, phones
from cases.mobile.api.edge import COOKIE, PhoneRequest, Refusal, answer, api, forget, nothing, password_age, read, remember
from cases.mobile.knowing import TooManyPhones
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
    phone = heard(request, device, now)
    known = phone is not None and bool(phone.share)
    may_have_share = phone is not None and phones.may_have_share(phone, password_at=None if age is None else now - timedelta(seconds=age), now=now)
    if phone and phone.lost_at and may_have_share:
        losing.found_again(phone, now=now)
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
    if phone and known and phone.lost_at is None and request.by_session and not _has_token(request, phone):
        remember(request, response, phones.give_token(phone, session=request.session.session_key or "", now=now))
    return response


@api("PUT")
def share(request: PhoneRequest, device: UUID) -> HttpResponse:
    """The phone has a PIN now: it leaves half of a key here, and is known from now on. Asks for the ordinary session, that is for a password."""
    if not request.by_session:
        raise Refusal(401, "login", _("Please log in."))
    said: Any = read(request)
    now = clock.now()
    try:
        phone = phones.hear(request.user, device, now=now, said=said_by(request))
        if phone.lost_at:  # the half that lies here opens what waits on it: it stays until the password finds the phone again (`session`)
            raise Refusal(401, "login", _("Please log in."))
        phones.keep_share(phone, str(said.get("share", "")) if isinstance(said, dict) else "", now=now)
    except phones.BadShare as bad:
        raise Refusal(400, "invalid", str(bad)) from bad
    except TooManyPhones as full:
        raise Refusal(409, "phones", str(full)) from full
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
    try:
        phone = phones.hear(request.user, device, now=now, said=said_by(request))
    except TooManyPhones as full:
        raise Refusal(409, "phones", str(full)) from full
    phones.note_check(phone, said, now=now)
    return nothing()


def heard(request: PhoneRequest, device: UUID | None, now: datetime) -> Phone | None:
    """The row of this phone; None for one that names no device, or one too many: it may read all the same, and keeps no half of a key."""
    try:
        return phones.hear(request.user, device, now=now, said=said_by(request)) if device else None
    except TooManyPhones:
        return None


def said_by(request: PhoneRequest) -> phones.Said:
    """What the phone says of itself beside what it asks; what cannot be read was not said."""
    version, waiting = request.headers.get("X-Version", ""), request.headers.get("X-Waiting", "")
    number = int(waiting) if re.fullmatch(r"[0-9]{1,6}", waiting, re.ASCII) else None
    return phones.Said(version if re.fullmatch(r"[0-9A-Za-z._-]{1,40}", version, re.ASCII) else "", number)


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
