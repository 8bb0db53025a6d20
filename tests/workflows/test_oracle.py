"""Due moments of all four units, in two counties, with pauses in every order: as a slow oracle counts them on Shanghai's wall clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import Place
from tests.faults.oracle import FIRST, LAST, NONE, OWN, Slow, agrees, lived, two_counties
from workflows import policies
from workflows.calendars import Allowance
from workflows.models import Unit

pytestmark = pytest.mark.django_db

MOMENTS = st.builds(datetime.combine, st.dates(FIRST, LAST), st.builds(time, st.integers(0, 23), st.integers(0, 59)))
ALLOWANCES = st.one_of(
    st.builds(Allowance, st.integers(1, 72), st.just(Unit.HOURS)),
    st.builds(Allowance, st.integers(1, 40), st.sampled_from([Unit.WORKING_DAYS, Unit.NATURAL_DAYS, Unit.SCHOOL_DAYS])),
)
GAPS = st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 100_000)), max_size=5)  # minutes


@pytest.fixture
def counties(place: Place) -> Iterator[dict[str, Slow]]:
    yield two_counties(place)
    policies.invalidate()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(county=st.sampled_from([OWN, NONE]), allowance=ALLOWANCES, armed=MOMENTS, gaps=GAPS)
def test_a_deadline_is_due_when_the_oracle_says_so(
    counties: dict[str, Slow], county: str, allowance: Allowance, armed: datetime, gaps: list[tuple[int, int]]
) -> None:
    row, pauses = lived(county, allowance, armed, gaps)

    assert agrees(counties[county], row, armed, pauses)


def test_two_counties_count_school_days_by_their_own_terms(counties: dict[str, Slow]) -> None:
    armed = datetime.combine(date(2016, 6, 27), time(10))
    ends = {county: lived(county, Allowance(4, Unit.SCHOOL_DAYS), armed, [])[0].explanation["last"] for county in (OWN, NONE)}

    assert ends == {OWN: "2016-07-04", NONE: "2016-09-01"}  # the one lost the 28th to a flood; the other's term ended on the 30th
