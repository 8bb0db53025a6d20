"""The worklist's two doors for many at once: settling with one reason, and taking the list out of the house."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.journal.models import Entry
from cases.rosters.models import Discrepancy
from tests.rosters.conftest import LATER
from tests.rosters.lists import compared, line, number_of

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

Make = Callable[..., "Case"]


@pytest.fixture
def differing(entered: Make, county: User) -> list[Case]:
    cases = [entered(name) for name in ("张一", "李二", "王三")]
    compared([line(case.student, "已复学") for case in cases[:2]], county, taken_on=LATER.date(), now=LATER)
    return cases


def test_many_are_looked_at_before_they_are_settled_with_one_reason(client: Client, differing: list[Case], county: User) -> None:
    client.force_login(county)
    where, picked = reverse("discrepancies-settle"), list(Discrepancy.objects.filter(kind="status").values_list("pk", flat=True))
    look = client.post(where, {"difference": picked, "next": "/rosters/?kind=status"})
    words = look.content.decode()
    assert look.status_code == 200
    assert all(case.student.name in words for case in differing[:2])
    assert differing[2].student.name not in words
    assert not Discrepancy.objects.exclude(settled="").exists(), "nothing is done before somebody said how and why"

    again = client.post(where, {"difference": picked, "sure": "1", "how": "theirs_corrected", "reason": " "})
    assert again.status_code == 422
    sent = {"difference": picked, "sure": "1", "how": "theirs_corrected", "reason": "已在学籍系统更正", "next": "/rosters/?kind=status"}
    sent["submission"] = look.context["submission"]
    assert client.post(where, sent)["Location"] == "/rosters/?kind=status"
    assert set(Discrepancy.objects.filter(pk__in=picked).values_list("settled", "reason")) == {("theirs_corrected", "已在学籍系统更正")}
    client.post(where, sent)
    assert Entry.objects.filter(verb="discrepancy.settled").count() == 2


def test_all_that_the_filters_show_are_settled_and_nobody_elses(client: Client, differing: list[Case], county: User, stranger: User) -> None:
    where, sent = reverse("discrepancies-settle"), {"all": "1", "filter": "kind=status", "sure": "1", "how": "ours_corrected", "reason": "已更正"}
    client.force_login(stranger)
    client.post(where, sent)
    assert not Discrepancy.objects.exclude(settled="").exists()
    client.force_login(county)
    client.post(where, sent)
    assert set(Discrepancy.objects.filter(settled="").values_list("kind", flat=True)) == {"missing_there"}


def test_names_leave_the_house_for_a_purpose_marked_and_masked(client: Client, differing: list[Case], county: User, principal: User) -> None:
    where = reverse("discrepancies-export")
    client.force_login(county)
    page = client.get(where, {"kind": "status"})
    assert "spreadsheet" not in page["Content-Type"], "first it asks what for"
    assert page.context["count"] == 2
    assert client.post(where, {"filter": "kind=status"}).status_code == 422
    assert not Entry.objects.filter(verb="list.exported").exists()

    file = client.post(where, {"filter": "kind=status", "purpose": "与学籍管理员核对"})
    sheet = load_workbook(BytesIO(file.content)).active
    assert sheet is not None
    cells = [str(value) for row in sheet.iter_rows(values_only=True) for value in row]
    assert {case.student.masked_identity for case in differing[:2]} <= set(cells)
    assert not any(number_of(case.student) in cell for case in differing for cell in cells)
    assert sheet.oddHeader is not None
    assert sheet.oddFooter is not None
    assert county.username in str(sheet.oddHeader.left.text)
    assert county.username in str(sheet.oddFooter.left.text)
    entry = Entry.objects.get(verb="list.exported")
    assert entry.remark.text == "与学籍管理员核对"
    assert (entry.data["rows"], entry.data["filter"]) == (2, {"kind": "status"})
    client.force_login(principal)
    assert client.post(where, {"purpose": "核对"}).status_code == 403
