"""Every door refuses a stranger: the whole URL map, walked."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cases.journal.models import Entry
from cases.register import identity
from cases.register.models import Case
from cases.register.opening import open_case
from tests.factories import Place, identity_number, make_guardian, make_student, make_user
from tests.house.addresses import Address, addresses, routes, untaught
from tests.house.world import World, make_world
from workflows.extratasks import add_extra_task
from workflows.services import reassign

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.directory.models import User

pytestmark = pytest.mark.django_db

NUMBER = identity_number()
# What anybody may open: the log-in itself, the language, what is kept about whom, and whether the product is alive.
PUBLIC = {"login/", "logout/", "language/", "about/data/", "healthz", "styleguide/"}


def is_public(route: str) -> bool:
    """The shell of the phone pages holds nobody's data: a phone keeps it for whoever comes next."""
    return route in PUBLIC or (route.startswith("m/") and not route.startswith("m/api/"))


@pytest.fixture
def world(
    place: Place, teacher: User, everybody: list[User], noon: datetime, settings: Settings, tmp_path: Path, clock: Callable[[datetime], None]
) -> World:
    settings.MEDIA_ROOT = tmp_path
    clock(noon + timedelta(days=50))
    student = make_student(place, name="郑晓川", number=NUMBER)
    make_guardian(student, name="郑守田", phone="13512345678")
    case = open_case(student, channel="attendance", last_attended_on=(noon - timedelta(days=8)).date(), by=teacher, now=noon)
    return make_world(place, case, {user.username: user for user in everybody}, noon)


@pytest.fixture(autouse=True)
def _no_line_for_every_refusal(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("django.request", "project.errors"):
        caplog.set_level(logging.ERROR, name)


@pytest.fixture
def stranger_at_work(stranger: User, neighbour: Place, world: World, noon: datetime) -> User:
    """The neighbour has a case of its own, so that an empty list proves nothing."""
    teacher = make_user("their-teacher", "class_teacher", neighbour.school, school_class=neighbour.school_class)
    open_case(
        make_student(neighbour, name="向小峡", number=""),
        channel="attendance",
        last_attended_on=(noon - timedelta(days=8)).date(),
        by=teacher,
        now=noon,
    )
    return stranger


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def said(answer: Any) -> str:
    """The words of an answer and the address that it leads to."""
    words: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return words.decode(errors="replace") + str(answer.headers.get("Location", ""))


def attempts(client: Client, address: Address, **form: Any) -> list[tuple[str, Any]]:
    data = {"submission": str(uuid4()), "note": "让我看看", **form}
    return [("GET", client.get(address.path)), ("POST", client.post(address.path, data))]


def doors_open_to(user: User, world: World) -> list[str]:
    """Where somebody gets anything else than "not found" at an address that names something of the world."""
    client, found = client_of(user), []
    for address in addresses(world):
        if not address.names:
            continue
        for method, answer in attempts(client, address):
            refused = answer.status_code == 404 or (answer.status_code == 405 and method not in answer.headers["Allow"])
            if not refused:
                found.append(f"{method} {address.path} ({address.route}): {answer.status_code}")
    return found


def told(user: User, world: World, queries: list[dict[str, str]]) -> list[str]:
    """Which of the world's secrets somebody reads in a list, a search, a count or a form, whatever they look for."""
    client, found = client_of(user), []
    for address in addresses(world):
        if address.names or address.route in {"logout/", "demo/next-working-day/"}:
            continue
        for query in queries:
            asked, answer = set(query.values()), client.get(address.path, query)
            text = said(answer)
            found += [f"{address.path} {query} tells {secret}" for secret in world.secrets if secret not in asked and secret in text]
            if answer.status_code != 200:
                break  # a closed door stays closed whatever one asks
    return found


def everything_to_ask(world: World) -> list[dict[str, str]]:
    words = [{"q": world.student.name}, {"q": world.case.number}]
    return [{}, *words, {"tab": "all", "q": world.student.name}, {"tab": "handled"}, {"area": world.case.county_id, "column": "on_ledger"}]


def test_every_parameter_of_the_url_map_is_known_here() -> None:
    assert untaught() == [], "a new address names something: teach tests/house/addresses.py what, so that it is tried by a stranger"
    assert len(list(routes())) > 60


def test_the_own_county_officer_finds_what_the_stranger_is_tried_on(world: World, county: User) -> None:
    """Else the walk would prove nothing."""
    client = client_of(county)
    tried = {
        "cases/<int:pk>/",
        "tasks/<int:pk>/",
        "queue/<int:pk>/",
        "students/<int:pk>/",
        "visits/<uuid:pk>/",
        "documents/<int:pk>/",
        "files/<uuid:pk>/",
    }
    tried |= {"receipts/<int:pk>/", "people/<int:pk>/", "cases/<int:pk>/sheet/", "organisations/<int:pk>/"}
    opened = {address.route: client.get(address.path).status_code for address in addresses(world) if address.route in tried}
    assert opened == dict.fromkeys(tried, 200)
    assert world.case.number in said(client.get(reverse("cases"), {"tab": "all"}))


def test_a_stranger_gets_404_on_every_address_that_names_something_of_the_county(world: World, stranger_at_work: User) -> None:
    before = Entry.objects.filter(case=world.case).count()
    # a township is no secret: who may not enter villages there is told so
    assert [door for door in doors_open_to(stranger_at_work, world) if not (door.endswith("403") and "townships/" in door)] == []
    assert Entry.objects.filter(case=world.case).count() == before


def test_a_stranger_reads_nothing_of_it_in_any_list_search_or_count(world: World, stranger_at_work: User) -> None:
    assert told(stranger_at_work, world, everything_to_ask(world)) == []


def test_a_stranger_posts_our_numbers_to_no_effect(world: World, stranger_at_work: User) -> None:
    client = client_of(stranger_at_work)
    tasks, escalations = [row.pk for row in world.tasks], [row.pk for row in world.escalations]
    before = Entry.objects.filter(case=world.case).count()
    forms: list[tuple[str, dict[str, Any]]] = [
        ("claim-tasks", {"task": tasks}),
        ("queue-bulk", {"how": "remind", "escalation": escalations, "sure": "1", "note": "快办"}),
        ("queue-bulk", {"how": "reassign", "escalation": escalations}),
        ("case-find", {"identity": NUMBER}),
        ("student-find", {"identity_number": NUMBER}),
    ]
    for name, form in forms:
        answer = client.post(reverse(name), form, follow=True)
        words = said(answer)
        assert answer.status_code in {200, 404}, name
        assert [secret for secret in world.secrets if secret in words] == [], name
    assert Entry.objects.filter(case=world.case).count() == before
    assert identity.check(NUMBER) == NUMBER


def test_a_stranger_who_registers_our_child_learns_only_that_it_is_registered(world: World, neighbour: Place, stranger_at_work: User) -> None:
    child = world.student
    form = {
        "name": "别名", "sex": child.sex, "born_on": child.born_on.isoformat(), "identity_number": NUMBER,
        "registered_at": neighbour.village_area.pk, "lives_at": neighbour.village_area.pk, "submission": str(uuid4()),
    }  # fmt: skip
    answer = client_of(stranger_at_work).post(reverse("student-new"), form)
    assert answer.status_code == 422
    assert [secret for secret in world.secrets if secret in said(answer)] == []


def test_a_department_sees_only_the_cases_that_it_has_a_part_in(world: World, county: User, noon: datetime) -> None:
    officer = make_user("labour", "department_officer", world.place.departments["labour"])
    assert [door for door in doors_open_to(officer, world) if not door.endswith("403")] == []
    assert told(officer, world, everything_to_ask(world)) == []

    add_extra_task(
        world.case, title="查童工", instructions="", organisation=world.place.departments["labour"], role="department_officer", working_days=2,
        by=county, now=noon + timedelta(days=51),
    )  # fmt: skip
    officer = type(officer).objects.get(pk=officer.pk)
    client = client_of(officer)
    assert client.get(world.case.get_absolute_url()).status_code == 200
    assert world.student.name in said(client.get(reverse("inbox")))
    other = open_case(make_student(world.place, name="另一人", number=""), channel="no_show", last_attended_on=None, by=county, now=noon)
    assert client.get(other.get_absolute_url()).status_code == 404
    assert "另一人" not in said(client.get(reverse("cases"), {"tab": "all"}))


def test_a_class_teacher_sees_only_the_own_class_and_what_was_assigned(
    world: World, other_teacher: User, teacher: User, county: User, noon: datetime
) -> None:
    assert [door for door in doors_open_to(other_teacher, world) if not door.endswith("403")] == []
    assert told(other_teacher, world, everything_to_ask(world)) == []
    own = client_of(teacher)
    assert own.get(world.case.get_absolute_url()).status_code == 200

    task = next(row for row in world.tasks if row.state == "open" and row.step == "township_persuasion")
    reassign(task, to=other_teacher.posts()[0], note="由邻班老师跟进", by=county, now=noon + timedelta(days=51))
    colleague = client_of(type(other_teacher).objects.get(pk=other_teacher.pk))
    assert colleague.get(world.case.get_absolute_url()).status_code == 200
    assert colleague.get(f"/tasks/{task.pk}/").status_code == 200
    unassigned = make_student(world.place, name="同班同学", number="")
    assert colleague.get(f"/students/{unassigned.pk}/").status_code == 404


@pytest.mark.parametrize("keeper", ["admin", "security", "auditor"])
def test_who_keeps_the_system_sees_no_child(world: World, keeper: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(keeper)
    theirs = ("people/", "phones/", "appointments/", "organisations/", "townships/", "notifications/gateways/")
    assert [door for door in doors_open_to(user, world) if not door.endswith("403") and not door.split("/", 1)[1].startswith(theirs)] == []
    # the journal names the case by its number and a visit by its key, and nothing else
    lines = told(user, world, [{}, {"q": world.student.name}])
    assert [line for line in lines if not (line.startswith("/journal/") and line.endswith((world.case.number, str(world.visit.pk))))] == []


def test_who_is_not_logged_in_is_sent_to_the_log_in(world: World) -> None:
    client, found = client_of(None), []
    for address in addresses(world):
        for method, answer in attempts(client, address) if not is_public(address.route) else ():
            # a phone is told so, and sent nowhere: it would take the page for the portal of some hotel
            told = answer.status_code == 401 and address.route.startswith("m/api/")
            to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
            if not to_login and not told and answer.status_code != 405:
                found.append(f"{method} {address.path}: {answer.status_code}")
    assert found == []
    assert Case.objects.count() == 1


def test_the_administration_opens_for_nobody_else(world: World, county: User) -> None:
    client = client_of(county)
    pages = [reverse("admin:index")]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages += [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
    for page in pages:
        answer = client.get(page)
        assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) in {
            (302, "/admin/login/"),
            (302, "/login/"),
            (403, ""),
            (404, ""),
        }, page
