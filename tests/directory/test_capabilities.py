"""What each post may do, and where."""

from datetime import datetime
from typing import Any

import pytest

from cases.directory import capabilities
from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed, may, require
from cases.directory.models import Role, User
from cases.register.models import Case, Student
from tests.factories import Place, appoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(student: Student, place: Place, noon: datetime) -> Any:
    return Case(
        number="1", student=student, county=place.area, place=place.village_area, school=place.school, school_class=place.school_class,
        township=place.township, education=place.education,
    )  # fmt: skip


def test_every_role_stands_in_the_table_and_in_at_most_one_way_of_covering() -> None:
    ways = (
        capabilities.BY_CLASS, capabilities.BY_SCHOOL, capabilities.BY_PLACE, capabilities.BY_COUNTY, capabilities.BY_COUNTY_OR_PLACE,
        capabilities.BY_PART,
    )  # fmt: skip
    assert set(CAPABILITIES) == set(Role)
    covering = [role for way in ways for role in way]
    assert len(covering) == len(set(covering))
    assert set(Role) - set(covering) == {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}


def test_the_three_administrators_share_no_capability_and_none_touches_a_case() -> None:
    system, security, audit = (CAPABILITIES[role] for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR))
    assert not system & security
    assert not system & audit
    assert not security & audit
    assert not (system | security | audit) & {Capability.OPEN_CASE, Capability.SHOW_IDENTITY, Capability.EXPORT, Capability.SEE_LEDGER}


def test_an_inspector_makes_units_answer_and_does_no_work_of_a_case() -> None:
    assert CAPABILITIES[Role.INSPECTOR] == {Capability.SEE_LEDGER, Capability.INSPECT, Capability.ISSUE_SUPERVISION}


@pytest.mark.parametrize(
    ("person", "capability", "expected"),
    [
        ("teacher", Capability.LOG_VISIT, True),
        ("other_teacher", Capability.LOG_VISIT, False),
        ("teacher", Capability.CONCLUDE, False),
        ("principal", Capability.CONCLUDE, True),
        ("village", Capability.CHECK_VILLAGE, True),
        ("township", Capability.ISSUE_ORDER, False),
        ("township_head", Capability.ISSUE_ORDER, True),
        ("county", Capability.APPROVE_DEDUCTION, True),
        ("stranger", Capability.APPROVE_DEDUCTION, False),
        ("convener", Capability.SUPERVISE, True),
        ("inspector", Capability.LOG_VISIT, False),
        ("admin", Capability.CONCLUDE, False),
    ],
)
def test_a_post_acts_on_the_cases_that_it_covers_and_in_its_own_part(
    request: pytest.FixtureRequest, case: Case, person: str, capability: Capability, expected: bool
) -> None:
    assert may(request.getfixturevalue(person), capability, case) is expected


def test_covering_asks_the_database_nothing(case: Case, principal: User, django_assert_num_queries: Any) -> None:
    principal.posts()
    with django_assert_num_queries(0):
        require(principal, Capability.CONCLUDE, case)


def test_whoever_is_refused_reads_why(case: Case, stranger: User) -> None:
    with pytest.raises(NotAllowed, match=r"."):
        require(stranger, Capability.CONCLUDE, case)


def test_a_post_that_ended_or_has_not_begun_counts_for_nothing(case: Case, stranger: User, place: Place) -> None:
    appoint(stranger, "principal", place.school, until="2021-01-01")
    appoint(stranger, "principal", place.school, since="2099-01-01")
    assert not may(stranger, Capability.CONCLUDE, case)


def test_one_post_does_not_lend_its_place_to_another(case: Case, stranger: User, place: Place) -> None:
    """Who may approve next door and teaches here approves nothing here."""
    appoint(stranger, "class_teacher", place.school, school_class=place.school_class)
    stranger.forget_posts()
    assert may(stranger, Capability.LOG_VISIT, case)
    assert not may(stranger, Capability.APPROVE_DEDUCTION, case)
