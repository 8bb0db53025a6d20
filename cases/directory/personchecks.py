"""What can be said of a person and of a post, asked by the pages and by the import of a file alike."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cases.directory.models import Organisation, OrganisationKind, Role, SchoolClass
from cases.directory.posts import HELD_AT

USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{4,28}")


class BadPerson(Exception):
    """What was said of the person cannot be so; `field` names the field, the words say why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def check_person(*, username: str, name: str, phone: str = "", email: str = "") -> None:
    """Raises BadPerson for the first thing that cannot be so."""
    if not USERNAME.fullmatch(username.strip()):
        raise BadPerson("username", _("A work account has 2 to 40 letters, digits, dots and dashes."))
    if not name.strip():
        raise BadPerson("name", _("The name is missing."))
    if len(name.strip()) > 40:
        raise BadPerson("name", _("The name is longer than 40 characters."))
    if phone.strip() and not PHONE.fullmatch(phone.strip()):
        raise BadPerson("phone", _("This is no telephone number."))
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError as error:
            raise BadPerson("email", _("This is no e-mail address.")) from error


def check_post(*, role: str, organisation: Organisation, school_class: SchoolClass | None, since: date, until: date | None = None) -> None:
    """Raises BadPerson for a post that the organisation does not have, a class of another school, and an end before the beginning."""
    if organisation.kind not in HELD_AT[role]:
        kinds = "、".join(str(OrganisationKind(kind).label) for kind in sorted(HELD_AT[role]))
        raise BadPerson("role", _("%(role)s is a post at: %(kinds)s.") % {"role": Role(role).label, "kinds": kinds})
    if not organisation.active:
        raise BadPerson("organisation", _("This organisation is closed."))
    if role == Role.CLASS_TEACHER:
        if school_class is None:
            raise BadPerson("school_class", _("Say which class the teacher has."))
        if school_class.school_id != organisation.pk:
            raise BadPerson("school_class", _("This class belongs to another school."))
    elif school_class is not None:
        raise BadPerson("school_class", _("Only a class teacher has a class."))
    if until is not None and until < since:
        raise BadPerson("until", _("The last day is before the first."))
