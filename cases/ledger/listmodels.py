"""A long list of names that somebody asked for: made beside the requests, kept for some hours, then destroyed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.ledger.scope import NameListQuerySet


class ListState(models.TextChoices):
    WAITING = "waiting", _("waits for a worker")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("not made")
    DESTROYED = "destroyed", _("destroyed")


class NameList(models.Model):
    """What was asked for and how far it is. The row stays when the file is destroyed: it says that there was one, and names no child."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    submission = models.UUIDField(unique=True)  # the token of the page from which it came: posted twice, it is made once
    unit = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    full = models.BooleanField()  # with identity numbers in full
    purpose = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ListState, default=ListState.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    sign_at = models.DateTimeField(null=True)  # the last sign of life of whoever makes it, by the server's own clock
    ready_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)
    taken = models.PositiveSmallIntegerField(default=0)  # how often it was taken out

    objects: ClassVar = NameListQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["asked_by", "-id"], name="lists_of_a_person"),
            models.Index(fields=["id"], name="lists_to_make", condition=Q(state__in=("waiting", "making"))),
            models.Index(fields=["keep_until"], name="lists_to_destroy", condition=Q(state="ready")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="no_more_names_than_asked_for"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(keep_until__isnull=False), name="every_list_is_destroyed"),
        ]

    def __str__(self) -> str:
        return f"names {self.unit_id} {self.year}-{self.month:02}"

    def get_absolute_url(self) -> str:
        return reverse("ledger-names-list", args=[self.pk])

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_underway(self) -> bool:
        return self.state in (ListState.WAITING, ListState.MAKING)


class NameListFile(models.Model):
    """The workbook, sealed. Deleted when its time is over."""

    list = models.OneToOneField(NameList, models.PROTECT, primary_key=True, related_name="file")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.list_id}"
