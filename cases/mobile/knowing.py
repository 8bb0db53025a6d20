"""How many phones a person may have: whoever makes up ids fills no table, and no half of a key that is in use is lost to make room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.directory.models import User
from cases.journal.refused import Refused
from cases.mobile.models import Phone, PhoneTask

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST = 12  # phones of one person: far more than anybody carries, few enough to look through
FORGOTTEN = timedelta(days=180)  # after so long without a word the half of a key of a phone that held nothing is in use no more


class TooManyPhones(Refused):
    """The person has MOST phones already, each of which may hold something."""


@transaction.atomic
def know(user: User, device: UUID, *, now: datetime) -> Phone:
    """A row for this device, one at a time for each person; the phone that is spared longest makes room.

    What the phone that goes had taken along goes over to the new one: it proves who answered for a child. Raises TooManyPhones.
    """
    User.objects.get_queryset().select_for_update(no_key=True).get(pk=user.pk)
    there: Phone | None = Phone.objects.filter(user=user, device=device).first()
    if there:
        return there
    goes = None
    if Phone.objects.filter(user=user).count() >= MOST:
        goes = _spared(user, now).order_by("heard_at", "pk").first()
        if goes is None:
            raise TooManyPhones(_("You have too many phones already. Say on the page of your account which of them are lost, or ask your office."))
    phone: Phone = Phone.objects.create(user=user, device=device, first_at=now, heard_at=now)
    if goes:
        _hand_over(goes, phone)
        goes.delete()
    return phone


def _spared(user: User, now: datetime) -> QuerySet[Phone]:
    """Phones whose rows hold nothing that somebody may want again: without a half of a key and said to be empty, or silent for half a year."""
    closed = Q(token_until__isnull=True) | Q(token_until__lt=now)
    unsealed = Q(share__isnull=True) & (Q(waiting__isnull=True) | Q(waiting=0))
    forgotten = Q(share__isnull=False, waiting=0, heard_at__lt=now - FORGOTTEN)
    rows: QuerySet[Phone] = Phone.objects.filter(closed & (unsealed | forgotten), user=user)
    return rows


def _hand_over(goes: Phone, stays: Phone) -> None:
    """What was taken along, with the days; the new phone has nothing yet."""
    PhoneTask.objects.filter(phone=goes).update(phone=stays)
