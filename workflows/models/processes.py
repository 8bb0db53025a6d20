"""Flows that run: one row a run, about a case or about a monthly report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow.workflow.models import Process

if TYPE_CHECKING:
    from cases.ledger.models import Report
    from cases.register.models import Case
    from workflows.models.matters import UnitMatter


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
    SCHOOL_MONTH = "school_month", _("monthly report of the school")
    QUARTER = "quarter", _("quarterly review of the county")
    TERM = "term", _("term survey of the prefecture")
    SCHOOL_YEAR = "school_year", _("yearly assessment of the province")
    TRANSFER = "transfer", _("transfer to another county")
    INQUIRY = "inquiry", _("help for another county")
    SPOT_CHECK = "spot_check", _("spot check")
    SCHOOL_ROLL = "school_roll", _("entry in the school-roll system")
    DIFFERENCES = "differences", _("differences to the school-roll system")
    FINDING = "finding", pgettext_lazy("kind of task", "finding of the inspectorate")


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
    """The run of a report from post to post: a county's monthly ledger, or one of the periodic reports."""

    report = models.OneToOneField("cases.Report", models.PROTECT, related_name="process")

    # not stored, as in CaseProcess
    moment: datetime
    leaving: str = "cancelled"

    @property
    def about(self) -> Report:
        """What the flow is about."""
        report: Report = self.report
        return report

    @property
    def kind(self) -> Kind:
        """Which flow it is."""
        return FLOW_OF_REPORT[self.report.kind]


class MatterProcess(Process):
    """The run of what a unit must answer for beside the cases."""

    matter = models.OneToOneField("workflows.UnitMatter", models.PROTECT, related_name="process")

    # not stored, as in CaseProcess
    moment: datetime
    leaving: str = "cancelled"

    @property
    def about(self) -> UnitMatter:
        """What the flow is about."""
        matter: UnitMatter = self.matter
        return matter

    @property
    def kind(self) -> Kind:
        """Which flow it is."""
        return Kind(self.matter.kind)


FLOW_OF_REPORT = {
    "ledger": Kind.REPORT,
    "school": Kind.SCHOOL_MONTH,
    "quarter": Kind.QUARTER,
    "term": Kind.TERM,
    "year": Kind.SCHOOL_YEAR,
}
