"""Children and their guardians."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.journal.clock import EngineNow
from cases.register.scope import StudentQuerySet


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
