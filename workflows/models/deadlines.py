"""The clock of a task, and the rungs that it passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.journal.clock import EngineNow
from workflows.models.allowances import Unit
from workflows.models.tasks import Assignment

if TYPE_CHECKING:
    from cases.register.models import Case


class DeadlineState(models.TextChoices):
    ARMED = "armed", _("running")
    PAUSED = "paused", _("paused")
    MET = "met", _("met")
    EXHAUSTED = "exhausted", _("all rungs passed")
    CANCELLED = "cancelled", _("cancelled")
    QUARANTINED = "quarantined", _("quarantined")


class Deadline(models.Model):
    """The clock of one task. `next_at` is the only column that the sweep looks at."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="deadline")
    case: models.ForeignKey[Case, Case] = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")  # type: ignore[misc]  # the task's
    generation = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=DeadlineState, default=DeadlineState.ARMED)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, choices=Unit)
    armed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)  # it falls beyond the published calendar
    explanation = models.JSONField(default=dict)  # the days counted and skipped: why the 17th
    rungs = models.JSONField(default=list)  # the ladder as planned at arming: [{"rung", "offset" or "hours", "at", "to"}]
    next_rung = models.PositiveSmallIntegerField(null=True)
    next_at = models.DateTimeField(null=True)
    fired = models.PositiveSmallIntegerField(default=0)  # the highest rung that this generation passed; 0: none
    changes_road = models.BooleanField(default=False)  # its rung records a fact: swept by the second dispatcher
    paused_at = models.DateTimeField(null=True)
    met_as_of = models.DateTimeField(null=True)  # what was done in time and told late; None: told when it was done
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True)  # the type of the error, never its text

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], name="deadline_due", condition=Q(state="armed", changes_road=False)),
            models.Index(fields=["next_at", "id"], name="deadline_due_road", condition=Q(state="armed", changes_road=True)),
        ]
        constraints = [models.CheckConstraint(condition=~Q(state="armed") | Q(next_at__isnull=False), name="what_is_armed_has_a_moment")]

    def __str__(self) -> str:
        return f"deadline {self.pk}"


class FireOutcome(models.TextChoices):
    ACTED = "acted", _("acted")
    COLLAPSED = "collapsed", _("collapsed into a higher rung")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NOBODY = "nobody", _("no recipient")


class Fire(models.Model):
    """That a rung was passed. At most one for a deadline, a generation and a rung. Append-only."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="fires")
    generation = models.PositiveSmallIntegerField()
    rung = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField()
    decided_at = models.DateTimeField(db_default=EngineNow())
    outcome = models.CharField(max_length=10, choices=FireOutcome)
    recipients = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "generation", "rung"], name="each_rung_once")]
        indexes = [BrinIndex(fields=["planned_at"], name="fire_month", autosummarize=True)]  # a few pages however many fires: the monthly report

    def __str__(self) -> str:
        return f"fire {self.deadline_id}/{self.generation}/{self.rung}"
