"""A person's phone: how it is known again for thirty days, and the half of a key that it may have back after a forgotten PIN."""

from __future__ import annotations

import hashlib
import math
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from cases.journal.refused import Refused
from cases.mobile.knowing import know
from cases.mobile.models import Phone
from cases.visits.rules import NUMBERS
from notifications.sealing import CannotOpen, is_under_newest_key, seal, unseal

if TYPE_CHECKING:
    from cases.directory.models import User

GOOD_FOR = timedelta(days=30)
SHARE = 32  # bytes
A_MINUTE = timedelta(minutes=1)
LARGEST_NUMBER = 10**14  # of a self-check: bytes of a disk; below the length of any number of a person
AFTER_PASSWORD = timedelta(minutes=10)  # how long after a log-in with the password the share is handed out


class BadShare(Refused):
    """Not 32 bytes in base64."""


class Said(NamedTuple):
    """What a phone says of itself beside what it asks: the version of its pages, and how many records wait on it (None: it does not say)."""

    version: str = ""
    waiting: int | None = None


SILENT = Said()


def hear(user: User, device: UUID, *, now: datetime, said: Said = SILENT) -> Phone:
    """The phone of this person, known from now on; that it was heard of, without more, is noted at most once a minute. Raises TooManyPhones."""
    phone = Phone.objects.filter(user=user, device=device).first() or know(user, device, now=now)
    news: dict[str, Any] = {}
    if said.version and said.version != phone.version:
        news["version"] = said.version
    if said.waiting is not None and said.waiting != phone.waiting:
        news["waiting"] = said.waiting
    if said.waiting is not None and (news or phone.waiting_at is None or phone.waiting_at < now - A_MINUTE):
        news["waiting_at"] = now
    if news or phone.heard_at < now - A_MINUTE:
        news["heard_at"] = max(now, phone.heard_at)
        Phone.objects.filter(pk=phone.pk).update(**news)
        for name, value in news.items():
            setattr(phone, name, value)
    return phone


@transaction.atomic
def keep_share(phone: Phone, share: str, *, now: datetime) -> None:
    """Keep the phone's half of the key, sealed. Raises BadShare."""
    try:
        length = len(b64decode(share, validate=True))
    except (NotBase64, ValueError) as error:
        raise BadShare(_("This is no key.")) from error
    if length != SHARE:
        raise BadShare(_("This is no key."))
    phone.share, phone.heard_at = seal(share, _belongs_to(phone)), now
    phone.save(update_fields=["share", "heard_at"])


def share_of(phone: Phone) -> str | None:
    """The half in base64; None without one, or when its key has left the ring."""
    if not phone.share:
        return None
    try:
        return unseal(bytes(phone.share), _belongs_to(phone))
    except CannotOpen:
        return None


def seal_again() -> int:
    """Shares under the newest key of the ring; how many were sealed again."""
    count = 0
    for phone in Phone.objects.filter(share__isnull=False).order_by("pk").iterator():
        if phone.share and not is_under_newest_key(bytes(phone.share)) and (share := share_of(phone)):
            count += Phone.objects.filter(pk=phone.pk, share=phone.share).update(share=seal(share, _belongs_to(phone)))
    return count


def _belongs_to(phone: Phone) -> str:
    return f"phone {phone.user_id} {phone.device}"


def may_have_share(phone: Phone, *, password_at: datetime | None, now: datetime) -> bool:
    """Whether the half goes out: within ten minutes of the password; for a phone that is said to be lost, of one that was given since."""
    if password_at is None or now - password_at > AFTER_PASSWORD:
        return False
    return phone.lost_at is None or password_at > phone.lost_at


def give_token(phone: Phone, *, session: str, now: datetime) -> str:
    """A new token in the place of the phone's old one. Good for thirty days, until the person's password or sessions change, or until log-out."""
    token = secrets.token_urlsafe(32)
    phone.token_digest, phone.token_until = digest(token), now + GOOD_FOR
    phone.token_epoch, phone.token_session = phone.user.get_session_auth_hash(), digest(session)
    phone.save(update_fields=["token_digest", "token_until", "token_epoch", "token_session"])
    return token


def phone_of(token: str, *, now: datetime) -> Phone | None:
    """The phone that this token opens, with its user; None for one that has run out or was revoked."""
    phone = Phone.objects.select_related("user").filter(token_digest=digest(token), token_until__gt=now).first() if token else None
    if phone is None or not phone.user.is_active or phone.user.must_change_password:
        return None
    return phone if constant_time_compare(phone.token_epoch, phone.user.get_session_auth_hash()) else None


def revoke(*, token: str = "", session: str = "") -> int:
    """End the token itself, and those that were given in this session. Returns how many."""
    which = Q(pk__in=[])
    if token:
        which |= Q(token_digest=digest(token))
    if session:
        which |= Q(token_session=digest(session))
    return Phone.objects.filter(which).exclude(token_digest="").update(token_digest="", token_until=None, token_epoch="", token_session="")


def note_check(phone: Phone, said: dict[str, Any], *, now: datetime) -> None:
    """What the phone can do, as its self-check found: names and short values, and nothing that looks like a person's number."""
    plain = {str(name)[:40]: value[:200] if isinstance(value, str) else value for name, value in said.items() if _is_plain(name) and _is_plain(value)}
    phone.self_check, phone.checked_at = plain, now
    phone.save(update_fields=["self_check", "checked_at"])


def _is_plain(value: object) -> bool:
    if isinstance(value, int | float):
        return math.isfinite(value) and abs(value) < LARGEST_NUMBER
    return value is None or (isinstance(value, str) and not NUMBERS.search(value))


def digest(secret: str) -> str:
    """Random secrets of 256 bits need no salt and no stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()
