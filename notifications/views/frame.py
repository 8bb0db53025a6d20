"""What the pages of whoever runs the system have in common."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(user: Any, current: str) -> list[dict[str, Any]]:
    offered = [("deliveries", _("Deliveries"), "view_delivery"), ("gateways", _("Gateways"), "change_gateway")]
    return [
        {"label": label, "url": reverse(f"notifications:{name}"), "current": name == current}
        for name, label, permission in offered
        if user.has_perm(f"notifications.{permission}")
    ]
