import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Reader

if TYPE_CHECKING:
    from notifications.models import Delivery

log = logging.getLogger("notifications.console")


class Console:
    """For developing: the words appear in the log of the process that delivers."""

    name = "console"
    label = _("Console")

    def usual(self) -> bool:
        return False

    def available(self, user: Reader) -> bool:
        return bool(settings.DEBUG)

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        log.info("to person %s: %s %s", delivery.notification.recipient_id, text, link)
