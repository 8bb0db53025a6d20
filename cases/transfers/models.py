"""A child's case goes over to another unit, by a handshake of two; and one county asks another for help."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.transfers.scope import InquiryQuerySet, TransferQuerySet


class TransferReason(models.TextChoices):
    SCHOOL_CHANGED = "school_changed", _("changed to a school there")
    FAMILY_MOVED = "family_moved", _("lives there with the family now")
    REGISTER_MOVED = "register_moved", _("household register moved there")
    OTHER = "other", _("other, see the explanation")


class TransferState(models.TextChoices):
    OFFERED = "offered", _("waits for the answer")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn by the giver")
    LAPSED = "lapsed", _("lapsed: the case was closed")


class Transfer(models.Model):
    """Offered by one county, answered by another; inside a county the bureau moves the child alone. Until it is accepted nothing moves."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="transfers")
    episode = models.PositiveSmallIntegerField()
    reason = models.CharField(_("reason"), max_length=20, choices=TransferReason)
    note = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    # where the case belonged when it was offered, and where it is to go
    from_county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    from_place = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    from_school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    from_township = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    from_education = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    to_county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("receiving county"))
    to_place = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("township or village"))
    to_school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("receiving school"))
    to_class = models.ForeignKey("cases.SchoolClass", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("class"))
    to_township = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    to_education = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=TransferState, default=TransferState.OFFERED)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    entry = models.OneToOneField("cases.Entry", models.PROTECT, null=True, blank=True, related_name="+")  # of the acceptance

    objects: ClassVar = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes = [
            models.Index(fields=["from_education", "-id"], name="transfers_given"),
            models.Index(fields=["to_education", "-id"], name="transfers_taken"),
            models.Index(fields=["case", "-id"], name="transfers_of_a_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="offered"), name="one_open_offer_a_case"),
            models.CheckConstraint(
                condition=Q(state="offered", decided_at__isnull=True) | (~Q(state="offered") & Q(decided_at__isnull=False)),
                name="an_answered_offer_has_its_moment",
            ),
            models.CheckConstraint(condition=~Q(state="accepted") | Q(decided_by__isnull=False), name="somebody_accepted_it"),
            models.CheckConstraint(condition=Q(state="accepted") | ~Q(from_county=F("to_county")), name="no_handshake_inside_a_county"),
            # between counties a second pair of eyes, whatever posts somebody holds
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(from_county=F("to_county")) | ~Q(decided_by=F("offered_by")),
                name="nobody_takes_over_from_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("transfer", args=[self.pk])


class InquiryState(models.TextChoices):
    ASKED = "asked", _("waits for the answer")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("withdrawn by the asking county")


class InquiryFinding(models.TextChoices):
    AT_SCHOOL = "at_school", _("found, attends a school there")
    OUT_OF_SCHOOL = "out_of_school", _("found, out of school")
    MOVED_ON = "moved_on", _("was there, has moved on")
    NOT_FOUND = "not_found", _("not found")


class Inquiry(models.Model):
    """协查: one county asks another to look for a child. The asked county learns the least that it needs for that."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="inquiries")
    episode = models.PositiveSmallIntegerField()
    from_education = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    to_county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("asked county"))
    to_education = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")
    believed_at = models.CharField(_("where the child is believed to be"), max_length=200)
    question = models.TextField(_("what is asked"))
    state = models.CharField(_("state"), max_length=10, choices=InquiryState, default=InquiryState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finding = models.CharField(_("finding"), max_length=16, choices=InquiryFinding, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    evidence = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        indexes = [
            models.Index(fields=["from_education", "-id"], name="inquiries_asked"),
            models.Index(fields=["to_education", "-id"], name="inquiries_received"),
            models.Index(fields=["case", "-id"], name="inquiries_of_a_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "to_county"], condition=Q(state="asked"), name="one_open_inquiry_a_county"),
            models.CheckConstraint(condition=~Q(from_education=F("to_education")), name="nobody_asks_themselves_for_help"),
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(finding="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answer_has_its_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"inquiry {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("inquiry", args=[self.pk])
