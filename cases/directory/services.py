"""People and the posts they hold: making accounts, appointing, one-time passwords, leavers. Nobody who did something is ever deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.directory.authority import require_people, require_post, runs_the_system, stands_below
from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.models import Appointment, Organisation, SchoolClass, User
from cases.directory.passwords import hash_one_time, one_time_password
from cases.directory.personchecks import BadPerson, check_person, check_post
from cases.directory.posts import ADMINISTRATIVE
from cases.journal.clock import day
from cases.journal.models import Entry
from cases.journal.services import record
from cases.journal.verbs import Verb

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class NewAccount:
    user: User
    password: str  # shown once, kept nowhere


@transaction.atomic
def add_user(
    *,
    username: str,
    name: str,
    by: User,
    now: datetime,
    phone: str = "",
    email: str = "",
    language: str = "zh-hans",
    role: str = "",
    organisation: Organisation | None = None,
    school_class: SchoolClass | None = None,
    since: date | None = None,
) -> NewAccount:
    """A work account with a one-time password and, when a role is given, its first post.

    A system administrator makes accounts without posts, too; the county's bureau only with an ordinary post in its county, since a
    person without a post belongs to no county. Raises NotAllowed, BadPerson.
    """
    if not runs_the_system(by):
        if not role or organisation is None:
            raise NotAllowed(_("Give the person a post in your area with the account."))
        require_post(by, role, organisation)
    check_person(username=username, name=name, phone=phone, email=email)
    username = username.strip().lower()
    if User.objects.filter(username=username).exists():
        raise BadPerson("username", _("This work account exists already."))
    password = one_time_password()
    user = User(username=username.strip(), name=name.strip(), phone=phone.strip(), email=email.strip(), language=language, must_change_password=True)
    user.password = hash_one_time(password)
    user.save(force_insert=True)
    record(Verb.USER_ADDED, actor=by, at=now, organisation=organisation, user=user.pk)
    if role and organisation is not None:
        appoint(user, role=role, organisation=organisation, school_class=school_class, since=since, by=by, now=now)
    return NewAccount(user, password)


@transaction.atomic
def edit_user(user: User, *, name: str, phone: str, email: str, by: User, now: datetime) -> User:
    """Correct a person's name and how to reach them. Raises NotAllowed, BadPerson."""
    if user.pk != by.pk:
        require_people(by, user)
    check_person(username=user.username, name=name, phone=phone, email=email)
    user.name, user.phone, user.email = name.strip(), phone.strip(), email.strip()
    user.save(update_fields=["name", "phone", "email"])
    record(Verb.USER_CHANGED, actor=by, at=now, user=user.pk)
    return user


@transaction.atomic
def edit_profile(user: User, *, phone: str, email: str, language: str, now: datetime) -> User:
    """What people say of themselves; the name is the office's to correct. Raises BadPerson."""
    check_person(username=user.username, name=user.name, phone=phone, email=email)
    user.phone, user.email, user.language = phone.strip(), email.strip(), language
    user.save(update_fields=["phone", "email", "language"])
    record(Verb.USER_CHANGED, actor=user, at=now, user=user.pk)
    return user


def choose_language(user: User, language: str) -> None:
    """A taste, not a fact: no journal entry."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def appoint(
    user: User,
    *,
    role: str,
    organisation: Organisation,
    by: User,
    now: datetime,
    school_class: SchoolClass | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Appointment:
    """Give a person a post from a day on (today unless said), until a day or open. Raises NotAllowed, BadPerson."""
    require_post(by, role, organisation, user)
    since = since or day(now)
    check_post(role=role, organisation=organisation, school_class=school_class, since=since, until=until)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = list(Appointment.objects.filter(Q(until__isnull=True) | Q(until__gte=since), user=user))
    if any(post.role != role and ADMINISTRATIVE & {post.role, role} for post in held):
        raise BadPerson("role", _("An administrator's post stands alone: it cannot be held beside another post."))
    place = (role, organisation.pk, school_class.pk if school_class else None)
    if any((post.role, post.organisation_id, post.school_class_id) == place for post in held):
        raise BadPerson("role", _("This person holds this post already."))
    appointment = Appointment.objects.create(
        user=user, role=role, organisation=organisation, school_class=school_class, since=since, until=until, granted_by=by
    )
    user.forget_posts()
    record(Verb.APPOINTED, actor=by, at=now, organisation=organisation, user=user.pk, appointment=appointment.pk, role=role)
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, on: date, by: User, now: datetime) -> Appointment:
    """The post ends with the day `on`, included; a post that has not begun ends on its first day. Ask `open_work` for what is left to hand over.

    Raises NotAllowed, BadPerson when it ended before.
    """
    require_post(by, appointment.role, appointment.organisation, appointment.user)
    appointment = Appointment.objects.select_for_update(no_key=True).select_related("organisation", "user").get(pk=appointment.pk)
    if appointment.until and appointment.until <= on:
        raise BadPerson("on", _("This appointment has ended already."))
    appointment.until = max(on, appointment.since)
    appointment.save(update_fields=["until"])
    appointment.user.forget_posts()
    record(
        Verb.APPOINTMENT_ENDED,
        actor=by,
        at=now,
        organisation=appointment.organisation,
        user=appointment.user_id,
        appointment=appointment.pk,
        until=appointment.until.isoformat(),
    )
    return appointment


@transaction.atomic
def deactivate(user: User, *, by: User, now: datetime) -> list[Any]:
    """A leaver: every present post ends yesterday at the latest, the account is closed, every session ends.

    Returns the open tasks that the person still holds. This room does not know the flows: whoever calls this hands the list to the
    hand-over of the task room, in the same transaction, and the people who get the work are told there. Raises NotAllowed.
    """
    require_people(by, user)
    if user.pk == by.pk:
        raise NotAllowed(_("Nobody closes their own account."))
    yesterday = day(now) - timedelta(days=1)
    for appointment in Appointment.objects.filter(user=user).select_related("organisation"):
        if appointment.until is None or appointment.until > yesterday:
            appointment.until = max(yesterday, appointment.since)
            appointment.save(update_fields=["until"])
            record(
                Verb.APPOINTMENT_ENDED,
                actor=by,
                at=now,
                organisation=appointment.organisation,
                user=user.pk,
                appointment=appointment.pk,
                until=appointment.until.isoformat(),
            )
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    user.forget_posts()
    record(Verb.USER_CHANGED, actor=by, at=now, user=user.pk, active=False)
    return list(open_work(user))


@transaction.atomic
def reactivate(user: User, *, by: User, now: datetime) -> NewAccount:
    """Somebody comes back: the account opens with a one-time password and without posts. Raises NotAllowed."""
    require_people(by, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(Verb.USER_CHANGED, actor=by, at=now, user=user.pk, active=True)
    return NewAccount(user, _give_password(user, by=by, now=now))


@transaction.atomic
def reset_password(user: User, *, by: User, now: datetime) -> str:
    """A one-time password for somebody who forgot theirs: returned once, kept nowhere; every session of the person ends. Raises NotAllowed."""
    if not may_reset(by, user):
        raise NotAllowed(_("You cannot give this person a password."))
    return _give_password(user, by=by, now=now)


def may_reset(by: User, user: User) -> bool:
    """Whether `by` looks after every post that the person holds, and each is one below `by`'s own; never one's own password, nor a leaver's."""
    posts = user.posts()
    if by.pk == user.pk or not user.is_active:
        return False
    if not posts:
        return runs_the_system(by)
    return all(stands_below(post, by, Capability.RESET_PASSWORD) for post in posts)


def gave_password(by: User, user_id: int, *, since: datetime) -> bool:
    """Whether `by` gave this person a one-time password since then, and so could have come in as them."""
    return Entry.objects.filter(verb=Verb.PASSWORD_RESET, actor=by, occurred_at__gte=since, data__user=user_id).exists()


@transaction.atomic
def change_password(user: User, *, password: str, now: datetime) -> None:
    """The person's own new password; a one-time password has done its work."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(Verb.USER_CHANGED, actor=user, at=now, user=user.pk, password=True)


@transaction.atomic
def log_out_everywhere(user: User, *, now: datetime) -> None:
    """End every session of the person, on every machine."""
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    record(Verb.USER_CHANGED, actor=user, at=now, user=user.pk, sessions=True)


def open_work(user: User) -> QuerySet[Any]:
    """The open tasks that the person holds, the most urgent first; rows of the task room, asked for by the name of its relation."""
    tasks: Any = apps.get_model("cases", "Case")._meta.get_field("assignments").related_model
    rows: QuerySet[Any] = tasks._base_manager.filter(holder=user, state="open").select_related("case").order_by("due_at", "pk")
    return rows


def _give_password(user: User, *, by: User, now: datetime) -> str:
    password = one_time_password()
    user.password = hash_one_time(password)
    user.must_change_password, user.failed_logins, user.locked_until = True, 0, None
    user.session_epoch += 1
    user.save(update_fields=["password", "must_change_password", "failed_logins", "locked_until", "session_epoch"])
    record(Verb.PASSWORD_RESET, actor=by, at=now, user=user.pk)
    return password
