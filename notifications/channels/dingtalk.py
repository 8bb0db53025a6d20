"""DingTalk: a group's robot, signed."""

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from notifications.channels.robots import Robot, line_for, say

if TYPE_CHECKING:
    from notifications.models import Delivery


class DingTalk(Robot):
    """A robot of a DingTalk group that wants its requests signed; at most 20 a minute."""

    name = "dingtalk"
    label = _("DingTalk group")

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        person, gateway = delivery.notification.recipient, delivery.through
        secrets = gateway.secrets()
        # The service compares with its own clock and allows an hour, so here the real time counts and not the engine's.
        stamp = str(round(time.time() * 1000))
        query = {"access_token": secrets["token"], "timestamp": stamp, "sign": sign(stamp, secrets["secret"])}
        at = {"atMobiles": [person.phone] if person.phone else [], "isAtAll": False}
        say(gateway.with_query(urlencode(query)), {"msgtype": "text", "text": {"content": line_for(person, text, link)}, "at": at})


def sign(stamp: str, secret: str) -> str:
    """HMAC-SHA256 of the time in milliseconds, a line break and the secret, under the secret; in base64."""
    return base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()
