"""Which rows whom."""

from typing import Any, Self

from django.db import models


class NotificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Included if, and only if, it was said to this person."""
        return self.filter(recipient_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)
