"""How long a step may take and whom it reaches when it is late, and the days that count: settings that an administrator edits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    WORKING_DAYS = "working_days", _("working days")
    NATURAL_DAYS = "natural_days", _("natural days")
    SCHOOL_DAYS = "school_days", _("school days")
    HOURS = "hours", _("hours")


class Ladder(models.Model):
    """The rungs of escalation, in working days or in hours from the due moment."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=60)
    # [{"rung": 1, "offset": -2, "to": "holder"}, …], or "hours" instead of "offset" (working days); see workflows.ladders
    rungs = models.JSONField(_("rungs"))

    class Meta:
        verbose_name = _("ladder of escalation")
        verbose_name_plural = _("ladders of escalation")

    def __str__(self) -> str:
        return self.name


class StepPolicy(models.Model):
    """How long a step may take, from a day on, for the whole province or one county. A running deadline keeps the version that it began with."""

    step = models.CharField(_("step"), max_length=32)
    county = models.ForeignKey("cases.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county"))
    valid_from = models.DateField(_("in force from"))
    amount = models.PositiveSmallIntegerField(_("allowance"))
    unit = models.CharField(_("unit"), max_length=12, choices=Unit)
    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="+", verbose_name=_("ladder"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("allowance of a step")
        verbose_name_plural = _("allowances of the steps")
        constraints = [models.UniqueConstraint(fields=["step", "county", "valid_from"], nulls_distinct=False, name="policy_once_a_day")]

    def __str__(self) -> str:
        return f"{self.step} {self.amount} {self.unit}"


class DayKind(models.TextChoices):
    WORK = "work", _("working calendar")
    SCHOOL = "school", _("school calendar")


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, a make-up workday, a school holiday."""

    kind = models.CharField(_("calendar"), max_length=8, choices=DayKind)
    county = models.ForeignKey("cases.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county"))
    day = models.DateField(_("day"))
    working = models.BooleanField(_("counts"))
    reason = models.CharField(_("reason"), max_length=60)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("calendar")
        constraints = [models.UniqueConstraint(fields=["kind", "county", "day"], nulls_distinct=False, name="day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class SchoolTerm(models.Model):
    county = models.ForeignKey("cases.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county"))
    name = models.CharField(_("name"), max_length=40)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))

    class Meta:
        verbose_name = _("school term")
        verbose_name_plural = _("school terms")

    def __str__(self) -> str:
        return self.name
