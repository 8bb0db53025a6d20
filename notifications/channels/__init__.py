"""The ways to a person beside the product itself. Each has the same few names; another way is one more class in this registry."""

from collections.abc import Iterable, Mapping

from notifications.channels.base import Channel, Offer, Reader
from notifications.channels.console import Console
from notifications.channels.dingtalk import DingTalk
from notifications.channels.email import Email
from notifications.channels.inbox import Inbox
from notifications.channels.sms import Sms
from notifications.channels.wecom import WeCom

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (Inbox(), Email(), WeCom(), DingTalk(), Sms(), Console())}
OUTSIDE = {name: channel for name, channel in CHANNELS.items() if name != Inbox.name}


def reaching(user: Reader, offers: Mapping[str, Offer]) -> list[str]:
    """The outside channels that reach this person. `offers`: the gateway of each kind that serves them."""
    return [name for name, channel in OUTSIDE.items() if (name in offers or not channel.gated) and channel.available(user)]


def preferred(
    user: Reader, offers: Mapping[str, Offer], *, chosen: Iterable[str] | None, urgent_chosen: Iterable[str] | None = None, urgent: bool
) -> list[str]:
    """Through which outside channels this person is told.

    Without a preference: what the office has set up. What is urgent goes through the channels chosen for it, and without such a choice, or
    when none of them reaches the person any more, through everything that does, because a mandatory report has hours, not days
    (Law on the Protection of Minors, article 11).
    """
    ways = reaching(user, offers)
    if urgent and (named := set(urgent_chosen or ()) & set(ways)):
        return [name for name in ways if name in named]
    wanted = {name for name in ways if OUTSIDE[name].usual(offers.get(name), urgent=urgent)} if chosen is None or urgent else set()
    wanted |= set(chosen or ())
    return [name for name in ways if name in wanted]
