"""What a page offers leads somewhere: a link to a page that refuses its reader is worse than none."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from cases.directory.models import User
from cases.register.models import Case
from tests.factories import Place, identity_number, make_student


def _body(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_case_leads_to_where_the_identity_number_is_asked_for(client: Client, principal: User, case: Case, place: Place) -> None:
    case.student = make_student(place, number=identity_number())
    case.save()
    found = re.search(r'href="([^"]+)#identity"', _body(client, principal, case.get_absolute_url()))
    assert found
    assert 'id="identity"' in _body(client, principal, found.group(1))


@pytest.mark.parametrize(("username", "offered"), [("teacher", True), ("inspector", False), ("province", False)])
def test_a_suspicion_is_offered_to_those_who_may_report_it(client: Client, everybody: list[User], username: str, offered: bool) -> None:
    reader = next(user for user in everybody if user.username == username)
    body = _body(client, reader, reverse("cases"))
    assert (f'href="{reverse("report")}"' in body) is offered


def test_a_list_of_names_is_offered_to_those_who_may_export(client: Client, county: User, inspector: User) -> None:
    names = reverse("ledger-names")
    assert names in _body(client, county, reverse("ledger-reports"))
    assert names not in _body(client, inspector, reverse("ledger-reports"))


def test_a_chinese_date_has_no_leading_nought() -> None:
    with override("zh-hans"):
        assert date_format(date(2026, 9, 8), "MONTH_DAY_FORMAT") == "9月8日"
