"""The whole province for a test: every county with a bureau, an officer, a head and one child on the ledger. Written as rows, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cases.directory.models import Appointment, Area, Line, Organisation, User
from cases.journal.models import Entry
from cases.ledger.models import Report
from cases.register.models import Case, Episode, StandingChange, Student
from tests.factories import make_above

BORN, ENTERED = date(2013, 5, 4), date(2026, 9, 20)


@dataclass
class Province:
    province: User
    people: dict[tuple[int | None, str], User]  # (organisation, post)

    def of(self, report: Report, act: str) -> User:
        """Whose turn an act is; a sending back comes from the prefecture."""
        office, role = {
            "compiled": (report.education_id, "county_officer"),
            "signed": (report.education_id, "county_head"),
            "checked": (report.prefecture_id, "prefecture_officer"),
            "sent_back": (report.prefecture_id, "prefecture_officer"),
            "accepted": (report.province_id, "province_officer"),
        }[act]
        return self.people[office, role]

    def case_of(self, county: str) -> Case:
        return Case.objects.get(county=county)


def make_province() -> Province:
    """103 counties, 13 prefectures, one department of the province; four counties report straight to it."""
    top = make_above().province
    prefectures = list(Area.objects.filter(level="prefecture", active=True).exclude(organisations__kind="prefecture_education"))
    Organisation.objects.bulk_create(
        [
            Organisation(kind="prefecture_education", area=area, name=f"{area.name}教育局", line=Line.EDUCATION, superior=top)
            for area in prefectures
            if len(area.pk) == 4
        ]
    )
    above = {office.area_id: office for office in Organisation.objects.filter(kind="prefecture_education")}
    counties = list(Area.objects.filter(level="county", active=True).order_by("pk"))
    offices = Organisation.objects.bulk_create(
        [
            Organisation(kind=kind, area=area, name=f"{area.name}{name}", line=line, superior=above.get(area.pk[:4], top))
            for area in counties
            for kind, name, line in (("county_education", "教育局", Line.EDUCATION), ("township", "城关镇人民政府", Line.GOVERNMENT))
        ]
    )
    bureaus = {office.area_id: office for office in offices if office.kind == "county_education"}
    towns = {office.area_id: office for office in offices if office.kind == "township"}
    posts = [(office, role) for office in bureaus.values() for role in ("county_officer", "county_head")]
    posts += [*((office, "prefecture_officer") for office in above.values()), (top, "province_officer")]
    users = User.objects.bulk_create([User(username=f"p{n}", name=f"人员{n}") for n in range(len(posts))])
    Appointment.objects.bulk_create(
        [Appointment(user=user, role=role, organisation=office, since=date(2020, 9, 1)) for user, (office, role) in zip(users, posts, strict=True)]
    )
    _children(counties, bureaus, towns)
    people: dict[tuple[int | None, str], User] = {(office.pk, role): user for user, (office, role) in zip(users, posts, strict=True)}
    return Province(people[top.pk, "province_officer"], people)


def _children(counties: list[Area], bureaus: dict[str, Organisation], towns: dict[str, Organisation]) -> None:
    """One child a county, on its ledger since September."""
    now = timezone.now()
    first = {area.pk: Area.objects.filter(code__startswith=area.pk, level="township").order_by("pk").first() or area for area in counties}
    students = Student.objects.bulk_create(
        [Student(name="张小明", sex="male", born_on=BORN, registered_at=first[area.pk], lives_at=first[area.pk]) for area in counties]
    )
    cases = Case.objects.bulk_create(
        [
            Case(
                number=f"{area.pk}-2026-1", student=student, standing="still_out", county=area, place=first[area.pk], township=towns[area.pk],
                education=bureaus[area.pk], channel="attendance", opened_at=now, entered_ledger_on=ENTERED, priority_household=False,
            )
            for area, student in zip(counties, students, strict=True)
        ]
    )  # fmt: skip
    Episode.objects.bulk_create([Episode(case=case, number=1, opened_on=ENTERED, channel="attendance", standing="still_out") for case in cases])
    entries = Entry.objects.bulk_create([Entry(verb="ledger.entered", case=case, episode=1, occurred_at=now) for case in cases])
    StandingChange.objects.bulk_create(
        [
            StandingChange(
                case=case, episode=1, standing="still_out", occurred_on=ENTERED, enters_ledger=True, priority_household=False,
                county_id=case.county_id, place_id=case.place_id, entry=entry,
            )
            for case, entry in zip(cases, entries, strict=True)
        ]
    )  # fmt: skip
