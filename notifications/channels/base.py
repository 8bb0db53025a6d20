"""What a channel is: it offers itself to a reader and carries a delivery; its refusals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from notifications.models import Delivery


class Reader(Protocol):
    """What a channel may know of a person."""

    pk: int
    name: str
    email: str
    phone: str
    language: str
    is_active: bool


@dataclass(frozen=True)
class Offer:
    """A gateway in use, as far as choosing needs it: whom it serves, and whether it also carries what is not urgent."""

    pk: int
    kind: str
    area: str
    organisation_id: int | None
    usual: bool


class Refused(Exception):
    """The other side read this letter and said no to it; it may take the next one."""


class Unreachable(Exception):
    """The other side takes nothing from anybody at the moment, and did not take this; asking again for the next letter is useless."""


class Unsure(Unreachable):
    """It was handed over, and nobody knows whether it was taken: the next attempt may be a repetition."""


class Channel(Protocol):
    name: str
    label: "_StrPromise"
    gated: bool  # goes through a gateway that the administrator entered

    def usual(self, offer: Offer | None, *, urgent: bool) -> bool:
        """Is it used for people who have not chosen? Whether this office has it at all is decided here, too."""

    def available(self, user: Reader) -> bool:
        """Can it reach this person, where a gateway serves?"""

    def once(self, delivery: "Delivery") -> bool:
        """Does a letter that is sent twice appear once, because the other side knows it by its key?"""

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        """Carries one line and its address. Any exception means: not sent. Raises Refused, Unreachable, Unsure."""
