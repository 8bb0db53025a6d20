"""Words to people: the in-app inbox and the outbox. No child's data: a message is a code, a case number and a link."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.channels import CHANNELS
from notifications.scope import NotificationQuerySet


class Notification(models.Model):
    """A line in somebody's inbox; worded from `message` and `params` in the reader's language when shown."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    message = models.CharField(max_length=40)  # a key of notifications.messages.MESSAGES
    params = models.JSONField(default=dict)  # case number, step code, days, …: never a name
    link = models.CharField(max_length=200, blank=True)  # a path inside the product
    key = models.CharField(max_length=120, unique=True)  # idempotency: the same fact says a thing once
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notifications_of_a_person"),
            models.Index(fields=["recipient"], name="unread_of_a_person", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.key


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DEAD = "dead", _("given up")
    DROPPED = "dropped", _("no longer needed")  # read in the product meanwhile, or the person or the address has gone


class Delivery(models.Model):
    """One attempt after another to carry a notification out of the house. At least once, under an idempotency key."""

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=12)
    key = models.CharField(max_length=140, unique=True)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True)  # the type of the error, never its text
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["-id"], name="delivery_given_up", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def way(self) -> str:
        """The channel in the reader's words."""
        return str(CHANNELS[self.channel].label) if self.channel in CHANNELS else self.channel


class Preference(models.Model):
    """Through which channels beside the in-app inbox a person wants to be told."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="preference")
    channels = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"preference of {self.user_id}"
