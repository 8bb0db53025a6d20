"""The channel of the demo and of development: the log."""

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Offer, Reader

if TYPE_CHECKING:
    from notifications.models import Delivery

log = logging.getLogger("notifications.console")


class Console:
    """For developing: the words appear in the log of the process that delivers."""

    name = "console"
    label = _("Console")
    gated = False

    def usual(self, offer: Offer | None, *, urgent: bool) -> bool:
        return False

    def available(self, user: Reader) -> bool:
        return bool(settings.DEBUG)

    def once(self, delivery: "Delivery") -> bool:
        return False

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        log.info("to person %s: %s %s", delivery.notification.recipient_id, text, link)
