"""The cast: one person for each post, a neighbour who may see nothing, a child and its case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

# The models are imported inside the fixtures: this module is read before Django is ready.
if TYPE_CHECKING:
    from cases.directory.models import Organisation, SchoolClass, User
    from cases.register.models import Case, Student
    from tests.factories import Above, Place

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 16, 12, tzinfo=SHANGHAI)  # a Wednesday in the autumn term


@pytest.fixture
def above(db: None) -> Above:
    from tests.factories import make_above

    return make_above()


@pytest.fixture
def place(above: Above) -> Place:
    from tests.factories import make_place

    return make_place()


@pytest.fixture
def neighbour(above: Above) -> Place:
    from tests.factories import make_neighbour

    return make_neighbour()


def _user(username: str, role: str, organisation: Organisation, school_class: SchoolClass | None = None) -> User:
    from tests.factories import make_user

    return make_user(username, role, organisation, school_class=school_class)


@pytest.fixture
def teacher(place: Place) -> User:
    return _user("teacher", "class_teacher", place.school, place.school_class)


@pytest.fixture
def other_teacher(place: Place) -> User:
    """Of another class of the same school."""
    return _user("other-teacher", "class_teacher", place.school, place.other_class)


@pytest.fixture
def principal(place: Place) -> User:
    return _user("principal", "principal", place.school)


@pytest.fixture
def village(place: Place) -> User:
    return _user("village", "village_cadre", place.village)


@pytest.fixture
def township(place: Place) -> User:
    return _user("township", "township_officer", place.township)


@pytest.fixture
def township_head(place: Place) -> User:
    return _user("township-head", "township_head", place.township)


@pytest.fixture
def county(place: Place) -> User:
    return _user("county", "county_officer", place.education)


@pytest.fixture
def other_county_officer(place: Place) -> User:
    return _user("county-2", "county_officer", place.education)


@pytest.fixture
def county_head(place: Place) -> User:
    return _user("county-head", "county_head", place.education)


@pytest.fixture
def convener(place: Place) -> User:
    return _user("convener", "convener", place.government)


@pytest.fixture
def conference(place: Place) -> User:
    return _user("conference", "conference_office", place.conference)


@pytest.fixture
def police(place: Place) -> User:
    return _user("police", "department_officer", place.departments["police"])


@pytest.fixture
def civil_affairs(place: Place) -> User:
    return _user("civil-affairs", "department_officer", place.departments["civil_affairs"])


@pytest.fixture
def justice(place: Place) -> User:
    return _user("justice", "department_officer", place.departments["justice"])


@pytest.fixture
def prefecture(above: Above) -> User:
    return _user("prefecture", "prefecture_officer", above.prefecture)


@pytest.fixture
def province(above: Above) -> User:
    return _user("province", "province_officer", above.province)


@pytest.fixture
def inspector(place: Place) -> User:
    return _user("inspector", "inspector", place.inspectorate)


@pytest.fixture
def admin(place: Place) -> User:
    return _user("admin", "system_admin", place.education)


@pytest.fixture
def security(place: Place) -> User:
    return _user("security", "security_admin", place.education)


@pytest.fixture
def auditor(place: Place) -> User:
    return _user("auditor", "auditor", place.education)


@pytest.fixture
def stranger(neighbour: Place) -> User:
    """The county officer of the county next door."""
    return _user("stranger", "county_officer", neighbour.education)


@pytest.fixture
def everybody(
    teacher: User, principal: User, village: User, township: User, township_head: User, county: User, county_head: User,
    convener: User, conference: User, police: User, civil_affairs: User, justice: User, prefecture: User, province: User,
    inspector: User, admin: User, security: User, auditor: User, other_county_officer: User,
) -> list[User]:  # fmt: skip
    """Every post of the place is held, so that every task finds somebody."""
    return [
        teacher, principal, village, township, township_head, county, county_head, convener, conference, police, civil_affairs, justice,
        prefecture, province, inspector, admin, security, auditor, other_county_officer,
    ]  # fmt: skip


@pytest.fixture
def student(place: Place) -> Student:
    from tests.factories import make_guardian, make_student

    student = make_student(place)
    make_guardian(student)
    return student


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def clock(db: None) -> Iterator[Callable[[datetime], None]]:
    """Set the engine's clock: `clock(datetime(2026, 9, 16, 12, tzinfo=SHANGHAI))`."""
    from django.db import connection

    def turn(moment: datetime | timedelta) -> None:
        distance = moment if isinstance(moment, timedelta) else moment - datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.execute("SELECT engine_clock_set(make_interval(secs => %s))", [distance.total_seconds()])

    yield turn
    turn(timedelta())


@pytest.fixture
def case(student: Student, teacher: User) -> Case:
    """Open on suspicion since NOON: the child was last at school eight days before."""
    from cases.register.opening import open_case

    return open_case(
        student, channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), reason="tired_of_school", note="", by=teacher, now=NOON
    )


@pytest.fixture
def on_ledger(case: Case, principal: User) -> Case:
    """Concluded as dropped out on the thirtieth day of absence, and so entered on the ledger."""
    from cases.register.verification import conclude_verification

    conclude_verification(case, **conclusion(), by=principal, now=NOON + timedelta(days=30))
    case.refresh_from_db()
    return case


def conclusion(**more: Any) -> dict[str, Any]:
    """What the form of the conclusion hands over when a child dropped out."""
    return {"conclusion": "dropped_out", "finding": "", "ends_on": None, "reason": "tired_of_school", "note": "", "evidence": []} | more
