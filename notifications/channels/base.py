from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from notifications.models import Delivery


class Reader(Protocol):
    """What a channel may know of a person."""

    pk: int
    email: str
    phone: str
    language: str
    is_active: bool


class Unreachable(Exception):
    """The other side does not answer anybody at the moment; asking again for the next letter is useless."""


class Channel(Protocol):
    name: str
    label: "_StrPromise"

    def usual(self) -> bool:
        """Is it used for people who have not chosen? Whether this office has it at all is decided here, too."""

    def available(self, user: Reader) -> bool:
        """Can it reach this person?"""

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        """Carries one line and its address. Any exception means: not sent. Raises Unreachable when nobody could be reached."""
