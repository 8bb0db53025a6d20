"""The gateways that an administrator entered: which of them serves whom, entering, trying out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext

from notifications.channels import OUTSIDE
from notifications.channels.base import Offer, Refused, Unreachable
from notifications.clock import now as engine_now
from notifications.models import Delivery, Gateway, Notification
from notifications.places import Place, directory
from notifications.sealing import CannotOpen, is_under_newest_key


def offers() -> list[Offer]:
    """Every gateway in use: one query."""
    return [Offer(*row) for row in Gateway.objects.offered().values_list("pk", "kind", "area", "organisation_id", "usual")]


def nearest(offered: Iterable[Offer], places: Sequence[Place]) -> dict[str, Offer]:
    """Of each kind the gateway that serves somebody with these posts: their organisation's own before their area's, the smaller area first."""
    found: dict[str, Offer] = {}
    for offer in offered:
        if any(_serves(offer, place) for place in places) and (offer.kind not in found or _rank(offer) > _rank(found[offer.kind])):
            found[offer.kind] = offer
    return found


def serving(person: int) -> dict[str, Offer]:
    """Of each kind the gateway that serves this person; at most two queries."""
    offered = offers()
    return nearest(offered, directory().places_of([person]).get(person, ())) if offered else {}


def _serves(offer: Offer, place: Place) -> bool:
    if offer.organisation_id is not None:
        return offer.organisation_id == place.organisation_id
    return place.area.startswith(offer.area)


def _rank(offer: Offer) -> tuple[bool, int]:
    return offer.organisation_id is not None, len(offer.area)


@transaction.atomic
def enter(gateway: Gateway, fields: Mapping[str, Any], secrets: Mapping[str, str], *, by: Any, now: datetime) -> Gateway:
    """Keeps what the administrator entered. An empty secret keeps the old one, but never for another address.

    Raises CannotOpen when an old secret is wanted and does not open.
    """
    may_keep = gateway.pk and fields.get("address", gateway.address) == gateway.address
    old = gateway.secrets() if may_keep and not all(secrets.values()) else {}
    for name, value in fields.items():
        setattr(gateway, name, value)
    gateway.hide({name: value or old.get(name, "") for name, value in secrets.items()})
    gateway.changed_at, gateway.changed_by = now, by
    gateway.save()
    return gateway


def try_out(gateway: Gateway, *, by: Any) -> str:
    """Sends one message to whoever asks, now, and says what came of it: nothing when it was taken, else the code of the trouble.

    Whoever runs it waits, for TOTAL seconds of notifications.channels.http at the most and a little for the connection.
    """
    test = Delivery(gateway=gateway, key=f"test:{uuid4()}", notification=Notification(recipient=by))
    try:
        OUTSIDE[gateway.kind].send(test, gettext("This is a test: messages of the dropout-prevention system will arrive here."), "")
        trouble = ""
    except Exception as error:  # noqa: BLE001  whatever it was, the administrator wants to know its kind
        trouble = code_of(error)
    Gateway.objects.filter(pk=gateway.pk).update(tried_at=engine_now(), tried_result=trouble)
    return trouble


def code_of(error: Exception) -> str:
    """What is kept of an error: our own codes, and else its type; never the words of the other side."""
    if isinstance(error, Refused | Unreachable) and str(error):
        return str(error)[:80]
    return type(error).__name__[:80]


def seal_again() -> int:
    """After a new key was put first in KC_FIELD_KEYS: seals every secret under it. Returns how many; leaves alone what no longer opens."""
    count = 0
    with transaction.atomic():
        for gateway in Gateway.objects.select_for_update(no_key=True).order_by("pk"):
            if is_under_newest_key(gateway.sealed):
                continue
            try:
                gateway.hide(gateway.secrets())
            except CannotOpen:
                continue
            gateway.save(update_fields=["sealed"])
            count += 1
    return count
