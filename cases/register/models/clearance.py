"""How a child leaves the ledger."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.register.models.cases import Case


class Outcome(models.TextChoices):
    """The ways off the ledger: the columns of the notice's table."""

    RETURNED = "returned", _("returned")
    DEDUCTED = "deducted", _("deducted")
    DEFERRED = "deferred", _("deferred enrolment")


class ClearanceState(models.TextChoices):
    PROPOSED = "proposed", _("waiting for approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Clearance(models.Model):
    """A child leaves the ledger (销号): proposed with evidence by one person, approved by another."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clearances")
    episode = models.PositiveSmallIntegerField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    state = models.CharField(_("state"), max_length=10, choices=ClearanceState, default=ClearanceState.PROPOSED)
    code = models.CharField(_("placement or ground"), max_length=40)  # CodeList.PLACEMENT, GROUND, DEFERRAL_GROUND
    occurred_on = models.DateField(_("since"))  # first day back, day of the ground, first day of the deferral
    until = models.DateField(_("until"), null=True, blank=True)  # deferral
    attendance = ArrayField(models.DateField(), default=list, blank=True)  # school days attended after the return
    receiving_school = models.CharField(_("receiving school"), max_length=80, blank=True)
    note = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        constraints = [
            models.UniqueConstraint(fields=["case", "outcome"], condition=Q(state="proposed"), name="one_open_proposal_an_outcome"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="four_eyes"),
            models.CheckConstraint(condition=~Q(outcome="deferred") | Q(until__isnull=False), name="a_deferral_has_an_end"),
            models.CheckConstraint(condition=~Q(state__in=["approved", "refused"]) | Q(decided_at__isnull=False), name="a_decision_has_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"
