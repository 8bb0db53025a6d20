"""What the inspectorate found at a unit, on the three counts of the notice (督导; notice 2023-6, section 6)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.directory.answering import Accountability
from cases.directory.models import OrganisationKind
from cases.files.models import StoredFile
from cases.inspections.scope import FindingQuerySet


class Count(models.TextChoices):
    """The three counts of the notice: 职责不清、底数不明、劝返不力."""

    RESPONSIBILITY = "responsibility", _("unclear responsibility")
    NUMBERS = "numbers", _("unclear numbers")
    PERSUASION = "persuasion", _("weak persuasion")


class FindingState(models.TextChoices):
    OPEN = "open", _("waits for the unit")
    ANSWERED = "answered", _("waits for the inspector")
    CLOSED = "closed", pgettext_lazy("of a finding", "closed")
    ACCOUNTABLE = "accountable", _("accountability finding")


PENDING = (FindingState.OPEN, FindingState.ANSWERED)


class Finding(models.Model):
    """One fault of one unit, perhaps shown by one case: what is demanded, what the unit answered, how it ended."""

    unit = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("unit"))
    # Copied, so that who may see it is asked of this row alone.
    unit_kind = models.CharField(max_length=24, choices=OrganisationKind)
    place = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=40)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="findings")
    count = models.CharField(_("count"), max_length=16, choices=Count)
    facts = models.TextField(_("facts"))
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    demand = models.TextField(_("what is demanded"))
    answer_by = models.DateField(_("answer by"))
    inspectorate = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("found by"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=12, choices=FindingState, default=FindingState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    proof = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    remark = models.TextField(_("reason"), blank=True)
    measure = models.CharField(_("kind of accountability"), max_length=20, choices=Accountability, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding of the inspectorate")
        verbose_name_plural = _("findings of the inspectorate")
        indexes = [
            models.Index(fields=["unit", "-id"], name="findings_on_a_unit"),
            models.Index(fields=["place", "state"], name="findings_in_a_place", opclasses=["varchar_pattern_ops", "varchar_pattern_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["inspectorate", "number"], name="finding_number_once"),
            models.CheckConstraint(condition=~Q(unit=models.F("inspectorate")), name="no_inspectorate_finds_itself"),
            models.CheckConstraint(condition=~Q(state="answered") | ~Q(answer=""), name="an_answer_is_in_words"),
            models.CheckConstraint(
                condition=~Q(state="accountable") | (~Q(measure="") & ~Q(remark="")), name="an_accountability_finding_names_its_kind"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(answered_by=models.F("decided_by")),
                name="nobody_decides_on_their_own_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finding", args=[self.pk])
