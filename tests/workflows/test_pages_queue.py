"""The escalation queue, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from cases.journal.models import Entry
from notifications.models import Notification
from tests.factories import make_user
from tests.workflows.desk import BUDGET, as_, many_cases
from workflows import escalation
from workflows.models import Assignment, Escalation

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture
def overdue(clock: Callable[[datetime], None], noon: datetime) -> Callable[[], None]:
    """Two weeks later the sweep has raised everything that nobody did."""

    def pass_time() -> None:
        clock(noon + timedelta(days=14))
        while escalation.sweep():
            pass

    return pass_time


def of(user: User) -> Escalation:
    found: Escalation = Escalation.objects.queue_of(user).order_by("-rung", "pk")[0]
    return found


def test_what_is_overdue_comes_to_whoever_stands_above(case: Case, county: User, overdue: Callable[[], None]) -> None:
    assert as_(county).get("/queue/").context["page"].paginator.count == 0
    overdue()
    page = as_(county).get("/queue/")
    assert page.context["page"].paginator.count >= 1
    assert "张小明" in page.content.decode()
    assert page.context["kpis"][0].value == page.context["waiting"]


@pytest.mark.parametrize("size", [3, 60])
@pytest.mark.parametrize("tab", ["waiting", "followed", "handled"])
def test_the_queue_costs_eight_queries_whatever_its_length(
    place: Place, teacher: User, county: User, noon: datetime, size: int, tab: str, overdue: Callable[[], None], django_assert_max_num_queries: Any
) -> None:
    many_cases(place, teacher, noon, size)
    overdue()
    client = as_(county)
    client.get("/queue/")
    with django_assert_max_num_queries(BUDGET):
        page = client.get("/queue/", {"tab": tab})
    assert page.status_code == 200
    if tab == "waiting":
        assert page.context["page"].paginator.count >= size


def test_of_each_task_only_the_highest_rung_waits(case: Case, county: User, county_head: User, overdue: Callable[[], None]) -> None:
    overdue()
    for user in (county, county_head):
        rows = as_(user).get("/queue/").context["rows"]
        assert len({row.escalation.assignment_id for row in rows}) == len(rows)


def test_a_stranger_has_an_empty_queue_and_finds_no_escalation(case: Case, county: User, stranger: User, overdue: Callable[[], None]) -> None:
    overdue()
    client = as_(stranger)
    assert client.get("/queue/").context["page"].paginator.count == 0
    assert client.get(f"/queue/{of(county).pk}/").status_code == 404
    assert client.post(f"/queue/{of(county).pk}/", {"how": "note", "note": "x"}).status_code == 404
    client.post("/queue/bulk/", {"how": "remind", "escalation": [of(county).pk], "sure": "1", "note": "x"})
    assert not Entry.objects.filter(verb="task.reminded").exists()


def test_the_preview_tells_why_it_came_and_whom_to_call(case: Case, county: User, overdue: Callable[[], None]) -> None:
    overdue()
    page = as_(county).get(f"/queue/{of(county).pk}/")
    assert page.status_code == 200
    assert page.context["climb"]
    assert "data-preview-part" in page.content.decode()


@pytest.mark.parametrize("how", ["remind", "take_over", "note"])
def test_a_supervisor_acts_with_a_reason(case: Case, county: User, overdue: Callable[[], None], how: str) -> None:
    overdue()
    found, client = of(county), as_(county)
    assert client.post(f"/queue/{found.pk}/", {"how": how, "note": ""}).status_code == 422
    said = {"how": how, "note": "请三日内入户", "submission": str(uuid4())}
    assert client.post(f"/queue/{found.pk}/", said).headers["Location"] == "/queue/"
    assert client.post(f"/queue/{found.pk}/", said).headers["Location"] == "/queue/"
    found.refresh_from_db()
    assert found.handled_by == county
    assert found.state == ("open" if how == "remind" else "handled")
    assert Entry.objects.filter(remark__text="请三日内入户").count() == 1


def test_a_supervisor_reassigns_and_extends(place: Place, case: Case, county: User, overdue: Callable[[], None], noon: datetime) -> None:
    second = make_user("teacher-2", "class_teacher", place.school, school_class=place.school_class)
    overdue()
    found, client = of(county), as_(county)
    where = f"/queue/{found.pk}/"
    assert client.post(where, {"how": "reassign", "note": "换人"}).status_code == 422
    assert client.post(where, {"how": "extend", "note": "宽限"}).status_code == 422
    assert client.post(where, {"how": "reassign", "to": second.appointments.get().pk, "restart": "on", "note": "换人"}).status_code == 302
    assert Assignment.objects.get(pk=found.assignment_id).holder == second


def test_who_does_not_supervise_reads_and_cannot_act(case: Case, inspector: User, county: User, overdue: Callable[[], None]) -> None:
    overdue()
    client = as_(inspector)
    assert client.get(f"/queue/{of(county).pk}/").context["form"] is None
    assert client.post(f"/queue/{of(county).pk}/", {"how": "note", "note": "x"}).status_code == 403


def test_many_are_reminded_at_once_after_one_question(place: Place, teacher: User, county: User, noon: datetime, overdue: Callable[[], None]) -> None:
    many_cases(place, teacher, noon, 3)
    overdue()
    rows = [row.escalation.pk for row in as_(county).get("/queue/").context["rows"]]
    client = as_(county)
    asked = client.post("/queue/bulk/", {"how": "remind", "escalation": rows})
    assert asked.status_code == 200
    assert len(asked.context["picked"]) == len(rows)
    client.post("/queue/bulk/", {"how": "remind", "escalation": rows, "sure": "1", "note": "请抓紧"})
    assert Entry.objects.filter(verb="task.reminded").count() == len(rows)
    assert Notification.objects.filter(message="task_reminder").exists()
    assert as_(county).get("/queue/", {"tab": "followed"}).context["page"].paginator.count == len(rows)


def test_many_are_reassigned_at_once(place: Place, teacher: User, county: User, noon: datetime, overdue: Callable[[], None]) -> None:
    second = make_user("teacher-2", "class_teacher", place.school, school_class=place.school_class)
    many_cases(place, teacher, noon, 2)
    overdue()
    rows = [row.escalation for row in as_(county).get("/queue/").context["rows"]]
    said = {
        "how": "reassign",
        "escalation": [row.pk for row in rows],
        "sure": "1",
        "to": second.appointments.get().pk,
        "restart": "on",
        "note": "换人",
    }
    as_(county).post("/queue/bulk/", said)
    assert {Assignment.objects.get(pk=row.assignment_id).holder for row in rows} == {second}
    assert as_(county).get("/queue/").context["page"].paginator.count == 0


def test_filters_of_the_queue_live_in_the_address(case: Case, county: User, overdue: Callable[[], None]) -> None:
    overdue()
    client = as_(county)
    top = client.get("/queue/").context["page"].paginator.count

    def count(**words: str) -> int:
        return int(client.get("/queue/", words).context["page"].paginator.count)

    assert count(when="late") == top
    assert count(q="张小明", reason=case.reason) == top
    assert count(step="refer") == 0
    assert count(rung="99999999999999999999", place="zz", step="zz", tab="zz") == 0


def test_a_task_that_was_done_is_no_longer_in_the_queue(case: Case, county: User, teacher: User, overdue: Callable[[], None], noon: datetime) -> None:
    from cases.visits.services import log_visit
    from tests.workflows.roads import visit

    overdue()
    found = of(county)
    later = noon + timedelta(days=14)
    log_visit(case, **visit(later), by=teacher, now=later)
    if found.assignment.step == "first_visit":
        page = as_(county).get(f"/queue/{found.pk}/")
        assert page.context["form"] is None
    assert not Escalation.objects.queue_of(county).filter(assignment=task_done(case)).exists()


def task_done(case: Case) -> Assignment:
    found: Assignment = Assignment.objects.get(case=case, step="first_visit")
    assert found.state == "done"
    return found
