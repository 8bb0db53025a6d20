"""Words to people: the in-app inbox, the outbox, and the ways out. No child's data: a message is a code, a case number and a link."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import quiet
from notifications.channels import CHANNELS
from notifications.scope import GatewayQuerySet, NotificationQuerySet
from notifications.sealing import seal, unseal
from notifications.troubles import explain


class Notification(models.Model):
    """A line in somebody's inbox; worded from `message` and `params` in the reader's language when shown."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    message = models.CharField(max_length=40)  # a key of notifications.messages.MESSAGES
    params = models.JSONField(default=dict)  # case number, step code, days, …: never a name
    link = models.CharField(max_length=200, blank=True)  # a path inside the product
    key = models.CharField(max_length=120, unique=True)  # idempotency: the same fact says a thing once
    urgent = models.BooleanField(default=False)
    asks_receipt = models.BooleanField(default=False, db_default=False)  # whoever gets it confirms that they did
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notifications_of_a_person"),
            models.Index(fields=["recipient"], name="unread_of_a_person", condition=Q(read_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(asks_receipt=True, read_at__isnull=False), name="a_receipt_was_asked_for_and_read"
            )
        ]

    def __str__(self) -> str:
        return self.key


class GatewayKind(models.TextChoices):
    """The channels that go through a gateway; the values are their names."""

    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    SMS = "sms", _("SMS gateway")


class Gateway(models.Model):
    """A way out of the house that an administrator entered: to a group, or to a provider of text messages. Never deleted, only put out of use."""

    kind = models.CharField(_("kind"), max_length=12, choices=GatewayKind)
    name = models.CharField(_("name of the gateway"), max_length=60)
    address = models.CharField(_("address"), max_length=300)
    sealed = models.BinaryField()  # {"token": …, "secret": …}, bound to kind and address
    area = models.CharField(_("area code"), max_length=12)  # it serves whoever has a post in this area,
    organisation_id = models.BigIntegerField(_("organisation"), null=True, blank=True)  # or at this organisation alone
    # of a provider of text messages: format, body, header, header_value, answer_field, answer_value, knows_key
    options = models.JSONField(default=dict, blank=True)
    usual = models.BooleanField(_("also for what is not urgent"), default=False)
    per_minute = models.PositiveSmallIntegerField(_("messages a minute"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    tried_at = models.DateTimeField(null=True, blank=True)
    tried_result = models.CharField(max_length=80, blank=True)  # of the last test: empty when it worked, else the code of the trouble

    objects: ClassVar = GatewayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per_minute__isnull=True) | Q(per_minute__gte=1), name="a_gateway_takes_something"),
            models.CheckConstraint(condition=~Q(area=""), name="a_gateway_serves_somebody"),
        ]

    def __str__(self) -> str:
        return self.name

    def hide(self, secrets: dict[str, str]) -> None:
        self.sealed = seal(json.dumps(secrets), self._belongs_to)

    def secrets(self) -> dict[str, str]:
        """Raises CannotOpen."""
        found: dict[str, str] = json.loads(unseal(bytes(self.sealed), self._belongs_to))
        return found

    @property
    def _belongs_to(self) -> str:
        return f"{self.kind} {self.address}"

    def with_query(self, query: str) -> str:
        return f"{self.address}{'&' if '?' in self.address else '?'}{query}"

    @property
    def tried(self) -> str:
        """What the last test said, in the reader's words."""
        return explain(self.tried_result)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DEAD = "dead", _("given up")
    DROPPED = "dropped", _("no longer needed")  # read in the product meanwhile, or the person or the address has gone


class Delivery(models.Model):
    """One attempt after another to carry a notification out of the house. At least once, under an idempotency key."""

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=12)
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, blank=True, related_name="deliveries")
    key = models.CharField(max_length=140, unique=True)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True, blank=True)  # an attempt began, and nobody has said how it ended
    unsure = models.BooleanField(default=False, db_default=False)  # an earlier attempt may have arrived: the next is a possible repetition
    last_error = models.CharField(max_length=80, blank=True)  # the type of the error or a code, never its text
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["-id"], name="delivery_given_up", condition=Q(state="dead")),
            models.Index(fields=["gateway", "sent_at"], name="delivery_pace", condition=Q(gateway__isnull=False, sent_at__isnull=False)),
            BrinIndex(fields=["created_at"], name="delivery_day", autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def way(self) -> str:
        """The channel in the reader's words."""
        return str(CHANNELS[self.channel].label) if self.channel in CHANNELS else self.channel

    @property
    def through(self) -> Gateway:
        """The gateway of a channel that has one."""
        assert self.gateway is not None
        return self.gateway

    @property
    def trouble(self) -> str:
        """The last error in the reader's words."""
        return explain(self.last_error)


class Preference(models.Model):
    """How a person wants to be told, beside the in-app inbox."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="preference")
    channels = models.JSONField(default=list)  # of what is not urgent
    urgent_channels = models.JSONField(default=list)  # empty: by every way that reaches them
    daily = models.BooleanField(default=False)  # what is not urgent comes as one summary in the morning
    quiet_from = models.TimeField(default=quiet.FROM)
    quiet_until = models.TimeField(default=quiet.UNTIL)  # equal to quiet_from: no quiet hours
    summed_up_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["summed_up_on"], name="summary_due", condition=Q(daily=True))]

    def __str__(self) -> str:
        return f"preference of {self.user_id}"


def hours_of(person: Any) -> tuple[Any, Any]:
    """When this person is left in peace."""
    try:
        preference = person.preference
    except Preference.DoesNotExist:
        return quiet.FROM, quiet.UNTIL
    return preference.quiet_from, preference.quiet_until
