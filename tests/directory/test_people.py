"""Accounts, posts, one-time passwords, leavers."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.directory import offices, services
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment, Area, Organisation, User
from cases.directory.personchecks import BadPerson
from cases.journal.models import Entry
from tests.factories import Place, appoint, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 16)


def verbs(user: Any) -> Any:
    return [entry.verb for entry in Entry.objects.filter(data__user=user.pk).order_by("pk")]


def test_a_county_makes_an_account_with_a_post_and_a_one_time_password(county: User, place: Place, noon: datetime) -> None:
    made = services.add_user(
        username="Li.Si", name="李四", role="class_teacher", organisation=place.school, school_class=place.school_class, by=county, now=noon
    )
    assert made.user.username == "li.si"
    assert made.user.check_password(made.password)
    assert made.user.must_change_password
    assert made.password not in made.user.password
    assert verbs(made.user) == ["user.added", "user.appointed"]


@pytest.mark.parametrize(
    ("field", "value"), [("username", "李四"), ("username", "a"), ("name", " "), ("phone", "call me"), ("email", "nobody"), ("username", "teacher")]
)
def test_what_cannot_be_so_is_named_at_its_field(admin: User, teacher: User, noon: datetime, field: Any, value: Any) -> None:
    said = {"username": "li.si", "name": "李四"} | {field: value}
    with pytest.raises(BadPerson) as refusal:
        services.add_user(**said, by=admin, now=noon)
    assert refusal.value.field == field


def test_a_county_makes_no_account_without_a_post_nor_next_door(county: User, neighbour: Place, noon: datetime) -> None:
    with pytest.raises(NotAllowed):
        services.add_user(username="li.si", name="李四", by=county, now=noon)
    with pytest.raises(NotAllowed):
        services.add_user(username="li.si", name="李四", role="principal", organisation=neighbour.school, by=county, now=noon)


@pytest.mark.parametrize(
    ("who", "role", "where", "allowed"),
    [
        ("county", "principal", "school", True),
        ("county", "county_head", "education", False),
        ("county", "system_admin", "education", False),
        ("security", "county_head", "education", True),
        ("security", "system_admin", "education", True),
        ("admin", "principal", "school", False),
        ("principal", "class_teacher", "school", False),
        ("stranger", "principal", "school", False),
    ],
)
def test_who_fills_which_post(request: pytest.FixtureRequest, place: Place, noon: datetime, who: Any, role: Any, where: Any, allowed: Any) -> None:
    by, person = request.getfixturevalue(who), User.objects.create_user("new", name="新人")
    organisation = getattr(place, where)
    school_class = place.school_class if role == "class_teacher" else None
    if allowed:
        services.appoint(person, role=role, organisation=organisation, school_class=school_class, by=by, now=noon)
        assert [post.role for post in Appointment.objects.filter(user=person)] == [role]
    else:
        with pytest.raises(NotAllowed):
            services.appoint(person, role=role, organisation=organisation, school_class=school_class, by=by, now=noon)


def test_nobody_appoints_themselves(security: User, place: Place, noon: datetime) -> None:
    with pytest.raises(NotAllowed):
        services.appoint(security, role="county_head", organisation=place.education, by=security, now=noon)


def test_an_administrators_post_stands_alone(security: User, county: User, admin: User, place: Place, noon: datetime) -> None:
    with pytest.raises(BadPerson):
        services.appoint(county, role="auditor", organisation=place.education, by=security, now=noon)
    with pytest.raises(BadPerson):
        services.appoint(admin, role="principal", organisation=place.school, by=security, now=noon)


def test_a_post_is_held_where_it_exists_once_and_by_a_teacher_with_a_class_of_the_school(
    security: User, teacher: User, place: Place, neighbour: Place, noon: datetime
) -> None:
    for role, organisation, school_class in (
        ("principal", place.township, None),
        ("class_teacher", place.school, None),
        ("class_teacher", place.school, neighbour.school_class),
        ("class_teacher", place.school, place.school_class),
    ):
        with pytest.raises(BadPerson):
            services.appoint(teacher, role=role, organisation=organisation, school_class=school_class, by=security, now=noon)


def test_a_post_is_held_to_the_end_of_its_last_day(security: User, teacher: User, place: Place, noon: datetime, clock: Any) -> None:
    post = teacher.posts()[0]
    clock(noon)
    services.end_appointment(post, on=TODAY, by=security, now=noon)
    teacher.forget_posts()
    assert teacher.posts()
    clock(noon + timedelta(days=1))
    teacher.forget_posts()
    assert not teacher.posts()
    with pytest.raises(BadPerson):
        services.end_appointment(post, on=TODAY, by=security, now=noon)


@pytest.mark.parametrize(
    ("who", "whom", "allowed"),
    [
        ("principal", "teacher", True),
        ("principal", "township", False),
        ("county", "principal", True),
        ("county", "township_head", True),
        ("county", "county_head", False),
        ("county", "other_county_officer", False),
        ("county", "county", False),
        ("county", "prefecture", False),
        ("county_head", "county", True),
        ("stranger", "teacher", False),
        ("teacher", "other_teacher", False),
        ("security", "teacher", False),
    ],
)
def test_a_one_time_password_comes_from_above_in_the_own_area_never_from_a_peer(
    request: pytest.FixtureRequest, noon: datetime, who: Any, whom: Any, allowed: Any
) -> None:
    by, person = request.getfixturevalue(who), request.getfixturevalue(whom)
    if not allowed:
        with pytest.raises(NotAllowed):
            services.reset_password(person, by=by, now=noon)
        return
    password = services.reset_password(person, by=by, now=noon)
    person.refresh_from_db()
    assert person.check_password(password)
    assert person.must_change_password
    assert verbs(person) == ["password.reset"]


def test_who_holds_a_second_post_beyond_the_giver_is_beyond_the_giver(principal: User, teacher: User, place: Place, noon: datetime) -> None:
    appoint(teacher, "village_cadre", place.village)
    teacher.forget_posts()
    with pytest.raises(NotAllowed):
        services.reset_password(teacher, by=principal, now=noon)


def test_a_leaver_loses_every_post_and_the_account_and_stays_in_the_books(county: User, teacher: User, noon: datetime) -> None:
    left = services.deactivate(teacher, by=county, now=noon)
    teacher.refresh_from_db()
    assert left == []
    assert not teacher.is_active
    assert teacher.posts() == ()
    assert [post.until for post in teacher.appointments.all()] == [date(2026, 9, 15)]
    assert User.objects.filter(pk=teacher.pk).exists()


def test_nobody_who_did_something_can_be_deleted(county: User, teacher: User, noon: datetime) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        teacher.delete()


def test_a_system_administrator_removes_no_present_auditor(admin: User, auditor: User, noon: datetime) -> None:
    with pytest.raises(NotAllowed):
        services.deactivate(auditor, by=admin, now=noon)


def test_a_county_gets_all_its_offices_at_once_each_with_its_superior(admin: User, noon: datetime) -> None:
    county = Area.objects.get(pk="420106")
    offices.standard_county(county, by=admin, now=noon)
    before = Organisation.objects.count()
    offices.standard_county(county, by=admin, now=noon)
    assert Organisation.objects.count() == before

    found = {organisation.name: organisation for organisation in Organisation.objects.filter(area__code__startswith="4201")}
    assert found["武昌区公安局"].superior == found["武昌区人民政府"]
    assert found["武昌区教育局"].superior == found["武汉市教育局"]
    assert found["武昌区人民政府"].superior == found["武汉市人民政府"]
    assert found["杨园街道办事处"].superior == found["武昌区人民政府"]
    assert Organisation.objects.filter(area=county, kind="department").count() == 15


def test_a_county_directly_under_the_province_reports_to_the_province(admin: User, noon: datetime) -> None:
    offices.standard_county(Area.objects.get(pk="429004"), by=admin, now=noon)
    assert Organisation.objects.get(area_id="429004", kind="county_education").superior == Organisation.objects.get(kind="province_education")


def test_an_organisation_is_entered_by_who_manages_the_area(county: User, stranger: User, place: Place, noon: datetime) -> None:
    school = offices.add_organisation(kind="school", area=place.township_area, name="古夫镇第二小学", by=county, now=noon)
    assert (school.line, school.superior) == ("education", place.education)
    with pytest.raises(NotAllowed):
        offices.add_organisation(kind="school", area=place.township_area, name="古夫镇第三小学", by=stranger, now=noon)
    with pytest.raises(offices.BadOrganisation):
        offices.add_organisation(kind="township", area=place.area, by=county, now=noon)


def test_an_organisation_closes_when_nobody_holds_a_post_there(county: User, principal: User, place: Place, noon: datetime) -> None:
    said: dict[str, Any] = {"name": "青山学校", "code": "", "phone": "", "active": False}
    with pytest.raises(offices.BadOrganisation):
        offices.edit_organisation(place.school, **said, by=county, now=noon)
    Appointment.objects.filter(organisation=place.school).update(until="2021-01-01")
    assert not offices.edit_organisation(place.school, **said, by=county, now=noon).active


def test_people_are_seen_by_those_who_look_after_them(
    principal: User, county: User, stranger: User, teacher: User, township: User, place: Place, admin: User
) -> None:
    assert set(User.objects.visible_to(principal)) == {principal, teacher}
    assert {teacher, township} <= set(User.objects.visible_to(county))
    assert not {teacher, township} & set(User.objects.visible_to(stranger))
    assert set(User.objects.visible_to(teacher)) == {teacher}
    assert set(User.objects.visible_to(admin)) == set(User.objects.all())


def test_only_a_system_administrator_enters_the_administration(admin: User, county: User, security: User) -> None:
    assert admin.is_staff
    assert admin.has_perm("cases.change_codeitem")
    assert admin.has_module_perms("cases")
    assert not county.is_staff
    assert not security.is_staff
    make_user("gone", "system_admin", admin.posts()[0].organisation)
    gone = User.objects.get(username="gone")
    gone.is_active = False
    assert not gone.is_staff
