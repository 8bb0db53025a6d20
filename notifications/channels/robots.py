"""What the robots of group chats have in common: one line to a group, with the person called by name and by mobile number."""

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from notifications.channels.base import Offer, Reader, Unreachable, Unsure
from notifications.channels.http import judge, post

if TYPE_CHECKING:
    from notifications.models import Delivery


class Robot:
    """A group sees the line; who is meant finds the own name in it. The link opens for that person alone."""

    gated = True

    def usual(self, offer: Offer | None, *, urgent: bool) -> bool:
        return offer is not None and (urgent or offer.usual)

    def available(self, user: Reader) -> bool:
        return True

    def once(self, delivery: "Delivery") -> bool:
        return False  # neither service knows a key


def line_for(person: Reader, text: str, link: str) -> str:
    words = gettext("To %(name)s: %(text)s") % {"name": person.name, "text": text}
    return f"{words}\n{link}" if link else words


def say(address: str, content: dict[str, Any]) -> None:
    """Both services answer 200 whatever happened; what happened is in `errcode`."""
    answer = judge(post(address, json.dumps(content).encode(), {"Content-Type": "application/json; charset=utf-8"}))
    try:
        code = int(json.loads(answer.body)["errcode"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unsure("BadAnswer") from error
    if code:
        # A wrong key, a wrong sign, too many a minute: it says so of the robot, not of the line.
        raise Unreachable(f"errcode {code}")
