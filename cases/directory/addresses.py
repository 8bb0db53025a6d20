"""Fifty wrong passwords from one address within a quarter of an hour, under whatever names, close it for as long.

Far more than an office behind one address gets wrong in a morning, far fewer than whoever tries one common password on every account needs.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from cases.directory.models import FailingAddress

FAILURES: Final = 50
WINDOW: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(days=1)
WHOLE_NETWORK: Final = 64  # bits: what one household or office is given of the newer addresses


def address_of(request: HttpRequest | None) -> str:
    """Where a request comes from; behind a proxy, what the proxy itself says in the header that is configured, never what a browser may claim.

    Nothing where that cannot be known: then no address is counted.
    """
    if request is None:
        return ""
    if settings.KC_CLIENT_ADDRESS_HEADER:
        said = request.headers.get(settings.KC_CLIENT_ADDRESS_HEADER, "").rpartition(",")[2]  # the last was added by the nearest proxy
    else:
        said = "" if settings.KC_BEHIND_PROXY else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said.strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, WHOLE_NETWORK), strict=False))
    return str(address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address)


def failed(address: str, *, now: datetime) -> None:
    """One more wrong password from there."""
    if not address:
        return
    FailingAddress.objects.filter(since__lt=now - FORGOTTEN_AFTER).delete()
    digest = _digest(address)
    FailingAddress.objects.bulk_create([FailingAddress(digest=digest, since=now)], ignore_conflicts=True)
    row = FailingAddress.objects.filter(pk=digest)
    row.filter(Q(since__lt=now - WINDOW) | Q(locked_until__lte=now)).update(failed_logins=0, since=now, locked_until=None)
    row.update(failed_logins=F("failed_logins") + 1)
    row.filter(failed_logins__gte=FAILURES, locked_until=None).update(locked_until=now + WINDOW)


def locked_until(address: str, *, now: datetime) -> datetime | None:
    """When passwords from there are looked at again; None when they are."""
    if not address:
        return None
    found: datetime | None = FailingAddress.objects.filter(pk=_digest(address), locked_until__gt=now).values_list("locked_until", flat=True).first()
    return found


def _digest(address: str) -> str:
    return salted_hmac("cases.directory.addresses", address, algorithm="sha256").hexdigest()
