"""Five wrong passwords close an account for a quarter of an hour, and a name that nobody has behaves just the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import salted_hmac

from cases.directory.models import UnknownName, User

FAILURES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(days=1)


def find(name: str) -> User | None:
    """The active person with this work account, else the only one with this telephone number."""
    name = name.strip()
    if not name:
        return None
    found: User | None = User.objects.filter(username=name.lower()).first()
    if found is None:
        same_phone = list(User.objects.filter(phone=name, is_active=True).order_by("pk")[:2])
        found = same_phone[0] if len(same_phone) == 1 else None
    return found


def begin(name: str, user: User | None, *, now: datetime) -> bool:
    """Count a try before the password is looked at, so that a hundred at once are no more than five. False: locked, do not look."""
    if user is not None:
        return bool(User.objects.filter(Q(locked_until=None) | Q(locked_until__lte=now), pk=user.pk).update(**_one_more(now)))
    digest = _digest(name)
    with transaction.atomic():
        UnknownName.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
        UnknownName.objects.bulk_create([UnknownName(digest=digest, last_at=now)], ignore_conflicts=True)
        rows = UnknownName.objects.filter(Q(locked_until=None) | Q(locked_until__lte=now), pk=digest)
        return bool(rows.update(last_at=now, **_one_more(now)))


def succeed(user: User) -> None:
    """The password was right: start counting anew."""
    User.objects.filter(pk=user.pk).update(failed_logins=0, locked_until=None)


def locked_until(name: str, user: User | None, *, now: datetime) -> datetime | None:
    """When the next try under this name is looked at again; None when it is open."""
    row = User.objects.filter(pk=user.pk).first() if user else UnknownName.objects.filter(pk=_digest(name)).first()
    until = row.locked_until if row else None
    return until if until and until > now else None


def _one_more(now: datetime) -> dict[str, Case]:
    # the lock has run out: this try is the first of five again
    count = Case(When(locked_until__isnull=False, then=Value(1)), default=F("failed_logins") + 1)
    full = Case(
        When(locked_until__isnull=True, failed_logins__gte=FAILURES - 1, then=Value(now + LOCKED_FOR)),
        default=Value(None),
    )
    return {"failed_logins": count, "locked_until": full}


def _digest(name: str) -> str:
    return salted_hmac("cases.directory.lockout", name.strip().casefold(), algorithm="sha256").hexdigest()
