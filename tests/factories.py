"""Places, organisations, people and children for tests, written as plain rows. Real places, invented schools and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from cases.directory.models import Appointment, Area, Department, Level, Line, Organisation, OrganisationKind, Role, SchoolClass, User
from cases.register import identity
from cases.register.models import Guardian, Sex, Student

_serial = count(1)

PROVINCE, PREFECTURE = ("42", "湖北省"), ("4205", "宜昌市")


@dataclass(frozen=True)
class Above:
    """What stands over every county."""

    province: Organisation
    province_government: Organisation
    prefecture: Organisation
    prefecture_government: Organisation


@dataclass(frozen=True)
class Place:
    """One county with one township, one village and one school, and everybody's office."""

    area: Area
    township_area: Area
    village_area: Area
    education: Organisation
    government: Organisation
    conference: Organisation
    inspectorate: Organisation
    township: Organisation
    village: Organisation
    school: Organisation
    school_class: SchoolClass
    other_class: SchoolClass
    departments: dict[str, Organisation] = field(default_factory=dict)


def make_area(code: str, name: str, level: str, *, ledger_position: int | None = None) -> Area:
    parent = {4: code[:2], 6: code[:4], 9: code[:6], 12: code[:9]}.get(len(code))
    if parent and not Area.objects.filter(code=parent).exists():
        parent = code[:2]
    area, _made = Area.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "level": level,
            "parent_id": parent,
            "ledger_position": ledger_position,
            "ledger_name": name if ledger_position else "",
        },
    )
    return area


def make_organisation(
    kind: str, area: Area, name: str, *, superior: Organisation | None = None, line: str = Line.GOVERNMENT, department: str = ""
) -> Organisation:
    return Organisation.objects.create(kind=kind, area=area, name=name, superior=superior, line=line, department=department)


def make_above() -> Above:
    """The province and the prefecture of every county that tests make; made once in a test."""
    found = Organisation.objects.filter(kind=OrganisationKind.PROVINCE_EDUCATION).first()
    if found:
        prefecture = Organisation.objects.get(kind=OrganisationKind.PREFECTURE_EDUCATION, area_id=PREFECTURE[0])
        assert prefecture.superior == found
        return Above(
            found,
            Organisation.objects.get(kind=OrganisationKind.PROVINCE_GOVERNMENT),
            prefecture,
            Organisation.objects.get(kind=OrganisationKind.PREFECTURE_GOVERNMENT, area_id=PREFECTURE[0]),
        )
    province = make_area(*PROVINCE, Level.PROVINCE)
    prefecture_area = make_area(*PREFECTURE, Level.PREFECTURE, ledger_position=4)
    education = make_organisation(OrganisationKind.PROVINCE_EDUCATION, province, "湖北省教育厅", line=Line.EDUCATION)
    government = make_organisation(OrganisationKind.PROVINCE_GOVERNMENT, province, "湖北省人民政府")
    return Above(
        education,
        government,
        make_organisation(OrganisationKind.PREFECTURE_EDUCATION, prefecture_area, "宜昌市教育局", superior=education, line=Line.EDUCATION),
        make_organisation(OrganisationKind.PREFECTURE_GOVERNMENT, prefecture_area, "宜昌市人民政府", superior=government),
    )


def make_place(code: str = "420526", name: str = "兴山县", township: str = "104", township_name: str = "古夫镇") -> Place:
    """A county of 宜昌 with its offices, a township, a village and a school with two classes."""
    above = make_above()
    area = make_area(code, name, Level.COUNTY)
    township_area = make_area(f"{code}{township}", township_name, Level.TOWNSHIP)
    village_area = make_area(f"{code}{township}201", "青山村", Level.VILLAGE)
    kind = OrganisationKind
    education = make_organisation(kind.COUNTY_EDUCATION, area, f"{name}教育局", superior=above.prefecture, line=Line.EDUCATION)
    government = make_organisation(kind.COUNTY_GOVERNMENT, area, f"{name}人民政府", superior=above.prefecture_government)
    town = make_organisation(kind.TOWNSHIP, township_area, f"{township_name}人民政府", superior=government)
    school = make_organisation(kind.SCHOOL, township_area, f"{township_name}青山学校", superior=education, line=Line.EDUCATION)
    return Place(
        area=area,
        township_area=township_area,
        village_area=village_area,
        education=education,
        government=government,
        conference=make_organisation(kind.CONFERENCE_OFFICE, area, f"{name}控辍保学联席会议办公室", superior=government),
        inspectorate=make_organisation(kind.INSPECTORATE, area, f"{name}人民政府教育督导室", superior=government),
        township=town,
        village=make_organisation(kind.VILLAGE, village_area, "青山村村民委员会", superior=town),
        school=school,
        school_class=SchoolClass.objects.create(school=school, grade=7, name="七(1)班"),
        other_class=SchoolClass.objects.create(school=school, grade=8, name="八(2)班"),
        departments={
            str(department.value): make_organisation(kind.DEPARTMENT, area, f"{name}{label}", superior=government, department=department)
            for department, label in (
                (Department.POLICE, "公安局"),
                (Department.JUSTICE, "司法局"),
                (Department.CIVIL_AFFAIRS, "民政局"),
                (Department.LABOUR, "人力资源和社会保障局"),
            )
        },
    )


def make_user(username: str, role: str, organisation: Organisation, *, school_class: SchoolClass | None = None, name: str = "") -> User:
    """Somebody with one post, held since long ago, who logs in by `client.force_login` only."""
    user: User = User.objects.create_user(username, name=name or username)
    appoint(user, role, organisation, school_class=school_class)
    return user


def appoint(user: User, role: str, organisation: Organisation, *, school_class: SchoolClass | None = None, **more: Any) -> Appointment:
    return Appointment.objects.create(
        user=user, role=role, organisation=organisation, school_class=school_class, **{"since": date(2020, 9, 1), **more}
    )


def identity_number(*, born_on: date = date(2013, 5, 4), sex: str = Sex.MALE, area: str = "420526") -> str:
    """A number that passes every check and belongs to nobody twice within a run."""
    order = (next(_serial) * 2 + (1 if sex == Sex.MALE else 0)) % 1000
    first = f"{area}{born_on:%Y%m%d}{order:03d}"
    return first + identity.check_digit(first)


def make_student(
    place: Place, *, name: str = "张小明", born_on: date = date(2013, 5, 4), sex: str = Sex.MALE, number: str | None = None, **more: Any
) -> Student:
    """A child of the place's first class, who lives in its village; `number=""` for one whose number is not known."""
    fields: dict[str, Any] = {
        "school": place.school,
        "school_class": place.school_class,
        "registered_at": place.village_area,
        "lives_at": place.village_area,
        "address": "青山村3组",
        **more,
    }
    student = Student(name=name, born_on=born_on, sex=sex, **fields)
    identity.give(student, identity_number(born_on=born_on, sex=sex) if number is None else number)
    student.save()
    return student


def make_guardian(student: Student, *, name: str = "张大山", relation: str = "father", phone: str = "13800001234", **more: Any) -> Guardian:
    return Guardian.objects.create(student=student, name=name, relation=relation, phone=phone, is_main=True, **more)


def make_neighbour() -> Place:
    """The county next door."""
    return make_place("420527", "秭归县", "101", "茅坪镇")


__all__ = [
    "Above",
    "Place",
    "Role",
    "appoint",
    "identity_number",
    "make_above",
    "make_area",
    "make_guardian",
    "make_neighbour",
    "make_organisation",
    "make_place",
    "make_student",
    "make_user",
]
