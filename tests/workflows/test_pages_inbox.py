"""The inbox, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.desk import BUDGET, as_, many_cases, task
from tests.workflows.roads import look
from workflows.models import Assignment

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def at_noon(clock: Callable[[datetime], None], noon: datetime) -> None:
    clock(noon)


def test_a_teacher_finds_the_first_visit_with_child_deadline_and_origin(case: Case, teacher: User) -> None:
    page = as_(teacher).get("/tasks/")
    words = page.content.decode()
    assert page.status_code == 200
    assert "张小明" in words
    assert "七(1)班" in words
    assert f'href="/tasks/{task(case, "first_visit").pk}/"' in words
    assert [name for name, _rows in page.context["groups"]] == ["week"]
    row = page.context["groups"][0][1][0]
    assert row.is_mine
    assert row.came_from == "teacher"


def test_the_inbox_is_grouped_by_how_urgent_a_task_is(case: Case, teacher: User, clock: Callable[[datetime], None], noon: datetime) -> None:
    def groups() -> list[str]:
        return [name for name, _rows in as_(teacher).get("/tasks/").context["groups"]]

    assert groups() == ["week"]
    clock(noon + timedelta(days=1))
    assert groups() == ["today"]
    clock(noon + timedelta(days=1, hours=8))
    assert groups() == ["late"]


def test_nobody_sees_a_task_of_somebody_else_in_the_inbox(case: Case, other_teacher: User, stranger: User, auditor: User) -> None:
    for user in (other_teacher, stranger, auditor):
        assert as_(user).get("/tasks/").context["page"].paginator.count == 0


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("tab", ["", "mine", "post", "done"])
def test_the_inbox_costs_eight_queries_whatever_its_length(
    place: Place, teacher: User, noon: datetime, count: int, tab: str, django_assert_max_num_queries: Any
) -> None:
    many_cases(place, teacher, noon, count)
    client = as_(teacher)
    client.get("/tasks/")
    with django_assert_max_num_queries(BUDGET):
        page = client.get("/tasks/", {"tab": tab})
    if tab in ("", "mine"):
        assert page.context["page"].paginator.count == count


def test_filters_live_in_the_address_and_nonsense_in_it_is_harmless(place: Place, case: Case, village: User, teacher: User, noon: datetime) -> None:
    many_cases(place, teacher, noon, 3)
    client = as_(village)

    def count(**words: str) -> int:
        return int(client.get("/tasks/", words).context["page"].paginator.count)

    assert count() == 4
    assert count(q="张小") == 1
    assert count(q=case.number) == 1
    assert count(step="village_check") == 4
    assert count(step="first_visit") == 0
    assert count(when="late") == 0
    assert count(tab="nonsense", kind="nonsense", page="-3") == 0
    assert count(place="zz") == 0
    assert client.get("/tasks/", {"q": "'; --", "place": "1 OR 1=1", "when": "never"}).status_code == 200


def test_unclaimed_tasks_at_my_post_are_claimed_together(
    place: Place, case: Case, teacher: User, village: User, county: User, other_county_officer: User, noon: datetime
) -> None:
    Assignment.objects.filter(case=case, step="first_visit").update(organisation=place.education, role="county_officer", holder=None)
    lying = task(case, "first_visit")
    assert as_(county).get("/tasks/", {"tab": "post"}).context["page"].paginator.count == 1

    answer = as_(county).post("/tasks/claim/", {"task": [lying.pk, "x", "99999999"], "next": "/tasks/?tab=post"})

    assert answer.headers["Location"] == "/tasks/?tab=post"
    lying.refresh_from_db()
    assert lying.holder == county
    as_(other_county_officer).post("/tasks/claim/", {"task": [lying.pk]})
    lying.refresh_from_db()
    assert lying.holder == county


def test_claiming_leads_nowhere_else(case: Case, teacher: User) -> None:
    assert as_(teacher).post("/tasks/claim/", {"next": "https://elsewhere.example/"}).headers["Location"] == "/tasks/"


def test_what_i_did_lately_stays_for_a_while(case: Case, teacher: User, village: User, noon: datetime, clock: Callable[[datetime], None]) -> None:
    look(case, teacher, village, noon)
    assert as_(teacher).get("/tasks/", {"tab": "done"}).context["page"].paginator.count == 1
    clock(noon + timedelta(days=40))
    assert as_(teacher).get("/tasks/", {"tab": "done"}).context["page"].paginator.count == 0


def test_the_side_bar_counts_what_waits(case: Case, teacher: User) -> None:
    page = as_(teacher).get("/tasks/")
    assert page.context["shell"].counts["inbox"] == 1


def test_the_inbox_speaks_the_language_of_the_reader(case: Case, teacher: User) -> None:
    assert "我的任务" in as_(teacher).get("/tasks/").content.decode()
    teacher.language = "en"
    teacher.save(update_fields=["language"])
    assert "My tasks" in as_(teacher).get("/tasks/").content.decode()


def test_home_leads_each_post_to_its_own_work(teacher: User, police: User, prefecture: User, inspector: User, admin: User) -> None:
    assert as_(teacher).get("/").headers["Location"] == "/tasks/"
    assert as_(police).get("/").headers["Location"] == "/tasks/"
    assert as_(prefecture).get("/").status_code == 200
    assert as_(inspector).get("/").status_code == 200
    assert as_(admin).get("/").headers["Location"] == "/admin/"
