"""The page of the ledger: every number leads to its cases, and nobody sees beyond the own place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

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


@pytest.mark.parametrize(
    ("name", "query", "most"),
    [
        ("ledger", {}, 8),
        ("ledger", {"change": "1"}, 9),
        ("ledger-cases", {"column": "on_ledger"}, 9),
        ("ledger-cases", {"column": "still_out"}, 10),  # and who is carried over
        ("ledger-changes", {}, 11),
        ("ledger-board", {}, 15),
    ],
)
def test_the_page_costs_few_queries(
    client: Client,
    province: User,
    on_ledger: Case,
    name: str,
    query: dict[str, str],
    most: int,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    client.force_login(province)
    client.get(reverse("ledger"))  # an active session is written once in five minutes
    with django_assert_max_num_queries(most):
        client.get(reverse(name), query)


def test_the_line_of_totals_is_called_after_what_the_post_covers(
    client: Client, principal: User, township: User, on_ledger: Case, place: Place
) -> None:
    assert show(client, principal)["rows"][0]["name"] == place.school.name
    assert show(client, township)["rows"][0]["name"] == place.township_area.name


def test_a_township_is_broken_down_by_village_and_school(client: Client, county: User, on_ledger: Case, place: Place) -> None:
    rows = show(client, county, area=place.township_area.pk)["rows"]
    assert {row["name"]: row["cells"][0]["total"] for row in rows}[place.village_area.name] == 1
    rows = show(client, county, area=place.township_area.pk, level="school")["rows"]
    assert [row["name"] for row in rows] == [place.township_area.name, place.school.name]


def test_the_way_back_leads_no_higher_than_the_post(client: Client, province: User, county: User, on_ledger: Case, place: Place) -> None:
    way = [label for label, _url in show(client, province, area=place.township_area.pk)["crumbs"]]
    assert way[1:] == ["宜昌市", "兴山县", place.township_area.name]
    assert [label for label, _url in show(client, county, area=place.township_area.pk)["crumbs"]][1:] == [place.township_area.name]


def test_the_difference_stands_beside_the_numbers_and_leads_to_the_names(client: Client, county: User, on_ledger: Case) -> None:
    """It was entered in October."""
    assert show(client, county, change="1")["rows"][0]["cells"][0]["change"] == 0
    page = show(client, county, month="10", change="1")
    assert page["rows"][0]["cells"][0]["change"] == 1
    moved = client.get(page["changes_url"]).context["moved"]
    assert [(case, said["kind"], said["before"]) for case, said in moved] == [(on_ledger, "came", "")]
    assert list(show(client, county, name="ledger-changes", month="10", kind="left")["page"]) == []


def test_the_names_of_who_moved_are_only_those_that_one_may_see(
    client: Client, province: User, inspector: User, stranger: User, on_ledger: Case
) -> None:
    for somebody, seen in ((province, 1), (inspector, 1), (stranger, 0)):
        assert show(client, somebody, name="ledger-changes", month="10")["page"].paginator.count == seen


def test_a_moment_is_chosen_and_what_was_told_later_is_not_counted(client: Client, county: User, on_ledger: Case) -> None:
    before = (timezone.localtime(on_ledger.standings.get(enters_ledger=True).recorded_at) - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M")
    page = show(client, county, as_of=before)
    assert page["rows"][0]["cells"][0]["total"] == 0
    assert list(show(client, county, name="ledger-cases", column="on_ledger", as_of=before)["page"]) == []
    for unusable in ("2999-01-01T00:00", "0001-01-01T00:00", "yesterday", "2026-13-45T99:99"):
        assert show(client, county, as_of=unusable)["sheet"].as_of is None


def test_who_is_carried_over_stands_beside_the_table_and_above_the_names(
    client: Client, county: User, on_ledger: Case, clock: Callable[[datetime], None]
) -> None:
    clock(datetime(2027, 2, 12, 9, tzinfo=SHANGHAI))
    assert show(client, county)["carried_over"] == 1
    page = show(client, county, name="ledger-cases", column="still_out")
    assert (list(page["page"]), page["carried_over"]) == ([], 1)
    assert list(client.get(page["carried_url"]).context["page"]) == [on_ledger]


def test_the_board_shows_the_17_units_then_the_counties(client: Client, province: User, prefecture: User, principal: User, on_ledger: Case) -> None:
    board = show(client, province, name="ledger-board")
    assert len(board["map"].tiles) == 17
    yichang = next(tile for tile in board["map"].tiles if tile.short == "宜昌")
    assert (yichang.value, yichang.step) == (1, 1)
    counties = client.get(yichang.url).context["map"].tiles
    assert {tile.short: tile.value for tile in counties}["兴山"] == 1
    assert show(client, prefecture, name="ledger-board")["map"].tiles == counties
    assert show(client, principal, name="ledger-board")["map"] is None
    assert show(client, principal, name="ledger-board")["lines"][0]["entered"] == 1


def test_the_board_says_why_children_left(client: Client, county: User, on_ledger: Case) -> None:
    board = show(client, county, name="ledger-board")
    assert [(share["number"], share["still_out"], share["width"]) for share in board["causes"]] == [(1, 1, 100)]
    assert [numbers[0] for _month, numbers in board["year_by_month"]] == [0] * 9 + [1, 1]


def test_nobody_without_the_right_sees_a_page_of_the_ledger(client: Client, teacher: User, admin: User) -> None:
    for name in ("ledger", "ledger-cases", "ledger-changes", "ledger-board"):
        show(client, teacher, status=403, name=name, column="on_ledger")
        show(client, admin, status=403, name=name, column="on_ledger")
