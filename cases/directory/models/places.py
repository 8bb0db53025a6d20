"""Places, and the organisations of both lines in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.directory.people import OrganisationQuerySet


class Line(models.TextChoices):
    """The two lines of responsibility (notice 2023-6, section 1)."""

    GOVERNMENT = "government", _("government line")
    EDUCATION = "education", _("education line")


class Level(models.TextChoices):
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    VILLAGE = "village", _("village")


class Area(models.Model):
    """A place. The code is its administrative code without trailing zeros, so that jurisdiction is a prefix:
    province 42, prefecture 4201, county 420106, township 420106001, village 12 digits."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(pgettext_lazy("of a place or office", "name"), max_length=60)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    ledger_name = models.CharField(_("name in the ledger table"), max_length=20, blank=True)
    ledger_position = models.PositiveSmallIntegerField(_("row in the ledger table"), null=True, blank=True)
    is_custom = models.BooleanField(_("zone without a national code"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        indexes = [models.Index(fields=["code"], name="area_code_prefix", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.UniqueConstraint(fields=["ledger_position"], condition=Q(ledger_position__isnull=False), name="one_area_a_ledger_row"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationKind(models.TextChoices):
    SCHOOL = "school", _("school")
    VILLAGE = "village", _("village committee")
    TOWNSHIP = "township", _("township government")
    COUNTY_EDUCATION = "county_education", _("county education bureau")
    COUNTY_GOVERNMENT = "county_government", _("county government")
    CONFERENCE_OFFICE = "conference_office", _("joint conference office")
    DEPARTMENT = "department", _("department")
    INSPECTORATE = "inspectorate", _("education inspectorate")
    PREFECTURE_EDUCATION = "prefecture_education", _("prefecture education bureau")
    PREFECTURE_GOVERNMENT = "prefecture_government", _("prefecture government")
    PROVINCE_EDUCATION = "province_education", _("provincial education department")
    PROVINCE_GOVERNMENT = "province_government", _("provincial government")


class Department(models.TextChoices):
    """Members of the joint conference (notice 2023-6, section 1) and those that take part elsewhere."""

    REFORM = "reform", _("development and reform")
    POLICE = "police", _("police")
    JUSTICE = "justice", _("justice")
    FINANCE = "finance", _("finance")
    LABOUR = "labour", _("human resources and social security")
    MARKET = "market", _("market regulation")
    YOUTH = "youth", _("youth league")
    WOMEN = "women", _("women's federation")
    CIVIL_AFFAIRS = "civil_affairs", _("civil affairs")
    DISABLED = "disabled", _("disabled persons' federation")
    HEALTH = "health", _("health")
    RURAL = "rural", _("agriculture and rural affairs")
    RELIGION = "religion", _("ethnic and religious affairs")
    PROCURATORATE = "procuratorate", _("procuratorate")
    COURT = "court", _("court")


class Organisation(models.Model):
    name = models.CharField(pgettext_lazy("of a place or office", "name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=24, choices=OrganisationKind)
    department = models.CharField(_("department"), max_length=16, choices=Department, blank=True)
    line = models.CharField(_("line"), max_length=12, choices=Line)
    area = models.ForeignKey(Area, models.PROTECT, related_name="organisations", verbose_name=_("area"))
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name=_("superior in the same line")
    )
    code = models.CharField(_("own code"), max_length=20, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects: ClassVar = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [models.Index(fields=["area", "kind"], name="organisation_place")]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="department") | ~Q(department=""), name="a_department_is_named"),
            models.CheckConstraint(condition=Q(superior__isnull=True) | ~Q(superior=F("id")), name="nobody_is_their_own_superior"),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolClass(models.Model):
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="classes", verbose_name=_("school"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    name = models.CharField(_("class"), max_length=20)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = [
            models.UniqueConstraint(fields=["school", "grade", "name"], condition=Q(active=True), name="class_once_a_school"),
            models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="compulsory_education_has_nine_grades"),
        ]

    def __str__(self) -> str:
        return self.name
