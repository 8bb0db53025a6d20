"""What the supervisor's desk keeps: one thing done to many tasks, row by row, and filters that somebody gave a name."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.journal.clock import EngineNow
from workflows.deskscope import BulkJobQuerySet, SavedFilterQuerySet


class BulkAction(models.TextChoices):
    REMIND = "remind", _("Remind")
    REASSIGN = "reassign", _("Reassign")
    EXTEND = "extend", _("Extend")
    CLAIM = "claim", _("Claim")
    GIVE_BACK = "give_back", _("Give back")  # undoes a reassignment


class BulkJob(models.Model):
    """One thing that somebody does to many tasks. How far it came is counted from its results, so no two workers ever write the same number."""

    action = models.CharField(max_length=10, choices=BulkAction)
    note = models.TextField(blank=True)
    params = models.JSONField(default=dict)  # ids and days: {"to", "restart"} of a reassignment, {"until"} of an extension
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    submission = models.UUIDField(unique=True)  # the token of the page from which it came: posted twice, it is done once
    total = models.PositiveIntegerField()
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar = BulkJobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="bulk_unfinished", condition=Q(finished_at__isnull=True)),
            models.Index(fields=["asked_by", "-id"], name="bulk_of_a_person"),
        ]
        constraints = [models.CheckConstraint(condition=Q(total__gt=0), name="a_bulk_job_has_rows")]

    def __str__(self) -> str:
        return f"bulk {self.pk}"


class BulkRow(models.Model):
    """A task that was picked. What is locked while it is worked on, so that two workers never take the same one."""

    job = models.ForeignKey(BulkJob, models.PROTECT, related_name="rows")
    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "assignment"], name="a_task_once_a_bulk_job")]

    def __str__(self) -> str:
        return f"bulk row {self.pk}"


class BulkOutcome(models.TextChoices):
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class BulkResult(models.Model):
    """What became of a row, written in the transaction that did it. Append-only."""

    row = models.OneToOneField(BulkRow, models.PROTECT, primary_key=True, related_name="result")
    outcome = models.CharField(max_length=8, choices=BulkOutcome)
    reason = models.CharField(max_length=300, blank=True)  # why it was refused, in the words of whoever asked; no name of a child
    before = models.JSONField(default=dict)  # whose task it was before a reassignment: {"organisation", "role", "holder"}
    at = models.DateTimeField(db_default=EngineNow())

    def __str__(self) -> str:
        return f"bulk result {self.pk}"


class Listing(models.TextChoices):
    INBOX = "inbox", _("My tasks")
    QUEUE = "queue", _("Escalation queue")
    CASES = "cases", _("Cases")


class SavedFilter(models.Model):
    """Choices of a list that somebody gave a name. Codes only: neither what was searched for nor anybody's name is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listing = models.CharField(max_length=8, choices=Listing)
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(max_length=300)  # as it stands in the address, its words in order
    is_default = models.BooleanField(_("open the list with it"), default=False)

    objects: ClassVar = SavedFilterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "listing", "name"], name="filter_once_a_name"),
            models.UniqueConstraint(fields=["user", "listing"], condition=Q(is_default=True), name="one_default_filter_a_list"),
            models.CheckConstraint(condition=~Q(query__regex=r"\d{15}"), name="no_identity_number_in_a_filter"),
        ]

    def __str__(self) -> str:
        return f"filter {self.pk}"
