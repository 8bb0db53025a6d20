"""What lies before a supervisor, and what the supervisor did about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.directory.models import Line, Role
from cases.journal.clock import EngineNow
from workflows.models.deadlines import Fire
from workflows.models.tasks import Assignment
from workflows.scope import EscalationQuerySet

if TYPE_CHECKING:
    from cases.register.models import Case


class EscalationState(models.TextChoices):
    OPEN = "open", _("open")
    HANDLED = "handled", _("handled")
    ENDED = "ended", _("the task was done")
    RAISED = "raised", _("a higher rung took its place")  # before the same post
    WITHDRAWN = "withdrawn", _("withdrawn")


class Decision(models.TextChoices):
    REMINDED = "reminded", _("reminded")
    REASSIGNED = "reassigned", _("reassigned")
    EXTENDED = "extended", _("extended")
    TAKEN_OVER = "taken_over", _("taken over")
    RAISED = "raised", _("raised to the superior")
    AGENDA = "agenda", _("put on the conference's agenda")
    ORDERED = "ordered", _("supervision order issued")
    NOTED = "noted", _("noted")


class Escalation(models.Model):
    """What lies before a supervisor: an overdue task and the post to which it was raised."""

    fire = models.ForeignKey(Fire, models.PROTECT, related_name="escalations")
    case: models.ForeignKey[Case, Case] = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="escalations")  # type: ignore[misc]  # the task's
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="escalations")
    rung = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    line = models.CharField(max_length=12, choices=Line)
    at = models.DateTimeField(db_default=EngineNow())
    state = models.CharField(max_length=10, choices=EscalationState, default=EscalationState.OPEN)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=12, choices=Decision, blank=True)

    objects: ClassVar = EscalationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "role", "-rung", "at"], name="queue_of_a_post", condition=Q(state="open")),
            models.Index(fields=["assignment", "state"], name="escalations_of_a_task"),
        ]
        constraints = [models.UniqueConstraint(fields=["fire", "organisation", "role"], name="one_escalation_an_addressee")]

    def __str__(self) -> str:
        return f"escalation {self.pk}"
