"""What a unit must answer for that is about no case and no report: the differences that a list brought, a finding of the inspectorate."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.directory.models import Role


class MatterKind(models.TextChoices):
    DIFFERENCES = "differences", _("differences to the school-roll system")
    FINDING = "finding", pgettext_lazy("kind of task", "finding of the inspectorate")


class UnitMatter(models.Model):
    """One matter of one unit, with its day. It is settled by facts of the room that it comes from."""

    kind = models.CharField(max_length=12, choices=MatterKind)
    number = models.CharField(max_length=60)  # as people name it: the number of the finding, the day of the list
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("unit"))
    role = models.CharField(_("post"), max_length=20, choices=Role)
    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("county"))
    roster = models.ForeignKey("cases.Roster", models.PROTECT, null=True, blank=True, related_name="+")  # the list that found the differences
    finding = models.OneToOneField("cases.Finding", models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("due on"))

    objects: ClassVar = models.Manager()

    class Meta:
        verbose_name = _("matter of a unit")
        verbose_name_plural = _("matters of the units")
        constraints = [
            models.UniqueConstraint(fields=["roster", "organisation"], condition=Q(roster__isnull=False), name="a_list_once_a_unit"),
            models.CheckConstraint(
                condition=Q(kind="differences", roster__isnull=False, finding__isnull=True)
                | Q(kind="finding", roster__isnull=True, finding__isnull=False),
                name="a_matter_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        if self.finding_id:
            return reverse("finding", args=[self.finding_id])
        return f"{reverse('rosters')}?list={self.roster_id}&unit={self.organisation_id}"
