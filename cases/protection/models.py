"""The mandatory report (强制报告) when a child is, or may be, in danger (law on the protection of minors, article 11)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.protection.scope import ReceiptQuerySet


class Danger(models.TextChoices):
    VIOLENCE = "violence", _("violence at home")
    SEXUAL = "sexual", _("sexual abuse")
    NEGLECT = "neglect", _("left without care")
    TRAFFICKING = "trafficking", _("abducted, sold or missing")
    LABOUR = "labour", _("child labour")
    MARRIAGE = "marriage", _("forced or early marriage")
    BULLYING = "bullying", _("serious bullying")
    OTHER = "other", _("other danger")


class MandatoryReport(models.Model):
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="reports")
    kind = models.CharField(_("danger"), max_length=12, choices=Danger)
    facts = models.TextField(_("what was seen or heard"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"report {self.pk}"


class Receipt(models.Model):
    """One addressee of a report and its confirmation, due within two hours."""

    report = models.ForeignKey(MandatoryReport, models.PROTECT, related_name="receipts")
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    measures = models.TextField(_("measures taken"), blank=True)

    objects: ClassVar = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "organisation"], name="one_receipt_an_addressee")]

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("receipt", args=[self.pk])
