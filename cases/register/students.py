"""Children and their guardians: registered, corrected, and looked up in full only for a purpose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, require
from cases.directory.scoping import student_scope
from cases.journal.clock import day
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.register import identity
from cases.register.locking import Refused
from cases.register.models import Case, Guardian, Student
from cases.register.responsible import responsible
from cases.register.standing import log_move

if TYPE_CHECKING:
    from cases.directory.models import Area, Organisation, SchoolClass, User

YOUNGEST, OLDEST = 5, 18  # years: compulsory schooling begins at 6 or 7 and lasts nine years; older children may still owe it


class Purpose(TextChoices):
    """For what an identity number is shown in full."""

    ROLL = "roll", gettext_lazy("compare with the school roll")
    REGISTER = "register", gettext_lazy("compare with the household register")
    DOCUMENT = "document", gettext_lazy("write an official document")
    AID = "aid", gettext_lazy("apply for aid")
    SEARCH = "search", gettext_lazy("look for a missing child with the police")


class KnownStudent(Refused):
    """Somebody with this identity number is registered: `student`, for who may see it; else None."""

    def __init__(self, student: Student | None) -> None:
        super().__init__(
            _("This identity number belongs to a child that is registered already. Please use that entry.")
            if student
            else _("This identity number is registered with another unit. Please ask your county education bureau.")
        )
        self.student = student


class NeedsTransfer(Refused):
    """The change would move an open case to another county."""


@transaction.atomic
def register_student(
    *,
    name: str,
    sex: str,
    born_on: date,
    registered_at: Area,
    lives_at: Area,
    identity_number: str = "",
    nationality: str = "",
    roll_number: str = "",
    school: Organisation | None = None,
    school_class: SchoolClass | None = None,
    address: str = "",
    groups: Sequence[str] = (),
    guardian_name: str = "",
    guardian_relation: str = "",
    guardian_phone: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Student:
    """Register a child, with its main guardian if one is named. Raises KnownStudent, BadIdentity, Refused, NotAllowed."""
    require_new(submission)
    require(by, Capability.EDIT_STUDENT)
    number = _number_of(identity_number, roll_number, born_on=born_on, sex=sex)
    _check_age(born_on, day(now))
    _check_class(school, school_class)
    if number:
        _refuse_known(number, by)
    student = Student(
        name=name.strip(),
        sex=sex,
        born_on=born_on,
        nationality=nationality,
        roll_number=identity.masked_roll_number(roll_number),
        school=school,
        school_class=school_class,
        registered_at=registered_at,
        lives_at=lives_at,
        address=address,
        groups=list(groups),
    )
    identity.give(student, number)
    student.save()
    _require_sight(student, by, Capability.EDIT_STUDENT)
    if guardian_name.strip():
        Guardian.objects.create(student=student, name=guardian_name.strip(), relation=guardian_relation, phone=guardian_phone, is_main=True)
    record(Verb.STUDENT_ADDED, actor=by, at=now, submission=submission, student=student.pk)
    return student


@transaction.atomic
def edit_student(student: Student, *, by: User, now: datetime, submission: UUID | None = None, identity_number: str = "", **changes: Any) -> Student:
    """Correct a child's data; an empty identity number leaves the known one. An open case follows within its county.

    Raises NeedsTransfer when the county that counts the child would change, KnownStudent, BadIdentity, Refused, NotAllowed.
    """
    student = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school", "school_class").get(pk=student.pk)
    require_new(submission)
    require(by, Capability.EDIT_STUDENT)
    _require_sight(student, by, Capability.EDIT_STUDENT)
    _require_case_in_sight(student, by)
    if "roll_number" in changes:
        identity_number = identity_number or identity.inside_roll_number(changes["roll_number"])
        changes["roll_number"] = identity.masked_roll_number(changes["roll_number"])
    changed = sorted(name for name, value in changes.items() if getattr(student, name) != value)
    for name in changed:
        setattr(student, name, changes[name])
    _check_age(student.born_on, day(now))
    _check_class(student.school, student.school_class)
    if identity_number.strip():
        number = identity.check(identity_number, born_on=student.born_on, sex=student.sex)
        if identity.hashed(number) != student.id_hash:
            _refuse_known(number, by)
            identity.give(student, number)
            changed.append("identity_number")
    if not changed:
        return student
    student.save()
    _require_sight(student, by, Capability.EDIT_STUDENT)
    case, moved, counted_elsewhere = _move_case(student)
    entry = record(Verb.STUDENT_CHANGED, case=case, actor=by, at=now, submission=submission, student=student.pk, fields=changed, moved=moved)
    if case and counted_elsewhere:
        log_move(case, entry, on=day(now))
    return student


def _number_of(identity_number: str, roll_number: str, *, born_on: date, sex: str) -> str:
    """The child's identity number in normal form, taken from the school-roll number when only that was given; empty when neither says it.

    Raises BadIdentity, also when the two contradict each other.
    """
    inside = identity.inside_roll_number(roll_number)
    if not (identity_number.strip() or inside):
        return ""
    number = identity.check(identity_number or inside, born_on=born_on, sex=sex)
    if inside and inside != number:
        raise identity.BadIdentity(_("The school-roll number contains another identity number; please compare the two."))
    return number


@transaction.atomic
def add_guardian(
    student: Student,
    *,
    name: str,
    relation: str,
    phone: str = "",
    works_at: str = "",
    is_main: bool = False,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Guardian:
    """Add a guardian; a new main guardian takes the place of the old."""
    student = Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    require_new(submission)
    require(by, Capability.EDIT_STUDENT)
    _require_sight(student, by, Capability.EDIT_STUDENT)
    _require_case_in_sight(student, by)
    if is_main:
        student.guardians.update(is_main=False)
    guardian = Guardian.objects.create(student=student, name=name.strip(), relation=relation, phone=phone, works_at=works_at, is_main=is_main)
    record(Verb.STUDENT_CHANGED, case=_case_of(student), actor=by, at=now, submission=submission, student=student.pk, fields=["guardians"])
    return guardian


@transaction.atomic
def show_identity(student: Student, *, purpose: str, by: User, now: datetime) -> str:
    """The identity number in full, for a purpose that the journal keeps. Raises Refused when none is known, NotAllowed."""
    require(by, Capability.SHOW_IDENTITY)
    _require_sight(student, by, Capability.SHOW_IDENTITY)
    if purpose not in Purpose.values:
        raise Refused(_("Please choose for what you need the number."))
    if not student.id_cipher:
        raise Refused(_("No identity number is known for this child."))
    number = identity.decrypt(bytes(student.id_cipher), student.id_hash)
    record(Verb.IDENTITY_SHOWN, case=_case_of(student), actor=by, at=now, student=student.pk, purpose=purpose)
    return number


def find_by_identity(number: str) -> Student | None:
    """The child with this number, in whatever way it is written. Raises BadIdentity."""
    student: Student | None = Student.objects.filter(id_hash=identity.hashed(identity.check(number))).first()
    return student


def _case_of(student: Student) -> Case | None:
    case: Case | None = Case.objects.filter(student=student).first()
    return case


def _require_sight(student: Student, by: User, capability: Capability) -> None:
    """The very posts that have the capability must see the child: one post's reach does not lend itself to another's rights."""
    able = [post for post in by.posts() if capability in CAPABILITIES[post.role]]
    if not Student.objects.filter(student_scope(by, posts=able), pk=student.pk).exists():
        raise NotAllowed(_("This child belongs to another unit."))


def _require_case_in_sight(student: Student, by: User) -> None:
    """Where the child is only on the household register, its open case elsewhere is not to be moved."""
    if Case.objects.filter(student=student, closed_at=None).exists() and not Case.objects.visible_to(by).filter(student=student).exists():
        raise NotAllowed(_("This child belongs to another unit."))


def _refuse_known(number: str, by: User) -> None:
    known = Student.objects.filter(id_hash=identity.hashed(number)).first()
    if known:
        raise KnownStudent(known if Student.objects.visible_to(by).filter(pk=known.pk).exists() else None)


def _check_age(born_on: date, today: date) -> None:
    years = (today - born_on).days / 365.25
    if not YOUNGEST <= years < OLDEST:
        raise Refused(
            _("A child of compulsory-school age is %(youngest)s to %(oldest)s years old; please check the date of birth.")
            % {"youngest": YOUNGEST, "oldest": OLDEST - 1}
        )


def _check_class(school: Organisation | None, school_class: SchoolClass | None) -> None:
    if school_class and (school is None or school_class.school_id != school.pk):
        raise Refused(_("The class belongs to another school."))


def _move_case(student: Student) -> tuple[Case | None, bool, bool]:
    """Let the open case follow its child to another class, school or village of the same county.

    Returns the case, whether anything of its place is new, and whether that changes where the ledger counts the child.
    """
    case: Case | None = Case.objects.select_for_update(no_key=True, of=("self",)).filter(student=student).first()
    if case is None or case.closed_at:
        return case, False, False
    places = responsible(student)
    if places["county_id"] != case.county_id:
        raise NeedsTransfer(_("The child has an open case, which stays with its county until the other county has taken it over."))
    counted = case.place_id, case.school_id
    moved = any(getattr(case, column) != value for column, value in places.items())
    for column, value in places.items():
        setattr(case, column, value)
    case.save(update_fields=list(places))
    return case, moved, (case.place_id, case.school_id) != counted
