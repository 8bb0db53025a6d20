"""The pages of the directory: what each person may open, and what it costs."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.directory.models import Appointment, Area, SchoolClass, User
from cases.sheets.writing import table_book
from tests.factories import Place, make_user

pytestmark = pytest.mark.django_db

HEADINGS = ("姓名", "工作账号", "手机", "单位", "岗位", "班级", "任职起")


@pytest.fixture
def as_(client: Client, request: pytest.FixtureRequest) -> Any:
    def log_in(name: Any) -> Any:
        client.force_login(request.getfixturevalue(name))
        return client

    return log_in


@pytest.mark.parametrize("who", ["principal", "county", "county_head", "admin", "security"])
def test_who_looks_after_people_finds_them(as_: Any, teacher: User, who: Any) -> None:
    assert teacher.name in as_(who).get(reverse("people")).content.decode()


@pytest.mark.parametrize("who", ["teacher", "village", "township", "inspector", "auditor", "police"])
def test_the_others_are_refused(as_: Any, who: Any) -> None:
    assert as_(who).get(reverse("people")).status_code == 403
    assert as_(who).get(reverse("organisations")).status_code == 403


@pytest.mark.parametrize("name", ["person", "person_edit", "person_appoint_where"])
def test_a_stranger_finds_nobody_of_the_county(as_: Any, teacher: User, name: Any) -> None:
    assert as_("stranger").get(reverse(name, args=[teacher.pk])).status_code == 404


def test_a_stranger_finds_no_organisation_post_nor_village_of_the_county(as_: Any, teacher: User, place: Place) -> None:
    client = as_("stranger")
    assert client.get(reverse("organisation", args=[place.school.pk])).status_code == 404
    assert client.get(reverse("appointment_end", args=[teacher.appointments.get().pk])).status_code == 404
    assert client.get(reverse("villages", args=[place.township_area.pk])).status_code == 403
    assert client.post(reverse("person_reset", args=[teacher.pk])).status_code == 404
    assert reverse("person", args=[teacher.pk]) not in client.get(reverse("people")).content.decode()


@pytest.mark.parametrize("route", ["people", "organisations"])
def test_a_list_costs_at_most_eight_queries_however_long_it_is(as_: Any, place: Place, route: Any, django_assert_max_num_queries: Any) -> None:
    client = as_("county")
    for number in range(60):
        school_class = SchoolClass.objects.create(school=place.school, grade=1, name=f"一（{number}）班")
        make_user(f"teacher-{number}", "class_teacher", place.school, school_class=school_class)
    client.get(reverse("account"))  # the first request of a session also writes when it was
    with django_assert_max_num_queries(8):
        assert client.get(reverse(route)).status_code == 200


def test_people_are_found_by_name_account_telephone_and_state(as_: Any, teacher: User, principal: User) -> None:
    client = as_("county")

    def found(**words: Any) -> Any:
        return {person.username for person in client.get(reverse("people"), words).context["page"]}

    User.objects.filter(pk=teacher.pk).update(name="王小红", phone="13800001111")
    assert found(q="小红") == found(q="TEACH") == found(q="1380000") == found(role="class_teacher") == {"teacher"}
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    assert "teacher" not in found()
    assert found(state="left") == {"teacher"}


def test_a_one_time_password_is_shown_once_and_kept_out_of_every_cache(as_: Any, teacher: User) -> None:
    client = as_("principal")
    answer = client.post(reverse("person_reset", args=[teacher.pk]))
    password = answer.context["password"]
    teacher.refresh_from_db()
    assert teacher.check_password(password)
    assert "no-store" in answer["Cache-Control"]
    assert password not in client.get(reverse("person", args=[teacher.pk])).content.decode()


def test_a_county_makes_an_account_at_a_school(as_: Any, place: Place) -> None:
    client = as_("county")
    page = client.get(reverse("person_add_at", args=[place.school.pk]))
    assert [role for role, _label in page.context["form"].fields["role"].choices] == ["class_teacher", "principal"]
    said = {"name": "李四", "username": "li.si", "role": "class_teacher", "school_class": place.other_class.pk, "since": "2026-09-01"}
    answer = client.post(reverse("person_add_at", args=[place.school.pk]), said)
    made = User.objects.get(username="li.si")
    assert made.check_password(answer.context["password"])
    assert made.appointments.get().school_class == place.other_class


def test_a_refusal_stands_at_its_field(as_: Any, place: Place, teacher: User) -> None:
    said = {"name": "李四", "username": "teacher", "role": "principal", "since": "2026-09-01"}
    form = as_("county").post(reverse("person_add_at", args=[place.school.pk]), said).context["form"]
    assert form.errors["username"]


def test_a_security_administrator_grants_and_ends_a_post(as_: Any, teacher: User, place: Place) -> None:
    client = as_("security")
    assert place.education.name in client.get(reverse("person_appoint_where", args=[teacher.pk]), {"q": "教育局"}).content.decode()
    client.post(reverse("person_appoint", args=[teacher.pk, place.education.pk]), {"role": "county_officer", "since": "2026-09-01"})
    post = Appointment.objects.get(user=teacher, role="county_officer")
    client.post(reverse("appointment_end", args=[post.pk]), {"on": "2026-12-31"})
    post.refresh_from_db()
    assert str(post.until) == "2026-12-31"


def test_a_leaver_is_closed_and_can_come_back(as_: Any, teacher: User) -> None:
    client = as_("county")
    client.post(reverse("person_leave", args=[teacher.pk]))
    assert not User.objects.get(pk=teacher.pk).is_active
    answer = client.post(reverse("person_return", args=[teacher.pk]))
    teacher.refresh_from_db()
    assert teacher.is_active
    assert teacher.check_password(answer.context["password"])


def upload(client: Client, *rows: Any, headings: tuple[str, ...] = HEADINGS) -> Any:
    file = SimpleUploadedFile("people.xlsx", table_book("人员", headings, rows))
    return client.post(reverse("people_import"), {"file": file})


def test_a_list_of_people_is_shown_then_entered_all_at_once(as_: Any, place: Place) -> None:
    client = as_("county")
    preview = upload(
        client,
        ("李四", "li.si", "13800001111", place.school.name, "班主任", place.school_class.name, "2026-09-01"),
        ("王五", "wang.wu", "", place.township.name, "乡镇工作人员", "", ""),
    )
    assert preview.context["total"] == 2
    assert not User.objects.filter(username="li.si").exists()

    done = client.post(reverse("people_import_confirm"), {"sealed": preview.context["sealed"]})
    passwords = {username: password for _name, username, password in done.context["rows"]}
    made = User.objects.get(username="li.si")
    assert made.check_password(passwords["li.si"])
    assert made.appointments.get().school_class == place.school_class

    book = client.post(reverse("people_import_passwords"), {"sealed": done.context["sealed"]})
    assert load_workbook(BytesIO(book.content)).worksheets[0]["C2"].value == passwords["li.si"]

    again = client.post(reverse("people_import_confirm"), {"sealed": preview.context["sealed"]})
    assert again.status_code == 409


def test_one_fault_keeps_everybody_out_and_each_is_named_by_row_and_column(as_: Any, place: Place, neighbour: Place, teacher: User) -> None:
    client = as_("county")
    school, school_class = place.school.name, place.school_class.name
    page = upload(
        client,
        ("李四", "li.si", "", school, "班主任", school_class, ""),
        ("", "n", "", school, "校长", "", ""),
        ("王五", "teacher", "", school, "校长", "", ""),
        ("赵六", "li.si", "", school, "校长", "", ""),
        ("孙七", "sun.qi", "", neighbour.school.name, "校长", "", ""),
        ("周八", "zhou.ba", "", school, "局长", "", ""),
        ("吴九", "wu.jiu", "", school, "班主任", "九（9）班", ""),
        ("郑十", "zheng.shi", "", school, "校长", "", "昨天"),
        ("冯一", "feng.yi", "", place.education.name, "县教育局负责人", "", ""),
        ("陈二", "chen.er", "", place.township.name, "班主任", "", ""),
        ("褚三", "chu.san", "", school, "系统管理员", "", ""),
    )
    faults = [(fault.row, fault.column) for fault in page.context["faults"]]
    assert faults == [(3, "A"), (3, "B"), (4, "B"), (5, "B"), (6, "D"), (7, "E"), (8, "F"), (9, "G"), (10, "E"), (11, "E"), (12, "E")]
    assert "sealed" not in page.context
    assert not User.objects.filter(username="li.si").exists()

    report = client.post(reverse("people_import_faults"), {"sealed": page.context["faults_sealed"]})
    assert load_workbook(BytesIO(report.content)).worksheets[0].max_row == len(faults) + 1


def test_a_preview_is_good_for_its_maker_only(as_: Any, place: Place, other_county_officer: User) -> None:
    sealed = upload(as_("county"), ("李四", "li.si", "", place.school.name, "校长", "", "")).context["sealed"]
    assert as_("other_county_officer").post(reverse("people_import_confirm"), {"sealed": sealed}).status_code == 409
    assert as_("county").post(reverse("people_import_confirm"), {"sealed": sealed + "x"}).status_code == 409


def test_the_empty_list_can_be_filled_and_read(as_: Any, place: Place) -> None:
    content = as_("county").get(reverse("people_import_template")).content
    assert [cell.value for cell in load_workbook(BytesIO(content)).worksheets[0][1]] == list(HEADINGS)


def test_organisations_classes_villages_and_zones_have_their_pages(as_: Any, place: Place) -> None:
    client = as_("county")
    client.post(reverse("class_add", args=[place.school.pk]), {"grade": "1", "name": "一（1）班"})
    assert SchoolClass.objects.filter(school=place.school, grade=1).exists()
    client.post(reverse("villages", args=[place.township_area.pk]), {"one-number": "9", "one-name": "麦仓村"})
    assert Area.objects.filter(name="麦仓村").exists()
    assert client.get(reverse("zones")).status_code == 403
    client.post(reverse("organisation_add"), {"kind": "school", "area": place.township_area.pk, "name": "第二小学"})
    assert "第二小学" in client.get(reverse("organisations"), {"q": "第二"}).content.decode()

    client = as_("admin")
    client.post(reverse("zones"), {"name": "武当山特区", "reports_to": "4203"})
    assert Area.objects.filter(code="4203Z1", is_custom=True).exists()


@pytest.mark.parametrize(
    "route",
    ["people", "people_import", "organisations", "organisation_add", "zones", "person_add", "account", "password_change", "about_data", "login"],
)
def test_no_page_carries_inline_scripts_or_styles(as_: Any, admin: User, place: Place, route: Any) -> None:
    page = as_("admin").get(reverse(route), follow=True).content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>[^<]*\S|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize("who", ["county", "admin", "security", "principal"])
def test_the_pages_of_a_person_and_an_organisation_open(as_: Any, teacher: User, place: Place, who: Any) -> None:
    client = as_(who)
    assert client.get(reverse("person", args=[teacher.pk])).status_code == 200
    assert client.get(reverse("organisation", args=[place.school.pk])).status_code == 200
