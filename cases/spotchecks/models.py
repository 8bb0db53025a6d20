"""The random re-check of cleared cases (抽查复验): a draw that anybody can repeat, and what another unit found."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.directory.models import Role
from cases.files.models import StoredFile
from cases.spotchecks.scope import DrawQuerySet, SpotCheckQuerySet


class Draw(models.Model):
    """One county's draw for a quarter. With `seed`, `share` and `candidates` it comes out the same for whoever repeats it. Never changed."""

    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("county"))
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    seed = models.CharField(_("seed"), max_length=64)
    share = models.PositiveSmallIntegerField(_("share in per cent"))
    candidates = ArrayField(models.BigIntegerField(), verbose_name=_("cleared cases of the quarter"))  # the pks of the clearances, ascending
    drawn_at = models.DateTimeField(_("drawn"))

    objects: ClassVar = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = _("draw of spot checks")
        verbose_name_plural = _("draws of spot checks")
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "quarter"], name="one_draw_a_quarter"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="a_year_has_four_quarters"),
        ]

    def __str__(self) -> str:
        return f"{self.county_id} {self.year}Q{self.quarter}"

    def get_absolute_url(self) -> str:
        return reverse("draw", args=[self.pk])


class SpotFinding(models.TextChoices):
    TRUE = "true", _("true: it is as the clearance says")
    NOT_TRUE = "not_true", _("not true: the child is out of school")
    NOT_FOUND = "not_found", _("the child was not found")


class SpotCheck(models.Model):
    """One clearance that was drawn, the unit that looks, and what it found."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="checks")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="spot_checks")
    episode = models.PositiveSmallIntegerField()
    clearance = models.ForeignKey("cases.Clearance", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("visited by"))
    role = models.CharField(_("post"), max_length=20, choices=Role)
    finding = models.CharField(_("finding"), max_length=10, choices=SpotFinding, blank=True)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    account = models.TextField(_("what was seen"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("spot check")
        verbose_name_plural = _("spot checks")
        indexes = [models.Index(fields=["case", "-id"], name="spot_checks_of_a_case")]
        constraints = [
            models.UniqueConstraint(fields=["draw", "clearance"], name="drawn_once"),
            models.CheckConstraint(
                condition=Q(finding="", at__isnull=True, by__isnull=True)
                | (~Q(finding="") & Q(at__isnull=False, by__isnull=False, visited_on__isnull=False)),
                name="a_finding_has_somebody_who_looked",
            ),
        ]

    def __str__(self) -> str:
        return f"spot check {self.pk}"
