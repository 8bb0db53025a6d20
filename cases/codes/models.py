"""Code lists that an administrator may word, order, extend and retire; facts keep the code."""

import builtins

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeList(models.TextChoices):
    CHANNEL = "channel", _("discovery channel")
    REASON = "reason", _("reason for not attending")
    NOT_DROPOUT = "not_dropout", _("finding: not a dropout")
    PLACEMENT = "placement", _("placement on return")
    GROUND = "ground", _("ground of deduction")
    DEFERRAL_GROUND = "deferral_ground", _("ground of deferred enrolment")
    EVIDENCE = "evidence", _("kind of evidence")
    SPECIAL_GROUP = "special_group", _("special group")
    WHEREABOUTS = "whereabouts", _("whereabouts of the child")
    RELATION = "relation", _("relation to the child")


class CodeItem(models.Model):
    list = models.CharField(_("list"), max_length=20, choices=CodeList)
    code = models.SlugField(_("code"), max_length=40)
    zh = models.CharField(_("Chinese name"), max_length=80)
    en = models.CharField(_("English name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("offered in forms"), default=True)
    wants_text = models.BooleanField(_("asks for an explanation"), default=False)
    ministry_priority = models.BooleanField(_("one of the ministry's four causes"), default=False)
    # for a ground: the kinds of evidence of which at least one of each inner list must be there
    evidence = models.JSONField(_("evidence demanded"), default=builtins.list, blank=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="code_once_a_list")]

    def __str__(self) -> str:
        return f"{self.list}:{self.code}"


class Setting(models.Model):
    """A rule that an administrator may change, for the province or one county, such as the days after which absence counts as suspicion."""

    code = models.SlugField(_("code"), max_length=40)
    county = models.ForeignKey("cases.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county"))
    value = models.JSONField(_("value"))
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")
        constraints = [models.UniqueConstraint(fields=["code", "county"], nulls_distinct=False, name="setting_once")]

    def __str__(self) -> str:
        return self.code
