"""Boards: what lies where, who answers in time; never beyond what the looker may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import NOON
from tests.workflows.desk import as_, many_cases
from workflows.models import Assignment
from workflows.rows import board

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]
BUDGET = 10  # the frame's five, the moment, the area, what is open, what was answered, the names


@pytest.fixture
def later(clock: Callable[[datetime], None]) -> datetime:
    now = NOON + timedelta(days=14)
    clock(now)
    return now


@pytest.fixture
def cases(place: Place, teacher: User) -> list[Case]:
    return many_cases(place, teacher, NOON, 6)


def rows(page: Any) -> dict[str, board.Row]:
    return {row.name: row for row, _share, _url in page.context["rows"]}


def test_the_board_of_a_county_counts_each_unit_and_leads_to_its_tasks(cases: list[Case], place: Place, county: User, later: datetime) -> None:
    client = as_(county)
    page = client.get("/board/")
    school = rows(page)[place.school.name]
    late = Assignment.objects.filter(organisation=place.school, state="open", due_at__lt=later).count()
    assert school.overdue == late > 0
    [url] = [url for row, _share, url in page.context["rows"] if row.name == place.school.name]
    tasks = client.get(url)
    assert tasks.context["page"].paginator.count == late
    assert {row.organisation_id for row, _title, _who in tasks.context["rows"]} == {place.school.pk}


def test_a_village_counts_with_its_township(cases: list[Case], place: Place, county: User, later: datetime) -> None:
    found = rows(as_(county).get("/board/"))
    assert place.village.name not in found
    assert found[place.township.name].open >= 6  # the village checks


def test_one_drills_down_from_the_province_to_a_task(cases: list[Case], place: Place, province: User, later: datetime) -> None:
    client, seen = as_(province), []
    page = client.get("/board/")
    for _level in range(4):
        assert page.status_code == 200
        if "views" in page.context:
            break
        [url] = [url for row, _share, url in page.context["rows"] if row.overdue][:1]
        seen.append(page.context["head"])
        page = client.get(url)
    assert len(seen) == 3
    assert page.context["rows"][0][0].case.county_id == place.area.pk


def test_nobody_looks_beyond_their_own_area(cases: list[Case], county: User, stranger: User, teacher: User, later: datetime) -> None:
    assert rows(as_(stranger).get("/board/")) == {}
    assert as_(stranger).get("/board/", {"area": "420526"}).status_code == 404
    assert as_(county).get("/board/", {"area": "42"}).status_code == 404
    assert as_(county).get("/board/", {"area": "420526'--"}).status_code == 404
    assert as_(teacher).get("/board/").status_code == 403
    for path in ("people/", "answers/", "tasks/"):
        assert as_(stranger).get(f"/board/{path}", {"area": "420526"}).status_code == 404
        assert as_(county).get(f"/board/{path}").status_code == 200


def test_a_principal_sees_the_own_school_alone(cases: list[Case], place: Place, principal: User, later: datetime) -> None:
    assert place.school.name in rows(as_(principal).get("/board/"))


def test_the_people_of_a_unit_with_what_they_hold(cases: list[Case], place: Place, teacher: User, county: User, later: datetime) -> None:
    page = as_(county).get("/board/people/", {"area": place.area.code, "unit": str(place.school.pk)})
    row = rows(page)[teacher.name]
    held = Assignment.objects.filter(organisation=place.school, holder=teacher, state="open")
    assert (row.open, row.overdue) == (held.count(), held.filter(due_at__lt=later).count())


def answered(cases: list[Case], *, in_time: int, by: User, now: datetime) -> None:
    """The first visits, the first `in_time` of them in time and the others a day late, after two days each."""
    for n, case in enumerate(cases):
        task = Assignment.objects.get(case=case, step="first_visit")
        task.state, task.done_by, task.done_at = "done", by, now - timedelta(days=5)
        task.created_at = task.done_at - timedelta(days=2)
        task.due_at = task.done_at + timedelta(days=1 if n < in_time else -1)
        task.save()


def test_who_answers_in_time_is_counted_over_thirty_and_ninety_days(cases: list[Case], teacher: User, county: User, later: datetime) -> None:
    answered(cases, in_time=4, by=teacher, now=later)
    Assignment.objects.filter(case=cases[0], step="first_visit").update(done_at=later - timedelta(days=60))
    row = rows(as_(county).get("/board/people/"))[teacher.name]
    assert (row.answered_90, row.answered_30, row.median) == (6, 5, 2.0)
    assert row.rate_30 == 60
    page = as_(county).get("/board/answers/", {"by": "person", "days": "90"})
    assert [(place, found.name, rate) for place, found, rate, *_more in page.context["best"]] == [(1, teacher.name, row.rate_90)]


def test_fewer_than_five_answers_give_no_rank(cases: list[Case], teacher: User, county: User, later: datetime) -> None:
    answered(cases[:4], in_time=0, by=teacher, now=later)
    page = as_(county).get("/board/answers/", {"by": "person"})
    assert page.context["best"] == []
    assert [row.name for row, *_counts in page.context["few"]] == [teacher.name]
    assert rows(as_(county).get("/board/people/"))[teacher.name].rate_90 is None


def test_equal_rates_share_a_rank() -> None:
    found = [board.Row(n, name=str(n), answered_90=10, in_time_90=in_time, median=1.0) for n, in_time in enumerate((9, 10, 9, 5))]
    best, few = board.ranked(found, 90)
    assert [(place, row.key) for place, row in best] == [(1, 1), (2, 0), (2, 2), (4, 3)]
    assert few == []


@pytest.mark.parametrize("path", ["/board/", "/board/people/", "/board/answers/", "/board/answers/?by=person", "/board/tasks/"])
def test_a_board_costs_ten_queries(cases: list[Case], county: User, later: datetime, path: str, django_assert_max_num_queries: Any) -> None:
    client = as_(county)
    client.get(path)
    with django_assert_max_num_queries(BUDGET):
        assert client.get(path).status_code == 200
