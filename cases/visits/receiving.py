"""How a record of a visit reached us, what came too late for whoever answers for the child now, and what is asked to be put right."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.journal.clock import EngineNow
from cases.visits.models import HomeVisit
from cases.visits.scope import CorrectionQuerySet, DenialQuerySet, LateVisitQuerySet

CLOCK_OFF = timedelta(minutes=10)  # a phone whose clock differs by more is marked


class Source(models.TextChoices):
    PHONE = "phone", _("phone")
    FILE = "file", _("exported file of a phone")
    PAPER = "paper", _("paper form")


class NoPosition(models.TextChoices):
    """Why a visit has no position."""

    OFF = "off", _("switched off by the visitor")
    DENIED = "denied", _("not allowed by the visitor")
    UNAVAILABLE = "unavailable", _("no position to be had")
    TIMEOUT = "timeout", _("took too long")
    UNSUPPORTED = "unsupported", _("the phone cannot do it")


class Arrival(models.Model):
    """Beside a visit that was not typed into the page on the spot: where it came from, and what the phone's clock said."""

    visit = models.OneToOneField(HomeVisit, models.PROTECT, primary_key=True, related_name="arrival")
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    device = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    said_at = models.DateTimeField(_("when, by the visitor's clock"))  # the visit's own `occurred_at` is what we believe
    saved_at = models.DateTimeField(_("saved, by the phone's clock"), null=True, blank=True)
    clock_ms = models.BigIntegerField(_("clock of the server minus that of the phone"), null=True, blank=True)  # milliseconds
    clock_off = models.BooleanField(_("the phone's clock was wrong"), default=False)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)  # degrees, about one metre
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    accuracy = models.PositiveIntegerField(null=True, blank=True)  # metres
    no_position = models.CharField(max_length=12, choices=NoPosition, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True) | Q(latitude__isnull=False, longitude__isnull=False),
                name="a_position_has_two_numbers",
            ),
            models.CheckConstraint(condition=Q(latitude__isnull=True) | Q(no_position=""), name="a_position_or_why_not"),
        ]

    def __str__(self) -> str:
        return f"arrival of {self.visit_id}"


class Why(models.TextChoices):
    """Why a record lies before the supervisor."""

    CLOSED = "closed", _("the case had been closed")
    PAUSED = "paused", _("the case was suspended")
    MOVED = "moved", _("the child had moved to another class, school or place")
    HANDS = "hands", _("somebody else had become responsible")
    NOT_ALLOWED = "not_allowed", _("the visitor was not responsible for the child")
    REFUSED = "refused", _("the record could not be taken as it was")


class Decision(models.TextChoices):
    """What became of a record of which only a copy was kept."""

    TAKEN = "taken", _("taken over")
    REFUSED = "refused", _("not taken over")


class LateVisit(models.Model):
    """收到补传的家访记录: a record that arrived when things had changed, until somebody in charge has seen it.

    With a `visit` it is attached to the case; without one only this copy was kept, and `said` holds its words.
    """

    record = models.UUIDField(unique=True)  # the id that the phone gave it
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="late_visits")
    visit = models.OneToOneField(HomeVisit, models.PROTECT, null=True, blank=True, related_name="late")
    visitor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=12, choices=Why)
    said = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"), db_default=EngineNow())
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    photos = models.ManyToManyField(StoredFile, related_name="late_copies", blank=True)  # of a copy alone; a visit has its own
    photos_gone_at = models.DateTimeField(null=True, blank=True)  # deleted when the copy was not taken over and its time had passed

    objects: ClassVar = LateVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("late record of a visit")
        verbose_name_plural = _("late records of visits")
        indexes = [models.Index(fields=["case", "-received_at"], name="late_visits_waiting", condition=Q(seen_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_by__isnull=True, seen_at__isnull=True) | Q(seen_by__isnull=False, seen_at__isnull=False),
                name="seen_by_somebody_at_a_time",
            ),
            models.CheckConstraint(condition=Q(decision="") | Q(seen_at__isnull=False), name="decided_by_somebody"),
            models.CheckConstraint(condition=~Q(decision="taken") | Q(visit__isnull=False), name="taken_over_as_a_visit"),
        ]

    def __str__(self) -> str:
        return f"late record {self.record}"

    def get_absolute_url(self) -> str:
        return reverse("late-visit", args=[self.pk])


class CorrectionRequest(models.Model):
    """Somebody in charge asks the maker of a record to put it right. It is answered by the record that corrects the visit."""

    visit = models.OneToOneField(HomeVisit, models.PROTECT, related_name="correction_request")
    reason = models.TextField(_("what should be put right"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects: ClassVar = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to correct a visit")
        verbose_name_plural = _("requests to correct a visit")

    def __str__(self) -> str:
        return f"correction of {self.visit_id}"


class Denial(models.Model):
    """非本人记录: whoever stands as visitor of a record that somebody else entered says that it was not so, until somebody in charge settled it."""

    visit = models.OneToOneField(HomeVisit, models.PROTECT, related_name="denial")
    reason = models.TextField(_("what was not so"))
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settlement = models.TextField(_("what was found"), blank=True)

    objects: ClassVar = DenialQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit denied by its visitor")
        verbose_name_plural = _("visits denied by their visitors")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True) | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="settled_by_somebody_at_a_time",
            ),
            models.CheckConstraint(condition=Q(settled_by__isnull=True) | ~Q(settled_by=models.F("said_by")), name="nobody_settles_their_own_denial"),
        ]

    def __str__(self) -> str:
        return f"denial of {self.visit_id}"
