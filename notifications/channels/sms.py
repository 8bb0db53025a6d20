"""SMS by a provider's HTTP gateway."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Offer, Reader, Refused, Unsure
from notifications.channels.http import Answer, judge, post

if TYPE_CHECKING:
    from notifications.models import Delivery

PLACEHOLDERS = frozenset({"phone", "text", "link", "key", "token"})
PLACEHOLDER = re.compile(r"\{(\w*)\}")


class Sms:
    """Any provider that takes one HTTP request a message: what it wants to be sent is a template that the administrator enters."""

    name = "sms"
    label = _("By text message")
    gated = True

    def usual(self, offer: Offer | None, *, urgent: bool) -> bool:
        return offer is not None and (urgent or offer.usual)

    def available(self, user: Reader) -> bool:
        return bool(user.phone)

    def once(self, delivery: "Delivery") -> bool:
        return bool(delivery.through.options.get("knows_key"))

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        gateway = delivery.through
        options = gateway.options
        key = hashlib.sha256(delivery.key.encode()).hexdigest()[:32]
        values = {"phone": delivery.notification.recipient.phone, "text": text, "link": link, "key": key, "token": gateway.secrets()["token"]}
        fields = fill(options["body"], values)
        as_json = options["format"] == "json"
        headers = {"Idempotency-Key": key, "Content-Type": "application/json; charset=utf-8" if as_json else "application/x-www-form-urlencoded"}
        if options.get("header"):
            headers[options["header"]] = fill(options["header_value"], values)
        body = json.dumps(fields, ensure_ascii=False) if as_json else urlencode(fields)
        _look_inside(judge(post(gateway.address, body.encode(), headers)), options)


def fill(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its placeholders filled, at any depth. A value is never read as a part of the template."""
    if isinstance(template, str):
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)
    if isinstance(template, dict):
        return {name: fill(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [fill(part, values) for part in template]
    return template


def placeholders(template: Any) -> set[str]:
    """The placeholders that a template names."""
    return set(PLACEHOLDER.findall(json.dumps(template)))


def _look_inside(answer: Answer, options: Mapping[str, Any]) -> None:
    """Some providers answer 200 to everything and say in a field whether they took it."""
    if not (field := options.get("answer_field")):
        return
    try:
        said = json.loads(answer.body)[field]
    except (ValueError, KeyError, TypeError) as error:
        raise Unsure("BadAnswer") from error
    if str(said) != options.get("answer_value"):
        # Only what looks like a code is kept: words of the other side may hold a number or a name.
        raise Refused(f"answer {said}" if re.fullmatch(r"-?[A-Za-z0-9._-]{1,30}", str(said)) else "answer")
