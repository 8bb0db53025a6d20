"""Children, their guardians, cases with episodes, plans, conclusions and clearances."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.journal.clock import EngineNow
from cases.register.scope import CaseQuerySet, StudentQuerySet


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Student(models.Model):
    """A child of compulsory-school age. The identity number is encrypted; a keyed hash finds it."""

    name = models.CharField(_("name"), max_length=40)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    born_on = models.DateField(_("born on"))
    nationality = models.CharField(_("ethnic group"), max_length=20, blank=True)
    id_cipher = models.BinaryField(null=True, blank=True, editable=False)
    id_hash = models.CharField(max_length=64, blank=True, editable=False)
    # the only digits that screens show: 420***********1234
    id_head = models.CharField(max_length=3, blank=True, editable=False)
    id_tail = models.CharField(max_length=4, blank=True, editable=False)
    roll_number = models.CharField(_("school-roll number"), max_length=24, blank=True)
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="students", verbose_name=_("school"))
    school_class = models.ForeignKey("cases.SchoolClass", models.PROTECT, null=True, blank=True, related_name="students", verbose_name=_("class"))
    registered_at = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("household register"))  # a township or village
    lives_at = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("lives in"))  # a township or village
    address = models.CharField(_("address"), max_length=120, blank=True)
    groups = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("special groups"))  # CodeList.SPECIAL_GROUP
    created_at = models.DateTimeField(db_default=EngineNow())

    objects: ClassVar = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        indexes = [
            GinIndex(fields=["name"], name="student_name_trigram", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["school", "school_class"], name="student_class"),
        ]
        constraints = [models.UniqueConstraint(fields=["id_hash"], condition=~Q(id_hash=""), name="one_student_an_identity_number")]

    def __str__(self) -> str:
        return f"student {self.pk}"

    @property
    def masked_identity(self) -> str:
        """The identity number as screens show it; empty when none is known."""
        return f"{self.id_head}{'*' * 11}{self.id_tail}" if self.id_tail else ""


class Guardian(models.Model):
    student = models.ForeignKey(Student, models.PROTECT, related_name="guardians")
    name = models.CharField(_("name"), max_length=40)
    relation = models.CharField(_("relation"), max_length=40)  # CodeList.RELATION
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    works_at = models.CharField(_("works at"), max_length=80, blank=True)
    is_main = models.BooleanField(_("main guardian"), default=False)

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")

    def __str__(self) -> str:
        return f"guardian {self.pk}"


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


class Conclusion(models.TextChoices):
    """What verification found (reference 2.3 C)."""

    DROPPED_OUT = "dropped_out", _("dropped out")
    OUT_OF_SCHOOL = "out_of_school", _("never enrolled")
    STILL_SUSPECTED = "still_suspected", _("still suspected")
    NOT_DROPOUT = "not_dropout", _("not a dropout")
    SUSPENDED_BY_RULE = "suspended_by_rule", _("suspended from school by rule")
    ON_LEAVE = "on_leave", _("on leave")


class Verification(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="verifications")
    episode = models.PositiveSmallIntegerField()
    conclusion = models.CharField(_("conclusion"), max_length=20, choices=Conclusion)
    finding = models.CharField(_("finding"), max_length=40, blank=True)  # CodeList.NOT_DROPOUT
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    note = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(conclusion__in=["suspended_by_rule", "on_leave"]) | Q(ends_on__isnull=False), name="leave_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(conclusion="not_dropout") | ~Q(finding=""), name="no_dropout_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.conclusion}"


class Means(models.TextChoices):
    """The four means of persuasion (notice 2023-6, section 2)."""

    CARE = "care", _("care")
    AID = "aid", _("aid")
    ADMINISTRATIVE = "administrative", _("administrative means")
    LEGAL = "legal", _("legal means")


class CasePlan(models.Model):
    """One plan a child and episode (一人一案), signed by both lines."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    episode = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(_("main reason"), max_length=40)
    situation = models.TextField(_("situation of the child and the family"))
    goal = models.TextField(_("goal"))
    means = ArrayField(models.CharField(max_length=16, choices=Means), verbose_name=_("means"))
    school_person = models.CharField(_("responsible at the school"), max_length=40, blank=True)
    township_person = models.CharField(_("responsible at the township"), max_length=40, blank=True)
    signed_school_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_school_at = models.DateTimeField(null=True, blank=True)
    signed_township_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_township_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "episode"], name="one_plan_a_child"),
            models.CheckConstraint(
                condition=Q(signed_school_by__isnull=True) | ~Q(signed_school_by=F("signed_township_by")) | Q(signed_township_by__isnull=True),
                name="a_plan_is_signed_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.case_id}/{self.episode}"


class HelpAnswer(models.TextChoices):
    DONE = "done", _("done")
    UNDER_WAY = "under_way", _("under way, with a date")
    NOT_POSSIBLE = "not_possible", _("not possible, for a reason")


class PlanMeasure(models.Model):
    """What one department does for the child, and its answer."""

    plan = models.ForeignKey(CasePlan, models.PROTECT, related_name="measures")
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("department"))
    means = models.CharField(_("means"), max_length=16, choices=Means)
    task = models.CharField(_("measure"), max_length=200)
    answer = models.CharField(_("answer"), max_length=16, choices=HelpAnswer, blank=True)
    answer_note = models.TextField(_("what was done"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)

    def __str__(self) -> str:
        return f"measure {self.pk}"


class Outcome(models.TextChoices):
    """The ways off the ledger: the columns of the notice's table."""

    RETURNED = "returned", _("returned")
    DEDUCTED = "deducted", _("deducted")
    DEFERRED = "deferred", _("deferred enrolment")


class ClearanceState(models.TextChoices):
    PROPOSED = "proposed", _("waiting for approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Clearance(models.Model):
    """A child leaves the ledger (销号): proposed with evidence by one person, approved by another."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clearances")
    episode = models.PositiveSmallIntegerField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    state = models.CharField(_("state"), max_length=10, choices=ClearanceState, default=ClearanceState.PROPOSED)
    code = models.CharField(_("placement or ground"), max_length=40)  # CodeList.PLACEMENT, GROUND, DEFERRAL_GROUND
    occurred_on = models.DateField(_("since"))  # first day back, day of the ground, first day of the deferral
    until = models.DateField(_("until"), null=True, blank=True)  # deferral
    attendance = ArrayField(models.DateField(), default=list, blank=True)  # school days attended after the return
    receiving_school = models.CharField(_("receiving school"), max_length=80, blank=True)
    note = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        constraints = [
            models.UniqueConstraint(fields=["case", "outcome"], condition=Q(state="proposed"), name="one_open_proposal_an_outcome"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="four_eyes"),
            models.CheckConstraint(condition=~Q(outcome="deferred") | Q(until__isnull=False), name="a_deferral_has_an_end"),
            models.CheckConstraint(condition=~Q(state__in=["approved", "refused"]) | Q(decided_at__isnull=False), name="a_decision_has_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"
