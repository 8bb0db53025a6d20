"""Which rows whom."""

from typing import Any, Self

from django.db import models


class NotificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Included if, and only if, it was said to this person."""
        return self.filter(recipient_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def awaited(self) -> Self:
        """A receipt was asked for and not given yet."""
        return self.filter(asks_receipt=True, acknowledged_at__isnull=True)


class GatewayQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """All of them for whoever may change gateways; none for anybody else."""
        return self.all() if user.has_perm("notifications.change_gateway") else self.none()

    def offered(self) -> Self:
        """Those in use, the newest first, as choosing needs them."""
        return self.filter(active=True).order_by("-id")
