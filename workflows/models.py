"""Who must do what next, and by when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process, Task

from cases.directory.models import Line, Role
from cases.journal.clock import EngineNow
from workflows.scope import AssignmentQuerySet, EscalationQuerySet, ExtensionQuerySet

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
    # A task is about a case or about a county's report, never both. Its type says "a case", because only `workflows.reporting` and the lists
    # that show a post's whole work ever meet the other; who meets both asks `about`.
    case: models.ForeignKey[Case, Case] = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="assignments")  # type: ignore[misc]
    report = models.ForeignKey("cases.Report", models.PROTECT, null=True, related_name="assignments")
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
            # the boards count the answers of 90 days out of the index alone
            models.Index(
                fields=["done_at"],
                include=["case", "organisation", "done_by", "due_at", "created_at"],
                name="answered_lately",
                condition=Q(state="done"),
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(case__isnull=True) ^ Q(report__isnull=True), name="a_task_is_about_one_thing")]

    def __str__(self) -> str:
        return f"{self.step} #{self.pk}"

    @property
    def about(self) -> Case | Report:
        """What the task is about; both have a `number` and a `county_id`."""
        return self.report or self.case


class Unit(models.TextChoices):
    WORKING_DAYS = "working_days", _("working days")
    NATURAL_DAYS = "natural_days", _("natural days")
    SCHOOL_DAYS = "school_days", _("school days")
    HOURS = "hours", _("hours")


class Ladder(models.Model):
    """The rungs of escalation, in working days from the due moment."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=60)
    # [{"rung": 1, "offset": -2, "to": "holder"}, …]; see workflows.ladders
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
    rungs = models.JSONField(default=list)  # the ladder as planned at arming: [{"rung", "offset", "at", "to"}]
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


class AuditRun(models.Model):
    """One look of the auditor at every clock, and what it found: per invariant how many rows break it, and the first of them."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    job = models.CharField(max_length=12)  # timetable, command or page
    findings = models.JSONField(default=dict)  # {code: {"count": 3, "ids": [7, 9, 12]}}; only what was found
    mended = models.JSONField(default=dict)  # {code: how many were set going again}

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="audit_newest")]

    def __str__(self) -> str:
        return f"audit {self.pk}"


class Heartbeat(models.Model):
    """The last sign of life of an engine, by the machine's own time: what is moved in a demo is not this."""

    engine = models.CharField(max_length=12, primary_key=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.engine


import workflows.deskmodels  # noqa: E402, F401  Django finds its models here; they refer to those above
