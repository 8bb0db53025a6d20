"""A school's own list speaks of that school alone: what it may settle, what it may claim, and what only the county's list can know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cases.directory.models import Organisation
from cases.register.models import Case
from cases.rosters import figures
from cases.rosters.models import Discrepancy
from tests.factories import identity_number, make_organisation
from tests.rosters.conftest import LATER
from tests.rosters.lists import compared, line
from tests.rosters.test_comparing import open_kinds

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

Make = Callable[..., Case]
STRANGER = identity_number(born_on=date(2012, 3, 3))


def unknown(place: Place, number: str = STRANGER, school: str = "") -> tuple[Any, ...]:
    return ("陌生人", number, "", "2012-03-03", school or place.school.name, "仍辍学", "")


def on(days: int) -> dict[str, Any]:
    return {"taken_on": (LATER + timedelta(days=days)).date(), "now": LATER + timedelta(days=days)}


@pytest.fixture
def other_school(place: Place) -> Organisation:
    return make_organisation("school", place.township_area, "古夫第二小学", superior=place.education, line="education")


def test_a_schools_list_settles_nothing_of_the_countys_by_keeping_silent(entered: Make, county: User, principal: User, place: Place) -> None:
    back, absent, other = entered("返者"), entered("缺者"), entered("另者")
    compared([line(back.student, "已复学"), line(other.student), unknown(place)], county, **on(0))
    compared([line(other.student)], principal, **on(1))
    assert not Discrepancy.objects.filter(settled="gone").exists()
    assert open_kinds() == {"missing_here": 1, "missing_there": 2, "status": 1}  # whom it leaves out is, by it, missing there
    last = compared([line(back.student), line(absent.student), line(other.student)], county, **on(2))
    assert open_kinds() == {}
    assert set(Discrepancy.objects.values_list("settled_in", flat=True)) == {last.pk}


def test_a_schools_list_settles_what_it_speaks_of(entered: Make, county: User, principal: User, place: Place) -> None:
    back, absent = entered("返者"), entered("缺者")
    compared([line(back.student, "已复学"), unknown(place)], county, **on(0))
    entered("陌生人", born_on=date(2012, 3, 3), number=STRANGER)
    own = compared([line(back.student), line(absent.student), unknown(place)], principal, **on(1))
    assert open_kinds() == {}
    assert own.found["gone"] == 3


def test_a_schools_list_settles_its_own_claims_until_the_county_makes_them_too(entered: Make, county: User, principal: User, place: Place) -> None:
    case, other = entered(), identity_number(born_on=date(2012, 3, 3))
    first = compared([line(case.student), unknown(place), unknown(place, other)], principal, **on(0))
    assert open_kinds() == {"missing_here": 2}
    compared([line(case.student), unknown(place)], county, **on(1))  # the other one is gone for the county as well
    found = Discrepancy.objects.get(settled="")
    assert (found.found_in, found.county_list) == (first, found.seen_in)
    compared([line(case.student)], principal, **on(2))
    assert open_kinds() == {"missing_here": 1}

    mine = compared([line(case.student), unknown(place), unknown(place, other)], principal, **on(3))
    assert mine.found["new"] == 1
    compared([line(case.student)], principal, **on(4))
    assert list(Discrepancy.objects.filter(settled="").values_list("pk", flat=True)) == [found.pk]


def test_whoever_stands_at_another_school_is_not_missing_for_either_school(
    entered: Make, county: User, principal: User, place: Place, other_school: Organisation
) -> None:
    elsewhere, here = entered("在外"), entered("在校")
    compared([line(elsewhere.student, school=other_school.name), line(here.student)], county, **on(0))
    assert open_kinds() == {}
    compared([line(here.student)], principal, **on(1))
    assert open_kinds() == {}
    Case.objects.filter(pk=elsewhere.pk).update(school=other_school)
    compared([line(elsewhere.student), line(here.student)], principal, **on(2))  # ours has it elsewhere, theirs here: on both ledgers
    assert open_kinds() == {}


def test_an_older_list_of_the_county_is_silent_about_a_school_with_a_newer_list(
    entered: Make, county: User, principal: User, place: Place, other_school: Organisation
) -> None:
    case, far = entered(), entered("远者")
    Case.objects.filter(pk=far.pk).update(school=other_school)
    compared([line(case.student, "核减")], principal, **on(3))
    compared([unknown(place), unknown(place, identity_number(born_on=date(2012, 3, 3)), other_school.name)], county, **on(2))
    assert open_kinds() == {"missing_here": 1, "missing_there": 1, "status": 1}
    assert set(Discrepancy.objects.exclude(kind="status").values_list("school__name", flat=True)) == {other_school.name}
    rates = {unit.name: unit.children for unit in figures.rates(place.area.code, today=on(4)["now"].date())}
    assert rates == {place.school.name: 1, other_school.name: 2}


def test_a_child_that_need_not_stand_there_any_more_is_settled_by_ours_alone(entered: Make, county: User, principal: User) -> None:
    gone, other = entered("缺者"), entered("另者")
    compared([line(other.student)], county, **on(0))
    Case.objects.filter(pk=gone.pk).update(entered_ledger_on=on(9)["taken_on"])  # corrected: it was entered later than both lists
    compared([line(other.student)], principal, **on(1))
    assert open_kinds() == {}


def test_the_page_names_the_lists_that_found_a_difference(entered: Make, county: User, principal: User, place: Place, client: Client) -> None:
    case = entered()
    found_by = compared([line(case.student, "已复学")], principal, **on(0))
    shown_by = compared([line(case.student, "已复学")], county, **on(1))
    client.force_login(county)
    words = client.get(Discrepancy.objects.get().get_absolute_url()).content.decode()
    for roster, whose in ((found_by, place.school.name), (shown_by, place.area.name)):
        assert f'href="{roster.get_absolute_url()}">{whose} <' in words


def test_a_principal_reads_of_the_countys_list_without_a_link_that_leads_nowhere(
    entered: Make, county: User, principal: User, client: Client
) -> None:
    listed = compared([line(entered().student, "已复学")], county, **on(0))
    page = Discrepancy.objects.get().get_absolute_url()
    client.force_login(principal)
    words = client.get(page).content.decode()
    assert listed.county.name in words
    assert listed.get_absolute_url() not in words
    client.force_login(county)
    assert listed.get_absolute_url() in client.get(page).content.decode()
