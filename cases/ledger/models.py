"""The monthly report: who must send it, each time it was drawn up, what people did to it, and the month as it was closed.

Only `Report` changes, until its month is closed. All else is written once: the database refuses to change or remove it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.journal.clock import EngineNow
from cases.ledger.scope import MonthlyReports, ReportQuerySet


class ReportState(models.TextChoices):
    """Before whom a report lies. It goes up one post at a time, and comes back to the first."""

    COMPILING = "compiling", _("with the county, to be compiled")
    SIGNING = "signing", _("with the county, to be signed")
    CHECKING = "checking", _("with the prefecture, to be checked")
    ACCEPTING = "accepting", _("with the province, to be accepted")
    ACCEPTED = "accepted", _("accepted, the month is closed")
    FILED = "filed", pgettext_lazy("report", "sent")  # the end of a periodic report's road


class ReportKind(models.TextChoices):
    """The county's monthly ledger, which the province accepts, and the four periodic reports of the ministry's notice 教基厅函〔2024〕15号."""

    LEDGER = "ledger", _("monthly report of the county")
    SCHOOL = "school", _("monthly report of the school")
    QUARTER = "quarter", _("quarterly review of the county")
    TERM = "term", _("term survey of the prefecture")
    YEAR = "year", _("yearly assessment of the province")


class Report(models.Model):
    """What one unit says of one period: `year` and `month` name the period's last month. The organisations are copied, so that its tasks need
    no join. `objects` are the counties' monthly ledgers alone (notice 2023-6, section 3), `of_every_kind` the periodic reports, too."""

    kind = models.CharField(_("kind"), max_length=8, choices=ReportKind, default=ReportKind.LEDGER, db_default=ReportKind.LEDGER)
    unit = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("county"))  # of a school's: its county
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("school"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.COMPILING)
    due_on = models.DateField(_("due on"))
    education = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+")  # None: above the counties
    prefecture = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+")  # None: it reports straight to the province
    province = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # when it last left the county
    sent_back = models.PositiveSmallIntegerField(default=0)  # how often
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar = MonthlyReports()
    of_every_kind: ClassVar = ReportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "year", "month", "unit"], name="reports_of_a_period")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "unit", "school", "year", "month"], nulls_distinct=False, name="one_report_a_period"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="a_year_has_twelve_months"),
            models.CheckConstraint(condition=Q(state__in=("accepted", "filed")) ^ Q(closed_at__isnull=True), name="what_has_arrived_is_closed"),
            models.CheckConstraint(condition=Q(kind="school") ^ Q(school__isnull=True), name="a_school_s_report_names_it"),
            models.CheckConstraint(
                condition=~Q(kind__in=("ledger", "school", "quarter")) | Q(education__isnull=False), name="a_county_has_its_bureau"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("ledger-report" if self.kind == ReportKind.LEDGER else "periodic-report", args=[self.pk])

    @property
    def county_id(self) -> str:
        """Whose working calendar and allowances hold, as for a case."""
        return self.unit_id


class Edition(models.Model):
    """The report as it was drawn up once: of everything told by `cut_off`, what was so by the end of `until`. The numbers of a monthly ledger
    are its lines; those of a periodic report stand in `figures`, and `digest` is theirs (cases.ledger.seals)."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    cut_off = models.DateTimeField(_("cut-off"))
    until = models.DateField()
    rules = models.JSONField(default=dict)  # the ways of counting in force then (cases.ledger.rules)
    figures = models.JSONField(default=dict, db_default={})
    digest = models.CharField(max_length=64, default="", db_default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: the timetable

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="edition_once_a_report")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"


class LineKind(models.TextChoices):
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    SCHOOL = "school", _("school")


NUMBERS = ("on_ledger", "returned", "deducted", "deferred", "still_out")  # the five groups of the notice's table, in its order
COLUMNS = NUMBERS[1:]  # in exactly one of these each child of the ledger stands


def _adds_up(suffix: str) -> Q:
    return Q(**{f"on_ledger{suffix}": F(f"returned{suffix}") + F(f"deducted{suffix}") + F(f"deferred{suffix}") + F(f"still_out{suffix}")})


class Line(models.Model):
    """One line of an edition: the county, or a township or school of it. `priority` is the table's 其中 column."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=LineKind)
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=12)  # area code or pk of a school; "-": children that no line names
    name = models.CharField(max_length=80)
    on_ledger = models.PositiveIntegerField()
    on_ledger_priority = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    returned_priority = models.PositiveIntegerField()
    deducted = models.PositiveIntegerField()
    deducted_priority = models.PositiveIntegerField()
    deferred = models.PositiveIntegerField()
    deferred_priority = models.PositiveIntegerField()
    still_out = models.PositiveIntegerField()
    still_out_priority = models.PositiveIntegerField()
    carried_over = models.PositiveIntegerField()
    carried_over_priority = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind", "key"], name="line_once_an_edition"),
            # Notice 2023-6, table: 台账人数 = 实际复学 + 核减 + 延缓入学 + 仍辍学, in both columns.
            models.CheckConstraint(condition=_adds_up(""), name="the_table_adds_up"),
            models.CheckConstraint(condition=_adds_up("_priority"), name="the_priority_column_adds_up"),
            models.CheckConstraint(
                condition=Q(
                    returned__gte=F("returned_priority"),
                    deducted__gte=F("deducted_priority"),
                    deferred__gte=F("deferred_priority"),
                    still_out__gte=F("still_out_priority"),
                    carried_over__gte=F("carried_over_priority"),
                ),
                name="of_which_is_never_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.key}"

    def pairs(self) -> list[tuple[int, int]]:
        """The ten numbers of the notice's table, in its order."""
        return [(getattr(self, name), getattr(self, f"{name}_priority")) for name in NUMBERS]


class NameColumn(models.TextChoices):
    """Where a name of the list stands: in one of the four columns, or beside the table."""

    RETURNED = "returned", pgettext_lazy("ledger column", "returned")
    DEDUCTED = "deducted", pgettext_lazy("ledger column", "deducted")
    DEFERRED = "deferred", pgettext_lazy("ledger column", "deferred enrolment")
    STILL_OUT = "still_out", pgettext_lazy("ledger column", "still out")
    CARRIED_OVER = "carried_over", pgettext_lazy("ledger column", "still out from earlier years")


class ReportName(models.Model):
    """A child behind the numbers of an edition: the case alone, so that the child's data can be destroyed by law."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="names")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    column = models.CharField(max_length=12, choices=NameColumn)
    priority = models.BooleanField()
    township = models.CharField(max_length=9)
    school = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "case"], name="each_child_once_a_month")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.case_id}"


class Adjustment(models.Model):
    """A closed month would be counted differently today: which child, from which column to which, and the fact that changed it.

    The closed month stays as it is; the adjustment belongs to the month after, and shows in its difference. An empty column: not on the ledger.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="adjustments")
    corrects = models.ForeignKey(Report, models.PROTECT, related_name="corrected_by")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    before = models.CharField(max_length=12, choices=NameColumn, blank=True)
    after = models.CharField(max_length=12, choices=NameColumn, blank=True)
    priority_before = models.BooleanField()
    priority_after = models.BooleanField()
    entry = models.ForeignKey("cases.Entry", models.PROTECT, null=True, related_name="+")  # who and why; None: told of another county

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "corrects", "case"], name="one_adjustment_a_child")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.case_id} {self.before}>{self.after}"


class Act(models.TextChoices):
    DRAWN_UP = "drawn_up", _("drawn up")
    COMPILED = "compiled", _("compiled")
    SIGNED = "signed", _("signed by the county's education head")
    SENT_BACK = "sent_back", _("sent back")
    CHECKED = "checked", _("checked by the prefecture")
    ACCEPTED = "accepted", _("accepted by the province")
    REMINDED = "reminded", _("reminded")
    FILED = "filed", pgettext_lazy("report", "sent")
    ENDORSED = "endorsed", _("signed by the head")
    REASSIGNED = "reassigned", _("given to somebody else")
    EXTENDED = "extended", _("given more time")


class ReportAct(models.Model):
    """What somebody did to a report, with the words that go with it; written together with the journal's entry."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="acts")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(_("note"), blank=True)
    said = models.JSONField(default=dict, db_default={})  # what people added to a periodic report
    digest = models.CharField(max_length=64, default="", db_default="", blank=True)  # of what was sent or signed with it

    class Meta:
        indexes = [models.Index(fields=["report", "id"], name="acts_of_a_report")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.act}"


class Closure(models.Model):
    """A closed month: a link of the county's chain. `digest` is that of the accepted edition and of the month before (cases.ledger.freeze)."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="closure")
    edition = models.OneToOneField(Edition, models.PROTECT, related_name="+")
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(db_default=EngineNow())

    def __str__(self) -> str:
        return f"closure of {self.report_id}"
