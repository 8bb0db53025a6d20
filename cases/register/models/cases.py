"""A child's case: its episodes, where the child stood when, and who was given a part in it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.journal.clock import EngineNow
from cases.register.models.children import Student
from cases.register.scope import CaseQuerySet


class Standing(models.TextChoices):
    """Where a child stands. The last standing decides the column of the ledger."""

    SUSPECTED = "suspected", _("suspected")
    STILL_OUT = "still_out", _("still out")
    RETURNED = "returned", _("returned")
    DEDUCTED = "deducted", _("deducted")
    DEFERRED = "deferred", _("deferred enrolment")
    NOT_DROPOUT = "not_dropout", _("not a dropout")
    ON_LEAVE = "on_leave", _("suspended by rule or on leave")
    CANCELLED = "cancelled", _("opened by mistake")


class Case(models.Model):  # type: ignore[django-manager-missing]  # viewflow has no types for the manager of `processes`
    """One child's case, for life; what belongs to one time of absence is an `Episode`.

    The columns of places and organisations are copied so that sight and assignment need no join.
    """

    number = models.CharField(_("case number"), max_length=20, unique=True)
    student = models.OneToOneField(Student, models.PROTECT, related_name="case")
    episode = models.PositiveSmallIntegerField(_("episode"), default=1)
    standing = models.CharField(_("standing"), max_length=12, choices=Standing, default=Standing.SUSPECTED)
    # which county counts the child: the school's with a school roll, else the household register's
    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("county"))
    place = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("township or village"))
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school"))
    school_class = models.ForeignKey("cases.SchoolClass", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("class"))
    village = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("village committee"))
    township = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("township government"))
    education = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("county education bureau"))
    channel = models.CharField(_("discovered through"), max_length=40)  # CodeList.CHANNEL
    reason = models.CharField(_("main reason"), max_length=40, blank=True)  # CodeList.REASON
    opened_at = models.DateTimeField(_("opened"))
    last_attended_on = models.DateField(_("last day at school"), null=True, blank=True)  # None: never enrolled
    entered_ledger_on = models.DateField(_("entered on the ledger"), null=True, blank=True)  # of this episode
    priority_household = models.BooleanField(_("priority household"), null=True)  # as it was on that day
    back_since = models.DateField(_("back at school since"), null=True, blank=True)  # reported, not yet approved
    ends_on = models.DateField(_("deferral or leave ends on"), null=True, blank=True)
    paused_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    danger = models.BooleanField(_("danger reported"), default=False)
    in_roll_ledger_on = models.DateField(_("entered in the school-roll system"), null=True, blank=True)
    in_roll_ledger_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            # boards join very many tasks with no more of their cases than this
            models.Index(fields=["county"], include=["id", "paused_at"], name="case_county_board", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["county", "standing"], name="case_county", opclasses=["varchar_pattern_ops", "varchar_ops"]),
            models.Index(fields=["place", "standing"], name="case_place", opclasses=["varchar_pattern_ops", "varchar_ops"]),
            models.Index(fields=["school", "standing"], name="case_school"),
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(standing="still_out") | Q(entered_ledger_on__isnull=False), name="still_out_is_on_the_ledger"),
            models.CheckConstraint(
                condition=Q(entered_ledger_on__isnull=True) | Q(priority_household__isnull=False), name="priority_is_copied_on_entry"
            ),
            models.CheckConstraint(condition=~Q(standing__in=["deferred", "on_leave"]) | Q(ends_on__isnull=False), name="what_is_put_off_has_an_end"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("case", args=[self.pk])


class NumberSeries(models.Model):
    """The last number given in a series, such as cases of a county in a year."""

    series = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.series


class Episode(models.Model):
    """One time of absence of a child: kept as it ended when a relapse opens the next."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="episodes")
    number = models.PositiveSmallIntegerField()
    opened_on = models.DateField()
    why = models.CharField(max_length=20, blank=True)  # of a reopening
    channel = models.CharField(max_length=40)
    last_attended_on = models.DateField(null=True, blank=True)
    entered_ledger_on = models.DateField(null=True, blank=True)
    priority_household = models.BooleanField(null=True)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.SUSPECTED)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="episode_once_a_case")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class StandingChange(models.Model):
    """The facts of the ledger, with two times: when it was so (`occurred_on`) and when we were told (`recorded_at`). Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="standings")
    episode = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=12, choices=Standing)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=EngineNow())
    enters_ledger = models.BooleanField(default=False)
    priority_household = models.BooleanField(null=True)
    code = models.CharField(max_length=40, blank=True, default="", db_default="")  # placement or ground of the clearance that it comes from
    # where the child was counted then: a later move changes no month before it
    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    place = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+", db_index=False)
    entry = models.ForeignKey("cases.Entry", models.PROTECT, related_name="+")

    class Meta:
        # the order in which facts were told is the order in which they hold
        indexes = [models.Index(fields=["case", "-entry"], name="standing_latest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.standing}"


class Involvement(models.Model):
    """An organisation that was given a part in a case, and therefore sees it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="involvements")
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="involvements")
    since = models.DateTimeField(db_default=EngineNow())
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "case"], condition=Q(until__isnull=True), name="one_part_an_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.case_id}"
