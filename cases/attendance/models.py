"""Attendance after a return: the watches at 30, 60 and 90 days (巩固跟踪)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AbsenceReason(models.TextChoices):
    WITHOUT = "without", _("without a reason")
    ILL = "ill", _("ill")
    LEAVE = "leave", _("leave that the school agreed to")


class Absence(models.Model):
    """A school day on which a child under watch was not there, as the class list has it."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="absences")
    episode = models.PositiveSmallIntegerField()
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=8, choices=AbsenceReason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("day of absence")
        verbose_name_plural = _("days of absence")
        constraints = [models.UniqueConstraint(fields=["case", "day"], name="absent_once_a_day")]

    def __str__(self) -> str:
        return f"{self.case_id} absent on {self.day}"


class Watch(models.Model):
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="watches")
    episode = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(_("days after the return"))  # 30, 60, 90
    school_days = models.PositiveSmallIntegerField(_("school days since the last watch"))
    days_present = models.PositiveSmallIntegerField(_("of them present"))
    passed = models.BooleanField(_("the child attends"))
    note = models.TextField(_("learning and life of the child"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "episode", "number"], name="watch_once"),
            models.CheckConstraint(condition=Q(days_present__lte=F("school_days")), name="nobody_attends_more_days_than_there_were"),
        ]

    def __str__(self) -> str:
        return f"watch {self.number} of {self.case_id}"
