"""People, and the posts they hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_lazy as _

from cases import sql
from cases.directory.models.places import Organisation, SchoolClass
from cases.directory.people import AppointmentQuerySet, UserManager

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cases.directory.capabilities import Capability


class Role(models.TextChoices):
    CLASS_TEACHER = "class_teacher", _("class teacher")
    PRINCIPAL = "principal", _("principal")
    VILLAGE_CADRE = "village_cadre", _("village cadre")
    TOWNSHIP_OFFICER = "township_officer", _("township officer")
    TOWNSHIP_HEAD = "township_head", _("township head")
    COUNTY_OFFICER = "county_officer", _("county education officer")
    COUNTY_HEAD = "county_head", _("county education head")
    CONVENER = "convener", _("convener of the joint conference")
    CONFERENCE_OFFICE = "conference_office", _("joint conference office")
    DEPARTMENT_OFFICER = "department_officer", _("department officer")
    PREFECTURE_OFFICER = "prefecture_officer", _("prefecture officer")
    PREFECTURE_HEAD = "prefecture_head", _("prefecture education head")
    PROVINCE_OFFICER = "province_officer", _("province officer")
    PROVINCE_HEAD = "province_head", _("provincial education head")
    INSPECTOR = "inspector", _("inspector")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDITOR = "auditor", _("auditor")


# As AppointmentQuerySet.present, in the words that every request says.
PRESENT_POSTS = """
FROM cases_appointment JOIN cases_organisation ON cases_organisation.id = cases_appointment.organisation_id
WHERE user_id = %s AND (engine_now() AT TIME ZONE %s)::date BETWEEN since AND coalesce(until, 'infinity')
ORDER BY since, cases_appointment.id
"""


class User(AbstractBaseUser):
    """A person with a work account. Posts are held through Appointment; a person who did something is never deleted."""

    username = models.CharField(_("work account"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(_("must change the password at the next log-in"), default=False)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    session_epoch = models.PositiveIntegerField(default=0)  # raised to end every session of this person

    _posts: tuple[Appointment, ...] | None = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.CheckConstraint(condition=Q(username=Lower("username")), name="work_accounts_are_lower_case")]
        indexes = [
            GinIndex(fields=["name"], name="user_name_trigram", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["phone"], name="user_phone", condition=~Q(phone="")),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def posts(self) -> tuple[Appointment, ...]:
        """The posts held today, the oldest first, with their organisations: one query a user object, however often it is asked."""
        if self._posts is None:
            held = sql.read((Appointment, Organisation), PRESENT_POSTS, self.pk, get_current_timezone_name()) if self.pk and self.is_active else []
            for post, organisation in held:
                post.user, post.organisation = self, organisation
            self._posts = tuple(post for post, _organisation in held)
        return self._posts

    def forget_posts(self) -> None:
        """Ask the database again next time: somebody was appointed or an appointment ended."""
        self._posts = None

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.forget_posts()

    def can(self, capability: Capability) -> bool:
        """Whether one of the user's posts has the capability, wherever."""
        from cases.directory.capabilities import may

        return may(self, capability)

    def get_session_auth_hash(self) -> str:
        return salted_hmac("cases.directory.models.User.session", f"{self.password}:{self.session_epoch}", algorithm="sha256").hexdigest()

    # What Django's admin asks. It knows no permissions of its own here: who may configure may do so, nobody else.
    @property
    def is_staff(self) -> bool:
        from cases.directory.capabilities import Capability

        return self.can(Capability.CONFIGURE)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Appointment(models.Model):
    """Who holds which post where, since when and until when (the last day included)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments", verbose_name=_("person"))
    role = models.CharField(_("post"), max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="appointments", verbose_name=_("organisation"))
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("class"))
    since = models.DateField(_("since"), default=date.today)
    until = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by"))

    objects: ClassVar = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [models.Index(fields=["organisation", "role"], name="appointment_post")]
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="appointment_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(role="class_teacher") | Q(school_class__isnull=False), name="a_class_teacher_has_a_class"),
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "school_class"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="one_open_appointment_a_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.organisation_id}"
