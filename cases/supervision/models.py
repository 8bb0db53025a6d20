"""The supervision order (督办单): what a unit must do about a case, what it answered, and what was decided on that."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.directory.answering import Accountability
from cases.directory.models import Role
from cases.files.models import StoredFile
from cases.supervision.scope import OrderQuerySet


class OrderState(models.TextChoices):
    ISSUED = "issued", _("waits for the answer")
    ANSWERED = "answered", _("waits for the decision")
    ACCEPTED = "accepted", _("answer accepted")
    ACCOUNTABLE = "accountable", _("accountability finding")
    WITHDRAWN = "withdrawn", _("withdrawn by its issuer")


OPEN = (OrderState.ISSUED, OrderState.ANSWERED)


class SupervisionOrder(models.Model):
    """Addressed by one post to the post that answers for a unit. `answer_by` is the day of the present round."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="orders")
    episode = models.PositiveSmallIntegerField()
    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    number = models.CharField(_("order number"), max_length=40)
    addressee = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("addressed to"))
    addressee_role = models.CharField(_("post"), max_length=20, choices=Role)
    issuer = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("issued by"))
    issuer_role = models.CharField(_("post"), max_length=20, choices=Role)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    escalation = models.BigIntegerField(null=True, blank=True)  # the pk of the escalation that it answers
    demand = models.TextField(_("what is demanded"))
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    answer_by = models.DateField(_("answer by"))
    state = models.CharField(_("state"), max_length=12, choices=OrderState, default=OrderState.ISSUED)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision order")
        verbose_name_plural = _("supervision orders")
        indexes = [
            models.Index(fields=["addressee", "addressee_role", "-id"], name="orders_to_a_post"),
            models.Index(fields=["issuer", "issuer_role", "-id"], name="orders_of_a_post"),
            models.Index(fields=["state", "answer_by"], name="orders_open", condition=Q(state__in=["issued", "answered"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="order_number_once_a_county"),
            models.CheckConstraint(condition=~Q(addressee=models.F("issuer")), name="nobody_orders_themselves"),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "answered"], settled_at__isnull=True)
                | (~Q(state__in=["issued", "answered"]) & Q(settled_at__isnull=False)),
                name="a_settled_order_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.pk])


class OrderReply(models.Model):
    """What the unit answered, in each round. Never changed."""

    order = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="replies")
    text = models.TextField(_("answer"))
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reply {self.pk}"


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("accept the answer")
    SENT_BACK = "sent_back", _("send it back")
    ACCOUNTABLE = "accountable", _("make an accountability finding")


class OrderDecision(models.Model):
    """What the issuer decided on a reply. Never changed."""

    reply = models.OneToOneField(OrderReply, models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    measure = models.CharField(_("kind of accountability"), max_length=20, choices=Accountability, blank=True)
    again_by = models.DateField(_("answer again by"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(outcome="accountable") | (~Q(measure="") & ~Q(reason="")), name="a_finding_names_its_kind"),
            models.CheckConstraint(
                condition=~Q(outcome="sent_back") | (Q(again_by__isnull=False) & ~Q(reason="")), name="what_is_sent_back_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.pk}"
