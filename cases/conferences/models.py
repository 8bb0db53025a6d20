"""What waits for the county's joint conference (联席会议), and what it decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.conferences.scope import AgendaQuerySet


class ItemState(models.TextChoices):
    WAITING = "waiting", _("waits for a meeting")
    SCHEDULED = "scheduled", _("on the agenda")
    DECIDED = "decided", _("decided")
    DROPPED = "dropped", _("not taken up")


PENDING = (ItemState.WAITING, ItemState.SCHEDULED)


class AgendaItem(models.Model):
    """One case before the joint conference of its county: why, at which meeting, and what was decided."""

    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="agenda_items")
    episode = models.PositiveSmallIntegerField()
    assignment = models.BigIntegerField(null=True, blank=True)  # the pk of the task because of which it was put there
    reason = models.TextField(_("why"))
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, choices=ItemState, default=ItemState.WAITING)
    meeting_on = models.DateField(_("meeting on"), null=True, blank=True)
    decision = models.TextField(_("decision"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    extra = models.BigIntegerField(null=True, blank=True)  # the pk of the extra task that the decision made

    objects: ClassVar = AgendaQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("agenda of the joint conference")
        indexes = [models.Index(fields=["county", "state", "meeting_on"], name="agenda_of_a_county")]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=["waiting", "scheduled"]), name="a_case_waits_once"),
            models.CheckConstraint(condition=~Q(state="scheduled") | Q(meeting_on__isnull=False), name="what_is_scheduled_has_a_day"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "scheduled"]) | (Q(decided_at__isnull=False) & ~Q(decision="")), name="a_decision_is_in_words"
            ),
        ]

    def __str__(self) -> str:
        return f"agenda {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("agenda-item", args=[self.pk])
