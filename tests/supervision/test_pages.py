"""The pages of orders, of the joint conference and of the inspectorate: what they offer, what they cost, what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.conferences.models import AgendaItem
from cases.conferences.services import put_on_agenda, schedule
from cases.directory.models import User
from cases.inspections.services import record_finding
from cases.register.models import Case
from cases.supervision.models import SupervisionOrder
from cases.supervision.services import answer_order, issue_order
from tests.factories import Place
from tests.supervision.conftest import words
from tests.workflows.desk import BUDGET, as_, many_cases
from workflows.models import Escalation
from workflows.sweeping import sweep_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def today(clock: Callable[[datetime], None], noon: datetime) -> None:
    clock(noon + timedelta(hours=1))


def cost_of(user: User, address: str) -> int:
    client = as_(user)
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_the_lists_cost_the_same_however_long_they_are(
    place: Place, teacher: User, county: User, conference: User, inspector: User, noon: datetime
) -> None:
    cases = many_cases(place, teacher, noon, 8)

    def more(some: list[Case]) -> None:
        for case in some:
            issue_order(case, **words(place, noon), by=conference, now=noon)
            put_on_agenda(case, reason="请研究", by=county, now=noon)
            record_finding(
                unit=place.school, count="persuasion", facts="走访不实", demand="整改", answer_by=noon.date() + timedelta(days=3), case=case,
                by=inspector, now=noon,
            )  # fmt: skip

    addresses = [(conference, reverse("orders")), (conference, reverse("conference")), (inspector, reverse("findings"))]
    more(cases[:2])
    few = [cost_of(user, address) for user, address in addresses]
    more(cases[2:])
    many = [cost_of(user, address) for user, address in addresses]
    assert few == many
    assert max(many) <= BUDGET


def test_an_escalation_at_rung_four_fills_in_the_order_by_one_click(
    case: Case, place: Place, conference: User, noon: datetime, clock: Callable[[datetime], None]
) -> None:
    later = noon + timedelta(days=20)
    clock(later)
    sweep_all(later)
    raised = Escalation.objects.queue_of(conference).select_related("assignment").filter(rung=4, assignment__step="first_visit").get()
    client = as_(conference)
    page = client.get(reverse("escalation", args=[raised.pk]))
    address = f"{reverse('order-new', args=[case.pk])}?escalation={raised.pk}"
    assert address in page.content.decode()
    form = client.get(address).context["form"]
    assert (form["addressee"].value(), form["escalation"].value()) == (place.school.pk, raised.pk)
    assert "首访" in form["demand"].value()
    said = {name: form[name].value() for name in form.fields} | {"submission": str(uuid4())}
    after = client.post(address, said)
    order = SupervisionOrder.objects.get()
    assert after["Location"] == order.get_absolute_url()
    raised.refresh_from_db()
    assert (raised.state, raised.decision, order.escalation) == ("handled", "ordered", raised.pk)


@pytest.mark.parametrize(
    ("person", "answers"),
    [
        ("conference", (200, 200, 200, 200, 403)),
        ("inspector", (200, 200, 200, 200, 200)),
        ("principal", (200, 403, 200, 403, 403)),
        ("teacher", (200, 403, 200, 403, 403)),
        ("police", (200, 403, 200, 404, 403)),
        ("stranger", (200, 200, 200, 404, 403)),
        ("admin", (200, 403, 200, 404, 403)),
    ],
)
def test_who_opens_what(request: pytest.FixtureRequest, case: Case, person: str, answers: tuple[int, ...]) -> None:
    """The orders, the conference, the findings, a new order, a new finding."""
    client = as_(request.getfixturevalue(person))
    addresses = [reverse("orders"), reverse("conference"), reverse("findings"), reverse("order-new", args=[case.pk]), reverse("finding-new")]
    assert tuple(client.get(address).status_code for address in addresses) == answers


def test_an_order_on_paper_is_chinese_whatever_the_readers_language(order: SupervisionOrder, conference: User, stranger: User) -> None:
    client = as_(conference)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("order-paper", args=[order.pk])).content.decode()
    for word in ("控辍保学工作督办单", order.number, order.addressee.name, order.demand, "签收"):
        assert word in page
    assert as_(stranger).get(reverse("order-paper", args=[order.pk])).status_code == 404


def test_the_page_of_an_order_leads_each_to_the_own_task(
    order: SupervisionOrder, principal: User, conference: User, county: User, noon: datetime
) -> None:
    address = order.get_absolute_url()
    task = order.case.assignments.get(step="answer_order")
    seen = {user.username: reverse("task", args=[task.pk]) in as_(user).get(address).content.decode() for user in (principal, conference, county)}
    assert seen == {"principal": True, "conference": False, "county": False}
    assert as_(county).get(reverse("order-withdraw", args=[order.pk])).status_code == 403
    answer_order(order, text="已家访", by=principal, now=noon)
    assert "已家访" in as_(county).get(address).content.decode()


def test_the_list_filters_and_keeps_identity_numbers_out_of_addresses(order: SupervisionOrder, conference: User) -> None:
    client = as_(conference)

    def found(**query: Any) -> int:
        return len(client.get(reverse("orders"), {"tab": "all", **query}).context["rows"])

    assert [found(), found(q=order.number), found(q=order.case.number), found(state="issued"), found(unit="school")] == [1] * 5
    assert [found(q="别的"), found(state="accepted"), found(unit="township"), found(late="1")] == [0] * 4
    assert client.get(reverse("orders"), {"q": "42052620130504001X"}).status_code == 302
    assert client.get(reverse("findings"), {"q": "42052620130504001X"}).status_code == 302


def test_the_office_puts_picked_cases_on_a_day_and_prints_the_agenda(
    case: Case, county: User, conference: User, stranger: User, noon: datetime
) -> None:
    item = put_on_agenda(case, reason="家长拒不配合", by=county, now=noon)
    client, on = as_(conference), (noon + timedelta(days=5)).date()
    assert as_(county).post(reverse("conference-schedule"), {"item": [item.pk], "meeting_on": on}).status_code == 403
    client.post(reverse("conference-schedule"), {"item": [item.pk], "meeting_on": on})
    assert AgendaItem.objects.get().meeting_on == on
    page = client.get(reverse("agenda-paper"), {"on": on.isoformat()})
    assert "家长拒不配合" in page.content.decode()
    for wrong in ("", "2026-13-45", "2030-01-01", "x-y-z"):
        assert client.get(reverse("agenda-paper"), {"on": wrong}).status_code == 404
    assert as_(stranger).get(reverse("agenda-paper"), {"on": on.isoformat()}).status_code == 404


def test_a_meeting_of_somebody_elses_county_cannot_be_fixed(case: Case, county: User, neighbour: Place, noon: datetime) -> None:
    from tests.factories import make_user

    item = put_on_agenda(case, reason="请研究", by=county, now=noon)
    theirs = make_user("their-office", "conference_office", neighbour.conference)
    as_(theirs).post(reverse("conference-schedule"), {"item": [item.pk], "meeting_on": noon.date() + timedelta(days=3)})
    item.refresh_from_db()
    assert item.meeting_on is None


def test_the_case_page_tells_what_was_demanded(order: SupervisionOrder, county: User, teacher: User, noon: datetime) -> None:
    item = put_on_agenda(order.case, reason="请研究", by=county, now=noon)
    schedule(item, meeting_on=noon.date(), by=User.objects.get(username="conference"), now=noon)
    address = f"{order.case.get_absolute_url()}?tab=supervision"
    assert order.number in as_(county).get(address).content.decode()
    assert order.number not in as_(teacher).get(address).content.decode(), "not a class teacher's business"
