"""Two people, or one impatient thumb, over HTTP at the same moment: one wins, the other gets a clear page, and never an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.clearance import propose_deduction
from cases.register.models import Case, CasePlan, Clearance
from cases.register.plans import write_plan
from tests.cast import NOON
from tests.factories import Place, make_user
from tests.workflows.roads import enter, papers, plan, visit
from workflows.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Student

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody", "own_shelf", "autumn")]

LATER = NOON + timedelta(days=30)


@pytest.fixture
def own_shelf(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def autumn(clock: Callable[[Any], None]) -> None:
    clock(LATER + timedelta(hours=1))


@pytest.fixture
def impatient() -> Iterator[None]:
    """This connection waits a quarter of a second for a lock, not three."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 250")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 3000")


def at_once(*posts: tuple[User, str, dict[str, Any]]) -> list[tuple[int, str]]:
    """Each person posts in a browser and on a connection of their own, begun together: status and words."""
    gate = threading.Barrier(len(posts))

    def post(user: User, path: str, data: dict[str, Any]) -> tuple[int, str]:
        try:
            client = Client()
            client.force_login(user)
            client.get("/account/")
            gate.wait(20)
            answer = client.post(path, data)
            return answer.status_code, answer.content.decode() + answer.headers.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(posts)) as pool:
        return [done.result() for done in [pool.submit(post, *one) for one in posts]]


def task(case: Case, step: str) -> Assignment:
    return Assignment.objects.get(case=case, step=step, state=AssignmentState.OPEN)


def token() -> str:
    return str(uuid4())


PLAN = {"reason": "tired_of_school", "situation": "在家", "goal": "返校", "means": ["care"]}


def test_two_officers_sign_one_plan_and_the_slower_reads_who_was_faster(
    case: Case, teacher: User, village: User, principal: User, township: User, place: Place
) -> None:
    colleague = make_user("township-2", "township_officer", place.township, name="龚一平")
    enter(case, teacher, village, principal, NOON)
    write_plan(case, reason="tired_of_school", situation="在家", goal="返校", means=["care"], measures=[], by=principal, now=LATER)
    path = f"/tasks/{task(case, 'sign_plan').pk}/"

    answers = at_once(*[(person, path, {"sign": "yes", "submission": token()}) for person in (township, colleague)])

    assert sorted(status for status, _words in answers) == [302, 409]
    signed = CasePlan.objects.get()
    assert signed.signed_township_by is not None
    assert signed.signed_township_by.name in next(words for status, words in answers if status == 409)
    assert Entry.objects.filter(verb=Verb.PLAN_SIGNED).count() == 1
    assert Assignment.objects.filter(case=case, step="school_persuasion").count() == 1


def test_two_officers_decide_differently_and_one_decision_stands(
    case: Case, teacher: User, village: User, principal: User, county: User, other_county_officer: User
) -> None:
    enter(case, teacher, village, principal, NOON)
    evidence = papers("register_transfer", "receiving_reply")
    propose_deduction(case, ground="moved_away", occurred_on=LATER.date(), evidence=evidence, by=principal, now=LATER)
    path = f"/tasks/{task(case, 'approve_deduction').pk}/"

    answers = at_once(
        (county, path, {"approve": "yes", "submission": token()}),
        (other_county_officer, path, {"approve": "no", "note": "材料不全", "submission": token()}),
    )

    assert sorted(status for status, _words in answers) == [302, 409]
    clearance = Clearance.objects.get()
    assert clearance.decided_by is not None
    winner = 0 if clearance.decided_by == county else 1
    assert answers[winner][0] == 302
    assert clearance.decided_by.name in answers[1 - winner][1]


def test_one_form_sent_twice_at_the_same_moment_counts_once(case: Case, teacher: User, village: User, principal: User) -> None:
    enter(case, teacher, village, principal, NOON)
    path, form = f"/tasks/{task(case, 'write_plan').pk}/", {**PLAN, "submission": token()}

    answers = at_once((principal, path, form), (principal, path, form))

    assert all(status in {302, 409} for status, _words in answers)
    assert 302 in {status for status, _words in answers}
    assert (CasePlan.objects.count(), Entry.objects.filter(verb=Verb.PLAN_WRITTEN).count()) == (1, 1)
    again = at_once((principal, path, form))
    assert again[0][0] in {302, 409}
    assert CasePlan.objects.count() == 1


def test_two_people_report_one_child_and_one_case_opens(student: Student, teacher: User, principal: User) -> None:
    form = {"channel": "attendance", "last_attended_on": (NOON - timedelta(days=8)).date().isoformat(), "note": ""}
    path = f"/report/{student.pk}/"

    answers = at_once((teacher, path, {**form, "submission": token()}), (principal, path, {**form, "submission": token()}))

    assert sorted(status for status, _words in answers) == [302, 422]
    case = Case.objects.get()
    assert case.number in next(words for status, words in answers if status == 422), "the second is led to the case of the first"
    assert Entry.objects.filter(verb=Verb.CASE_OPENED).count() == 1


def test_a_task_at_a_post_is_claimed_by_one(case: Case, teacher: User, village: User, principal: User, place: Place, township: User) -> None:
    colleague = make_user("t-2", "township_officer", place.township, name="汪再兴")
    enter(case, teacher, village, principal, NOON)
    plan(case, principal, township, LATER)
    free = task(case, "township_persuasion")
    assert free.holder is None
    answers = at_once(*[(person, f"/tasks/{free.pk}/claim/", {"submission": token()}) for person in (township, colleague)])
    assert [status for status, _words in answers] == [302, 302]
    assert Assignment.objects.get(pk=free.pk).holder in {township, colleague}
    assert Entry.objects.filter(verb=Verb.TASK_CLAIMED).count() == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("door", ["task", "danger", "pause"])
def test_who_waits_too_long_for_a_colleague_is_told_so_and_nothing_is_half_done(case: Case, teacher: User, county: User, door: str) -> None:
    doors: dict[str, tuple[User, str, dict[str, Any]]] = {
        "task": (teacher, f"/tasks/{task(case, 'first_visit').pk}/", visit_form()),
        "danger": (teacher, f"/cases/{case.pk}/danger/", {"kind": "neglect", "facts": "独自在家"}),
        "pause": (county, f"/cases/{case.pk}/supervise/pause/", {"note": "住院"}),
    }
    user, path, form = doors[door]
    client = Client()
    client.force_login(user)
    client.get("/account/")
    before = Entry.objects.count()
    held, done = threading.Event(), threading.Event()

    def colleague() -> None:
        try:
            with transaction.atomic():
                Case.objects.select_for_update(no_key=True).get(pk=case.pk)
                held.set()
                done.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(colleague)
        assert held.wait(20)
        answer = client.post(path, {**form, "submission": token()})
        done.set()
        working.result()

    assert answer.status_code == 409
    assert Entry.objects.count() == before
    assert client.post(path, {**form, "submission": token()}).status_code == 302, "a moment later it works"


def visit_form() -> dict[str, Any]:
    said = visit(LATER)
    occurred_at = said.pop("occurred_at")
    return {**said, "occurred_at_0": occurred_at.date().isoformat(), "occurred_at_1": occurred_at.strftime("%H:%M")}
