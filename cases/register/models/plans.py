"""One plan a child, and what each department does for it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.register.models.cases import Case


class Means(models.TextChoices):
    """The four means of persuasion (notice 2023-6, section 2)."""

    CARE = "care", _("care")
    AID = "aid", _("aid")
    ADMINISTRATIVE = "administrative", _("administrative means")
    LEGAL = "legal", _("legal means")


class CasePlan(models.Model):
    """One plan a child and episode (一人一案), signed by both lines."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    episode = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(_("main reason"), max_length=40)
    situation = models.TextField(_("situation of the child and the family"))
    goal = models.TextField(_("goal"))
    means = ArrayField(models.CharField(max_length=16, choices=Means), verbose_name=_("means"))
    school_person = models.CharField(_("responsible at the school"), max_length=40, blank=True)
    township_person = models.CharField(_("responsible at the township"), max_length=40, blank=True)
    signed_school_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_school_at = models.DateTimeField(null=True, blank=True)
    signed_township_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_township_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "episode"], name="one_plan_a_child"),
            models.CheckConstraint(
                condition=Q(signed_school_by__isnull=True) | ~Q(signed_school_by=F("signed_township_by")) | Q(signed_township_by__isnull=True),
                name="a_plan_is_signed_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.case_id}/{self.episode}"


class HelpAnswer(models.TextChoices):
    DONE = "done", _("done")
    UNDER_WAY = "under_way", _("under way, with a date")
    NOT_POSSIBLE = "not_possible", _("not possible, for a reason")


class PlanMeasure(models.Model):
    """What one department does for the child, and its answer."""

    plan = models.ForeignKey(CasePlan, models.PROTECT, related_name="measures")
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("department"))
    means = models.CharField(_("means"), max_length=16, choices=Means)
    task = models.CharField(_("measure"), max_length=200)
    answer = models.CharField(_("answer"), max_length=16, choices=HelpAnswer, blank=True)
    answer_note = models.TextField(_("what was done"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)

    def __str__(self) -> str:
        return f"measure {self.pk}"
