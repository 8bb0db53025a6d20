"""Home visits, checks by the village and rounds of joint persuasion."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.directory.models import Line
from cases.files.models import StoredFile
from cases.journal.clock import EngineNow
from cases.visits.scope import VisitQuerySet


class Mode(models.TextChoices):
    """How the family was reached (reference 2.3 H). Only a visit in person ends a step."""

    HOME = "home", _("visit at home")
    AWAY = "away", _("visit in another county or province")
    MEETING = "meeting", _("talk at the school or village")
    JOINT = "joint", _("law explained at the door, with departments")
    PHONE = "phone", _("telephone")
    VIDEO = "video", _("WeChat or video")
    LETTER = "letter", _("written notice")


IN_PERSON = frozenset({Mode.HOME, Mode.AWAY, Mode.MEETING, Mode.JOINT})


class Met(models.TextChoices):
    CHILD = "child", _("the child")
    FATHER = "father", _("father")
    MOTHER = "mother", _("mother")
    GRANDPARENT = "grandparent", _("grandparent")
    OTHER_GUARDIAN = "other_guardian", _("other guardian")
    NEIGHBOUR = "neighbour", _("neighbour or relative")
    NOBODY = "nobody", _("nobody at home or no answer")


FAMILY = frozenset({Met.CHILD, Met.FATHER, Met.MOTHER, Met.GRANDPARENT, Met.OTHER_GUARDIAN})


class VisitOutcome(models.TextChoices):
    """Reference 2.3 I."""

    AGREED = "agreed", _("agrees to come back, with a date")
    BACK = "back", _("is back at school")
    HESITANT = "hesitant", _("hesitates, another visit is needed")
    REFUSED = "refused", _("refuses")
    NOT_MET = "not_met", _("nobody of the family was met")
    UNREACHABLE = "unreachable", _("cannot be reached")
    UNTRUE = "untrue", _("the report is not true")


class HomeVisit(models.Model):
    """What was seen and said. Written once; a correction is a new record that names the old one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="visits")
    episode = models.PositiveSmallIntegerField()
    lines = ArrayField(models.CharField(max_length=12, choices=Line))  # a joint visit names both
    visitor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    companions = models.CharField(_("who came along"), max_length=120, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(db_default=EngineNow())
    mode = models.CharField(_("how"), max_length=10, choices=Mode)
    met = ArrayField(models.CharField(max_length=16, choices=Met), verbose_name=_("who was met"))
    whereabouts = models.CharField(_("where the child is"), max_length=40)  # CodeList.WHEREABOUTS
    reason = models.CharField(_("main reason"), max_length=40)  # CodeList.REASON
    reason_text = models.CharField(_("the reason in words"), max_length=120, blank=True)
    outcome = models.CharField(_("result"), max_length=12, choices=VisitOutcome)
    promised_on = models.DateField(_("promised day of return"), null=True, blank=True)
    account = models.TextField(_("what was seen and said"), blank=True)
    danger = models.BooleanField(_("danger to the child"), default=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    photos = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    signature = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("guardian's signature"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)  # the other line's one tap on a joint visit

    objects: ClassVar = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("home visit")
        verbose_name_plural = _("home visits")
        indexes = [models.Index(fields=["case", "-occurred_at"], name="visits_of_a_case")]
        constraints = [models.CheckConstraint(condition=~Q(outcome="agreed") | Q(promised_on__isnull=False), name="a_promise_has_a_day")]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("visit", args=[self.pk])

    @property
    def is_joint(self) -> bool:
        return len(self.lines) > 1

    @property
    def own_line(self) -> str:
        """The line for which the visitor came."""
        return self.organisation.line if self.organisation else self.lines[0]

    @property
    def met_names(self) -> list[str]:
        return [str(Met(code).label) for code in self.met]

    @property
    def in_person(self) -> bool:
        return self.mode in IN_PERSON

    @property
    def met_family(self) -> bool:
        return bool(FAMILY.intersection(self.met))


class Found(models.TextChoices):
    AT_HOME = "at_home", _("child is at home")
    AWAY = "away", _("child is away, whereabouts known")
    UNKNOWN = "unknown", _("whereabouts unknown")
    AT_SCHOOL = "at_school", _("child goes to school elsewhere")
    NO_SUCH_CHILD = "no_such_child", _("no such child here")


class VillageCheck(models.Model):
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="checks")
    episode = models.PositiveSmallIntegerField()
    found = models.CharField(_("found"), max_length=16, choices=Found)
    household = models.CharField(_("situation of the household"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"check {self.pk}"


class RoundResult(models.TextChoices):
    AGREED = "agreed", _("agrees to come back, with a date")
    HESITANT = "hesitant", _("hesitates")
    REFUSED = "refused", _("refuses")
    NOT_MET = "not_met", _("nobody was met")


class PersuasionRound(models.Model):
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="rounds")
    episode = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField(_("held on"))
    participants = models.CharField(_("who took part"), max_length=200)
    result = models.CharField(_("result"), max_length=10, choices=RoundResult)
    promised_on = models.DateField(_("promised day of return"), null=True, blank=True)
    note = models.TextField(_("what was said and agreed"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "episode", "number"], name="round_once")]

    def __str__(self) -> str:
        return f"round {self.number} of {self.case_id}"
