"""Evidence and photos: bytes outside the web root, rows here, served only through `visible_to`."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.files.scope import FileQuerySet
from cases.journal.clock import EngineNow


class StoredFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="files")
    kind = models.CharField(_("kind of evidence"), max_length=40)  # CodeList.EVIDENCE
    name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=EngineNow())

    objects: ClassVar = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["-uploaded_at"], name="files_newest")]  # the job that draws small pictures

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk])

    @property
    def is_photo(self) -> bool:
        return self.content_type == "image/jpeg"
