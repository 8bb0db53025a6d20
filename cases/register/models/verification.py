"""What the first visit and the village check amount to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.register.models.cases import Case


class Conclusion(models.TextChoices):
    """What verification found (reference 2.3 C)."""

    DROPPED_OUT = "dropped_out", _("dropped out")
    OUT_OF_SCHOOL = "out_of_school", _("never enrolled")
    STILL_SUSPECTED = "still_suspected", _("still suspected")
    NOT_DROPOUT = "not_dropout", _("not a dropout")
    SUSPENDED_BY_RULE = "suspended_by_rule", _("suspended from school by rule")
    ON_LEAVE = "on_leave", _("on leave")


class Verification(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="verifications")
    episode = models.PositiveSmallIntegerField()
    conclusion = models.CharField(_("conclusion"), max_length=20, choices=Conclusion)
    finding = models.CharField(_("finding"), max_length=40, blank=True)  # CodeList.NOT_DROPOUT
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    note = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(conclusion__in=["suspended_by_rule", "on_leave"]) | Q(ends_on__isnull=False), name="leave_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(conclusion="not_dropout") | ~Q(finding=""), name="no_dropout_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.conclusion}"
