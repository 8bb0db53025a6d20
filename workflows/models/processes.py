"""Flows that run: one row a run, about a case or about a monthly report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

if TYPE_CHECKING:
    from cases.ledger.models import Report
    from cases.register.models import Case


class Kind(models.TextChoices):
    """The flows, chained by facts."""

    DROPOUT = "dropout", _("from suspicion to persuasion")
    ENFORCEMENT = "enforcement", _("enforcement")
    RETURN = "return", _("return")
    DEDUCTION = "deduction", _("deduction")
    DEFERRAL = "deferral", _("deferred enrolment")
    PROTECTION = "protection", _("mandatory report")
    EXTRA = "extra", _("extra task")
    ORDER = "order", _("supervision order")
    REPORT = "report", _("monthly report")
    TRANSFER = "transfer", _("transfer to another county")
    INQUIRY = "inquiry", _("help for another county")
    SPOT_CHECK = "spot_check", _("spot check")
    SCHOOL_ROLL = "school_roll", _("entry in the school-roll system")


class CaseProcess(Process):
    """One run of a flow for a case. `round` tells apart a second run of the same flow in an episode."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="processes")
    episode = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    round = models.BigIntegerField(default=0)  # the pk of what started it: clearance, report, extra task; else that of the entry

    # not stored: the moment of the fact being worked on, and as what its open tasks end when the process is left
    moment: datetime
    leaving: str = "cancelled"

    @property
    def about(self) -> Case:
        """What the flow is about."""
        case: Case = self.case
        return case

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "episode", "kind", "round"], name="nothing_starts_twice")]


class ReportProcess(Process):
    """The run of a county's monthly report from post to post."""

    report = models.OneToOneField("cases.Report", models.PROTECT, related_name="process")

    kind = Kind.REPORT

    # not stored, as in CaseProcess
    moment: datetime
    leaving: str = "cancelled"

    @property
    def about(self) -> Report:
        """What the flow is about."""
        report: Report = self.report
        return report
