"""How somebody wants to be told outside the product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils import timezone

from notifications import channels, clock, gateways, quiet
from notifications.channels.base import Offer
from notifications.models import Preference

SUMMARY_FROM = time(8)  # in the office's time


@dataclass(frozen=True)
class Wishes:
    """How somebody wants to be told outside the product: channels for what is not urgent and for what is (none: every one that reaches them),
    as one summary a day, and the hours in which only what is urgent may come (equal: none)."""

    channels: Sequence[str]
    urgent_channels: Sequence[str] = ()
    daily: bool = False
    quiet_from: time = quiet.FROM
    quiet_until: time = quiet.UNTIL


def wish(user: Any, wishes: Wishes) -> None:
    """From now on this person is told as they wish. The first summary comes the next morning, not at once."""
    before = Preference.objects.filter(user_id=user.pk).first()
    fields: dict[str, Any] = {
        "channels": _known(wishes.channels),
        "urgent_channels": _known(wishes.urgent_channels),
        "daily": wishes.daily,
        "quiet_from": wishes.quiet_from,
        "quiet_until": wishes.quiet_until,
    }
    if wishes.daily and (before is None or not before.daily):
        here = timezone.localtime(clock.now())
        fields["summed_up_on"] = here.date() if here.time() >= SUMMARY_FROM else None
    Preference.objects.update_or_create(user_id=user.pk, defaults=fields)


def _known(names: Sequence[str]) -> list[str]:
    return [name for name in channels.OUTSIDE if name in names]


def wishes_of(user: Any, offers: Mapping[str, Offer]) -> Wishes:
    """What this person chose, or what holds for whoever has not chosen. `offers`: the gateways that serve them."""
    preference = Preference.objects.filter(user_id=user.pk).first()
    if preference is None:
        return Wishes(channels.preferred(user, offers, chosen=None, urgent=False))
    names = channels.preferred(user, offers, chosen=preference.channels, urgent=False)
    return Wishes(names, preference.urgent_channels, preference.daily, preference.quiet_from, preference.quiet_until)


def chosen(user: Any) -> list[str]:
    """The outside channels through which this person is told of what is not urgent."""
    return list(wishes_of(user, gateways.serving(user.pk)).channels)
