"""WeCom: a group's robot."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from notifications.channels.robots import Robot, line_for, say

if TYPE_CHECKING:
    from notifications.models import Delivery


class WeCom(Robot):
    """A robot of a WeCom group: text with the mobile numbers of whom it calls; at most 20 a minute."""

    name = "wecom"
    label = _("WeCom group")

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        person, gateway = delivery.notification.recipient, delivery.through
        content = {"content": line_for(person, text, link), "mentioned_mobile_list": [person.phone] if person.phone else []}
        say(gateway.with_query(urlencode({"key": gateway.secrets()["token"]})), {"msgtype": "text", "text": content})
