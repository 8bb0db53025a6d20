"""The inbox: a message that stays in the product."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Offer, Reader

if TYPE_CHECKING:
    from notifications.models import Delivery


class Inbox:
    """The list in the product. The notification's row is its delivery, so nothing depends on a third party."""

    name = "inbox"
    label = _("In the product")
    gated = False

    def usual(self, offer: Offer | None, *, urgent: bool) -> bool:
        return True

    def available(self, user: Reader) -> bool:
        return True

    def once(self, delivery: "Delivery") -> bool:
        return True

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        """It is there already."""
