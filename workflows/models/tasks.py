"""Tasks: whose they are and by when, those that a supervisor adds, and requests for more time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task

from cases.directory.models import Line, Role
from workflows.models.processes import Kind
from workflows.scope import AssignmentQuerySet, ExtensionQuerySet

if TYPE_CHECKING:
    from cases.ledger.models import Report
    from cases.register.models import Case
    from workflows.models.matters import UnitMatter


class ExtraTask(models.Model):
    """A task that a supervisor adds to a running case."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="extra_tasks")
    title = models.CharField(_("task"), max_length=60)
    instructions = models.TextField(_("instructions"), blank=True)
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation"))
    role = models.CharField(_("post"), max_length=20, choices=Role)
    working_days = models.PositiveSmallIntegerField(_("working days"), default=3)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"extra {self.pk}"


class AssignmentState(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("no longer needed")
    CANCELLED = "cancelled", _("cancelled")


class Assignment(models.Model):
    """A person's task: which post of which organisation must do it, who holds it, by when. Beside viewflow's token, one to one."""

    task = models.OneToOneField(Task, models.PROTECT, related_name="assignment")
    # A task is about a case, a report or a matter of its unit, and about one of them alone. Its type says "a case", because only
    # `workflows.reporting`, `workflows.matters` and the lists that show a post's whole work ever meet the others; who meets them asks `about`.
    case: models.ForeignKey[Case, Case] = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="assignments")  # type: ignore[misc]  # the lines above say why
    report = models.ForeignKey("cases.Report", models.PROTECT, null=True, related_name="assignments")
    matter = models.ForeignKey("workflows.UnitMatter", models.PROTECT, null=True, related_name="assignments")
    kind = models.CharField(max_length=12, choices=Kind)
    step = models.CharField(max_length=32)
    line = models.CharField(max_length=12, choices=Line)
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+")  # None: a wait, nobody's task
    role = models.CharField(max_length=20, choices=Role, blank=True)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")  # None: anybody at the post
    seed = models.BigIntegerField(null=True, blank=True)  # the pk of the measure, clearance, receipt or extra task that it is about
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.OPEN)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = AssignmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "role", "due_at"], name="inbox_of_a_post", condition=Q(state="open")),
            models.Index(fields=["holder", "due_at"], name="inbox_of_a_person", condition=Q(state="open")),
            models.Index(fields=["case", "state"], name="assignments_of_a_case"),
            # a unit has had few matters among very many tasks
            models.Index(fields=["organisation", "state", "done_at"], name="tasks_of_matters", condition=Q(matter__isnull=False)),
            # the boards count the answers of 90 days out of the index alone
            models.Index(
                fields=["done_at"],
                include=["case", "organisation", "done_by", "due_at", "created_at"],
                name="answered_lately",
                condition=Q(state="done"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, report__isnull=True, matter__isnull=True)
                | Q(case__isnull=True, report__isnull=False, matter__isnull=True)
                | Q(case__isnull=True, report__isnull=True, matter__isnull=False),
                name="a_task_is_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} #{self.pk}"

    @property
    def about(self) -> Case | Report | UnitMatter:
        """What the task is about; each has a `number` and a `county_id`."""
        return self.report or self.matter or self.case

    @property
    def beside(self) -> str:
        """What it is about that is no case: "report", "matter"; empty for a case."""
        return "report" if self.report_id else "matter" if self.matter_id else ""


class RequestState(models.TextChoices):
    ASKED = "asked", _("asked for")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


class ExtensionRequest(models.Model):
    """More time, asked for by whoever holds a task. One that nobody answered lapses with its task."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extension_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    until = models.DateField(_("new last day"))
    reason = models.TextField(_("reason"))
    state = models.CharField(max_length=8, choices=RequestState, default=RequestState.ASKED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    objects: ClassVar = ExtensionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["assignment", "-id"], name="extensions_of_a_task")]
        constraints = [
            models.UniqueConstraint(fields=["assignment"], condition=Q(state="asked"), name="one_open_request_a_task"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")), name="nobody_grants_their_own_extension"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True) | (~Q(state="asked") & Q(decided_by__isnull=False)),
                name="an_answer_has_somebody_who_gave_it",
            ),
        ]

    def __str__(self) -> str:
        return f"extension {self.pk}"
