"""The phones of people, what each of them took along, and records on their way in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.files.models import StoredFile
from cases.journal.clock import EngineNow
from cases.mobile.scope import PhoneFileQuerySet, PhoneQuerySet, PhoneTaskQuerySet, UploadQuerySet


class Phone(models.Model):
    """One person on one device. Two people may share a device: each has a row, a key share and a token of their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="phones")
    device = models.UUIDField()
    first_at = models.DateTimeField(db_default=EngineNow())
    heard_at = models.DateTimeField(_("last heard of"), db_default=EngineNow())
    # half of what opens the records on the phone after a forgotten PIN; sealed, see cases.mobile.phones
    share = models.BinaryField(null=True, editable=False)
    # good for the phone pages alone; only its digest is kept
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    token_until = models.DateTimeField(null=True, editable=False)
    token_epoch = models.CharField(max_length=64, blank=True, editable=False)  # of the person's sessions: a new password ends the token
    token_session = models.CharField(max_length=64, blank=True, editable=False)  # digest of the session in which it was given
    self_check = models.JSONField(_("self-check"), default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(_("version of the pages"), max_length=40, blank=True)  # as the phone last said
    waiting = models.PositiveIntegerField(_("records waiting on the phone"), null=True, blank=True)  # as the phone last said; null: never
    waiting_at = models.DateTimeField(null=True, blank=True)
    # said to be lost: no cookie opens it, and its half of the key needs the password
    lost_at = models.DateTimeField(_("lost since"), null=True, blank=True)
    lost_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lost_reason = models.TextField(_("how it was lost"), blank=True)

    objects: ClassVar = PhoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            models.UniqueConstraint(fields=["user", "device"], name="a_person_once_a_device"),
            models.UniqueConstraint(fields=["token_digest"], condition=~models.Q(token_digest=""), name="a_token_opens_one_phone"),
            models.CheckConstraint(condition=models.Q(lost_at__isnull=True) | models.Q(token_digest=""), name="a_lost_phone_has_no_token"),
        ]
        indexes = [models.Index(fields=["heard_at"], name="phone_silence")]

    def __str__(self) -> str:
        return f"phone {self.pk}"

    @property
    def short_name(self) -> str:
        """The kind of phone as its self-check told it, and four signs that tell two of a kind apart."""
        kernel = str(self.self_check.get("kernel") or "") if "self_check" not in self.get_deferred_fields() else ""
        kind = next((name for name in ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac") if name.lower() in kernel.lower()), "")
        return f"{kind or _('Phone')} {self.device.hex[-4:]}"


class PhoneTask(models.Model):
    """What a phone took along: a case, with the task in it or without. Says who answered for a child when a visit was made offline."""

    phone = models.ForeignKey(Phone, models.PROTECT, related_name="tasks")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    task = models.BigIntegerField(default=0)  # the pk of the task, whose room lies above this one; 0: the case alone
    since = models.DateTimeField()
    until = models.DateTimeField()  # the last list that had it
    silent_at = models.DateTimeField(null=True, blank=True)  # put before the supervisor: nothing was heard for too long

    objects: ClassVar = PhoneTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task on a phone")
        verbose_name_plural = _("tasks on phones")
        constraints = [models.UniqueConstraint(fields=["phone", "case", "task"], name="taken_along_once")]
        indexes = [models.Index(fields=["case", "-silent_at"], name="silent_phones_of_a_case", condition=models.Q(silent_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.case_id} on phone {self.phone_id}"


class VisitUpload(models.Model):
    """A visit on its way in, under the id that the phone gave it. `body` is emptied once the visit is on record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    body_sha256 = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    photos_wanted = ArrayField(models.UUIDField(), default=list, blank=True)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    refused = models.CharField(max_length=12, blank=True)  # cases.visits.receiving.Why: only a copy was kept
    receipt = models.JSONField(default=dict, blank=True)  # what the phone was told, and is told again

    objects: ClassVar = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit on its way in")
        verbose_name_plural = _("visits on their way in")
        indexes = [models.Index(fields=["owner", "-received_at"], name="uploads_of_a_person")]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class PhotoUpload(models.Model):
    """A photo of such a visit, made again from its pixels. Two photos of equal bytes are two photos."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(VisitUpload, models.PROTECT, related_name="photos")
    sha256 = models.CharField(max_length=64)  # as the phone sent it
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=EngineNow())

    def __str__(self) -> str:
        return f"photo {self.pk}"


class PhoneFile(models.Model):
    """An exported file of records that a phone could not send, between the look at it and the taking in; its bytes stay as encrypted as they came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("records of"))
    device = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("brought in by"))
    brought_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    results = models.JSONField(default=list, blank=True)

    objects: ClassVar = PhoneFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("exported file of a phone")
        verbose_name_plural = _("exported files of phones")

    def __str__(self) -> str:
        return f"file {self.pk}"
