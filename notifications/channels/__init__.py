"""The ways to a person beside the product itself. Each has the same few names; another way is one more class in this registry."""

from collections.abc import Iterable

from notifications.channels.base import Channel, Reader
from notifications.channels.console import Console
from notifications.channels.email import Email
from notifications.channels.inbox import Inbox

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (Inbox(), Email(), Console())}
OUTSIDE = {name: channel for name, channel in CHANNELS.items() if name != Inbox.name}


def preferred(user: Reader, channels: Iterable[str] | None, *, urgent: bool) -> list[str]:
    """Through which outside channels this person is told.

    Without a preference: what the office has set up. What is urgent goes through everything that reaches the person,
    because a mandatory report has hours, not days (Law on the Protection of Minors, article 11).
    """
    wanted = {name for name, channel in OUTSIDE.items() if channel.usual()} if channels is None or urgent else set()
    wanted |= set(channels or ())
    return [name for name, channel in OUTSIDE.items() if name in wanted and channel.available(user)]
