"""The journal: what was done, by whom, when. Ids and codes only, no personal data; the database refuses UPDATE and DELETE."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.journal.clock import EngineNow
from cases.journal.verbs import Verb


class Entry(models.Model):
    verb = models.CharField(_("what"), max_length=40, choices=Verb)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="entries")
    episode = models.PositiveSmallIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who"))
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for"))
    occurred_at = models.DateTimeField(_("when it was so"))
    recorded_at = models.DateTimeField(_("when we were told"), db_default=EngineNow())
    submission = models.UUIDField(null=True, blank=True, editable=False)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(fields=["case", "-id"], name="entry_of_a_case"),
            models.Index(fields=["actor", "-id"], name="entry_of_a_person"),
        ]
        constraints = [
            # the same form posted twice counts once
            models.UniqueConstraint(fields=["submission"], condition=Q(submission__isnull=False), name="one_entry_a_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


class Remark(models.Model):
    """The words that somebody gave with an entry. They may name people, so they live beside the journal and can be destroyed by law."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="remark")
    text = models.TextField(_("remark"))

    def __str__(self) -> str:
        return f"remark on {self.entry_id}"


class Seal(models.Model):
    """A link of the hash chain over a batch of entries, made by a job and never in the writing transaction."""

    first = models.BigIntegerField(unique=True)
    last = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    sealed_at = models.DateTimeField(db_default=EngineNow())

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"
