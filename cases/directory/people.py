"""Making accounts, and who sees which people, posts and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate

from cases.journal.clock import EngineNow

if TYPE_CHECKING:
    from cases.directory.models import Appointment, Organisation, User  # noqa: F401 (a string names it)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> Self:
        """People whose directory entry the user may open.

        A person is included if, and only if, it is the user, or the user manages accounts or posts and
        - is a system or security administrator, or
        - the person holds a post today, or held one, at an organisation that the user's managing posts cover (`OrganisationQuerySet.managed_by`).
        """
        from cases.directory.jurisdiction import sees_all_people
        from cases.directory.models import Appointment, Organisation

        if sees_all_people(user):
            return self.all()
        posts = Appointment.objects.filter(organisation__in=Organisation.objects.managed_by(user))
        return self.filter(Q(pk=user.pk) | Q(pk__in=posts.values("user_id")))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User) -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A person with a work account; without a password nobody can log in with it yet."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def present(self) -> Self:
        """Appointments that hold on the engine's today, the last day included."""
        today = TruncDate(EngineNow())
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)

    def of_post(self, organisation: Organisation, role: str) -> Self:
        """Who holds the post at the organisation today and can log in, the longest first."""
        return self.present().filter(organisation=organisation, role=role, user__is_active=True).order_by(F("since"), "pk")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def managed_by(self, user: User) -> Self:
        """Organisations whose people the user looks after.

        An organisation is included if, and only if, the user is
        - a system or security administrator, or
        - an official of a county education bureau (or above) with the capability to manage accounts, and its area lies in the post's area, or
        - a principal, and it is the user's own school.
        """
        from cases.directory.jurisdiction import managed_organisations

        return self.filter(managed_organisations(user))

    def visible_to(self, user: User) -> Self:
        """Every active organisation, since offices and schools are public, and the retired ones that the user manages; no others."""
        from cases.directory.jurisdiction import managed_organisations

        return self.filter(Q(active=True) | managed_organisations(user))
