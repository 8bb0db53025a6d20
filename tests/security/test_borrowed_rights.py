"""No right is borrowed: not from one's second post, not from a part in a case, not through a form about something else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cases.directory.capabilities import NotAllowed
from cases.documents.courts import record_court
from cases.documents.services import file_document
from cases.register.clearance import propose_deduction, report_return
from cases.register.involvement import involve
from cases.register.opening import BadDate
from cases.register.students import add_guardian, edit_student, show_identity
from cases.rosters.models import Discrepancy, Roster
from tests.factories import appoint, make_student, make_user
from tests.paper import pdf

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case, Student
    from tests.factories import Place


def test_a_post_that_sees_the_county_lends_no_reach_to_one_that_shows_numbers(
    place: Place, neighbour: Place, student: Student, noon: datetime
) -> None:
    both = make_user("both", "inspector", place.inspectorate)
    appoint(both, "principal", neighbour.school)
    with pytest.raises(NotAllowed):
        show_identity(student, purpose="roll", by=both, now=noon)
    with pytest.raises(NotAllowed):
        edit_student(student, address="别处", by=both, now=noon)
    assert show_identity(make_student(neighbour), purpose="roll", by=both, now=noon)


def test_the_township_of_the_household_register_moves_no_case_of_another_county(place: Place, neighbour: Place, case: Case, noon: datetime) -> None:
    student = case.student
    student.registered_at = neighbour.village_area
    student.save(update_fields=["registered_at"])
    away = make_user("away", "township_officer", neighbour.township)
    for act in (
        lambda: edit_student(student, school=None, school_class=None, by=away, now=noon),
        lambda: add_guardian(student, name="某人", relation="father", by=away, now=noon),
    ):
        with pytest.raises(NotAllowed):
            act()
    case.refresh_from_db()
    assert case.school_id == place.school.pk


def test_no_department_writes_the_schools_report_or_the_townships_talk(
    on_ledger: Case, place: Place, civil_affairs: User, township: User, principal: User, noon: datetime
) -> None:
    involve(on_ledger, place.departments["civil_affairs"])
    said: dict[str, Any] = {"dated_on": (noon + timedelta(days=30)).date(), "scan": None, "now": noon + timedelta(days=31)}
    for kind, by in (("written_report", civil_affairs), ("talk_record", civil_affairs), ("written_report", township), ("talk_record", principal)):
        with pytest.raises(NotAllowed):
            file_document(on_ledger, kind=kind, by=by, **said)
    assert file_document(on_ledger, kind="minutes", by=civil_affairs, **said).pk
    assert file_document(on_ledger, kind="talk_record", by=township, **said | {"scan": pdf()}).pk


def test_only_the_judicial_departments_say_how_a_court_decided(on_ledger: Case, place: Place, civil_affairs: User, noon: datetime) -> None:
    involve(on_ledger, place.departments["civil_affairs"])
    with pytest.raises(NotAllowed):
        record_court(on_ledger, venue="mediation", state="mediated", on=noon.date(), return_on=noon.date(), by=civil_affairs, now=noon)


def test_a_return_of_long_ago_does_not_put_its_watches_behind_it(on_ledger: Case, principal: User, noon: datetime) -> None:
    assert on_ledger.entered_ledger_on is not None
    with pytest.raises(BadDate):
        report_return(on_ledger, on=on_ledger.entered_ledger_on - timedelta(days=1), by=principal, now=noon + timedelta(days=140))


def test_no_deduction_lies_before_the_childs_birth(on_ledger: Case, principal: User, noon: datetime) -> None:
    with pytest.raises(BadDate):
        propose_deduction(on_ledger, ground="died", occurred_on=date(1, 1, 1), by=principal, now=noon + timedelta(days=40))


def test_a_post_that_takes_names_out_elsewhere_lends_no_reach_to_one_that_reads_along(
    client: Client, on_ledger: Case, place: Place, neighbour: Place, county: User, noon: datetime
) -> None:
    both = make_user("both", "inspector", place.inspectorate)
    appoint(both, "county_officer", neighbour.education)
    found_in = Roster.objects.create(
        county=place.area, organisation=place.education, taken_on=noon.date(), digest="0" * 64, brought_by=county, brought_at=noon
    )
    Discrepancy.objects.create(
        kind="missing_there", key="x", county=place.area, case=on_ledger, organisation=place.education, found_in=found_in, seen_in=found_in,
        found_at=noon,
    )  # fmt: skip
    for page in ("/cases/export/?tab=all", "/rosters/export/"):
        for user, count in ((county, 1), (both, 0)):
            client.force_login(user)
            assert client.get(page).context["count"] == count, (page, user)


def test_the_administration_moves_no_office_and_no_class_to_other_children(client: Client, admin: User, place: Place, neighbour: Place) -> None:
    client.force_login(admin)
    office, there = neighbour.education, place.area.pk
    form = {
        "name": office.name,
        "kind": "county_education",
        "line": "education",
        "area": there,
        "active": "on",
        "code": "",
        "phone": "1",
        "superior": "",
    }
    assert client.post(f"/admin/cases/organisation/{office.pk}/change/", form).status_code == 302
    office.refresh_from_db()
    assert (office.phone, office.area_id) == ("1", neighbour.area.pk)

    taught = neighbour.school_class
    form = {"school": str(place.school.pk), "grade": str(taught.grade), "name": taught.name, "active": "on"}
    assert client.post(f"/admin/cases/schoolclass/{taught.pk}/change/", form).status_code == 302
    taught.refresh_from_db()
    assert taught.school_id == neighbour.school.pk
