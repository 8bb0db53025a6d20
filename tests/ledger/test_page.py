"""The page of the ledger: every number leads to its cases, and nobody sees beyond the own place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.directory.models import User
from cases.register.models import Case, Standing
from tests.cast import SHANGHAI
from tests.factories import Place
from tests.ledger.test_figures import fact

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def in_november(clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 11, 12, 9, tzinfo=SHANGHAI))


def show(client: Client, user: User, status: int = 200, name: str = "ledger", **query: Any) -> Any:
    client.force_login(user)
    answer = client.get(reverse(name), query)
    assert answer.status_code == status
    return answer.context


def test_the_province_sees_the_notices_table(client: Client, province: User, on_ledger: Case) -> None:
    rows = show(client, province)["rows"]
    assert [row["name"] for row in rows[:5]] == ["湖北省", "武汉市", "黄石市", "十堰市", "宜昌市"]
    assert len(rows) == 18
    assert rows[0]["cells"][0]["total"] == rows[4]["cells"][4]["total"] == 1


def test_a_line_leads_down_to_counties_townships_and_schools(client: Client, province: User, on_ledger: Case, place: Place) -> None:
    client.force_login(province)
    yichang = next(row for row in client.get(reverse("ledger")).context["rows"] if row["name"] == "宜昌市")
    county = next(row for row in client.get(yichang["url"]).context["rows"] if row["name"] == "兴山县")
    answer = client.get(county["url"])
    assert {row["name"]: row["cells"][0]["total"] for row in answer.context["rows"]}[place.township_area.name] == 1
    schools = client.get(answer.context["levels"][1]["url"]).context["rows"]
    assert [row["name"] for row in schools] == ["兴山县", place.school.name]


def test_a_number_leads_to_its_cases(client: Client, county: User, on_ledger: Case) -> None:
    client.force_login(county)
    for row in client.get(reverse("ledger")).context["rows"]:
        for cell in row["cells"]:
            assert bool(cell["url"]) == bool(cell["total"])
            if cell["url"]:
                assert list(client.get(cell["url"]).context["page"]) == [on_ledger]


def test_the_stranger_next_door_counts_nobody_and_may_not_ask_for_us(client: Client, stranger: User, on_ledger: Case) -> None:
    assert show(client, stranger)["rows"][0]["cells"][0]["total"] == 0
    show(client, stranger, status=404, area="420526")
    show(client, stranger, status=404, name="ledger-cases", area="420526", column="on_ledger")
    assert list(show(client, stranger, name="ledger-cases", column="on_ledger")["page"]) == []


def test_a_township_counts_its_place_and_a_principal_the_own_school(
    client: Client, township: User, principal: User, inspector: User, on_ledger: Case
) -> None:
    for somebody in (township, principal, inspector):
        assert show(client, somebody)["rows"][0]["cells"][0]["total"] == 1
    show(client, township, status=404, area="420526")
    on_ledger.school = on_ledger.school_class = None
    fact(on_ledger, Standing.STILL_OUT, date(2026, 11, 3))
    assert show(client, principal)["rows"][0]["cells"][0]["total"] == 0


def test_a_teacher_and_an_administrator_see_no_ledger(client: Client, teacher: User, admin: User) -> None:
    show(client, teacher, status=403)
    show(client, admin, status=403)


def test_the_month_is_chosen_and_never_lies_ahead(client: Client, province: User, on_ledger: Case) -> None:
    assert show(client, province, year=2026, month=9)["rows"][0]["cells"][0]["total"] == 0
    assert show(client, province, year=2026, month=12)["sheet"].month == 11
    assert show(client, province, year="x", month="99")["sheet"].year == 2026
    show(client, province, name="ledger-cases", status=404, column="all")


def test_the_page_costs_few_queries(client: Client, province: User, on_ledger: Case, django_assert_max_num_queries: Callable[..., Any]) -> None:
    client.force_login(province)
    client.get(reverse("ledger"))  # an active session is written once in five minutes
    with django_assert_max_num_queries(8):
        client.get(reverse("ledger"))
    with django_assert_max_num_queries(8):
        client.get(reverse("ledger-cases"), {"column": "on_ledger"})
