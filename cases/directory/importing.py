"""People in bulk from a spreadsheet: what was read (`peoplelist`) is confirmed, then all of them are entered or none."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.authority import may_fill
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment, Organisation, SchoolClass, User
from cases.directory.passwords import hash_one_time, one_time_password
from cases.directory.peoplelist import Person, taken_among
from cases.directory.personchecks import BadPerson, check_person, check_post
from cases.directory.services import NewAccount
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.sheets.reading import BadSheet

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIRM_WITHIN: Final = 3600  # seconds between reading a list and entering it
_SALT: Final = "cases.directory.importing"


def seal(people: Sequence[Person], *, by: User) -> str:
    """The checked list as a signed text that the preview page carries to the confirmation: nothing is kept here in between."""
    return signing.dumps({"by": by.pk, "people": [asdict(person) for person in people]}, salt=_SALT, compress=True)


def unseal(sealed: str, *, by: User) -> list[Person]:
    """Raises BadSheet for a text that is old, altered or somebody else's."""
    try:
        found = signing.loads(sealed, salt=_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature as error:
        raise BadSheet(_("This preview has expired. Send the list again.")) from error
    if found["by"] != by.pk:
        raise BadSheet(_("This preview has expired. Send the list again."))
    return [Person(**person) for person in found["people"]]


@transaction.atomic
def enter(people: Sequence[Person], *, by: User, now: datetime) -> list[NewAccount]:
    """Make all the accounts with their first posts, or none. Raises NotAllowed, BadPerson when the directory changed since the list was read."""
    organisations = Organisation.objects.in_bulk({person.organisation for person in people})
    classes = SchoolClass.objects.in_bulk({person.school_class for person in people if person.school_class})
    taken = taken_among(person.username for person in people)
    made: list[NewAccount] = []
    for person in people:
        organisation = organisations[person.organisation]
        if not may_fill(by, person.role, organisation):
            raise NotAllowed(_("This post is not yours to fill."))
        if person.username in taken:
            raise BadPerson("username", _("Row %(row)s: this work account exists already.") % {"row": person.row})
        school_class = classes.get(person.school_class) if person.school_class else None
        check_person(username=person.username, name=person.name, phone=person.phone)
        check_post(role=person.role, organisation=organisation, school_class=school_class, since=date.fromisoformat(person.since))
        password = one_time_password()
        user = User(username=person.username, name=person.name, phone=person.phone, must_change_password=True, password=hash_one_time(password))
        made.append(NewAccount(user, password))
    User.objects.bulk_create([account.user for account in made])
    appointments = Appointment.objects.bulk_create(
        [
            Appointment(
                user=account.user,
                role=person.role,
                organisation=organisations[person.organisation],
                school_class_id=person.school_class,
                since=date.fromisoformat(person.since),
                granted_by=by,
            )
            for person, account in zip(people, made, strict=True)
        ]
    )
    for appointment in appointments:
        record(Verb.USER_ADDED, actor=by, at=now, organisation=appointment.organisation, user=appointment.user_id)
        record(
            Verb.APPOINTED,
            actor=by,
            at=now,
            organisation=appointment.organisation,
            user=appointment.user_id,
            appointment=appointment.pk,
            role=appointment.role,
        )
    return made
