"""The supervisor's desk: the first page, saved filters, requests in the queue, receipts, the export, and searches that hold no number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from cases.journal.models import Entry
from notifications.models import Notification
from tests.cast import NOON
from tests.workflows.desk import as_, many_cases, task
from workflows import escalation, extensions
from workflows.models import Assignment, Escalation, Listing, SavedFilter

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]
LATER = NOON + timedelta(days=14)
NUMBER = "42052620140203123X"


@pytest.fixture
def overdue(place: Place, teacher: User, clock: Callable[[datetime], None]) -> list[Case]:
    cases = many_cases(place, teacher, NOON, 5)
    clock(LATER)
    while escalation.sweep():
        pass
    return cases


def ask(case: Case, by: User, now: datetime = LATER) -> Any:
    return extensions.ask_extension(
        task(case, "first_visit"), until=(now + timedelta(days=5)).date(), reason="家长外出", by=by, now=now, submission=uuid4()
    )


# --- the first page


def test_the_desk_shows_the_most_urgent_and_who_waits(overdue: list[Case], county: User, teacher: User, django_assert_max_num_queries: Any) -> None:
    ask(overdue[0], teacher)
    client = as_(county)
    client.get("/")
    with django_assert_max_num_queries(10):
        page = client.get("/")
    assert len(page.context["urgent"]) == 3
    assert [row.asked_by for row, _title in page.context["asked"]] == [teacher]
    assert page.context["notices"]
    assert "请" not in Notification.objects.values_list("params", flat=True)


def test_the_most_urgent_is_what_nobody_answered_on_the_highest_rung(overdue: list[Case], county: User) -> None:
    first = as_(county).get("/").context["urgent"][0][0]
    as_(county).post(f"/queue/{first.pk}/", {"how": "remind", "note": "请抓紧"})
    assert first.pk not in {row.pk for row, *_more in as_(county).get("/").context["urgent"]}
    rungs = [row.rung for row, *_more in as_(county).get("/").context["urgent"]]
    assert rungs == sorted(rungs, reverse=True)


# --- saved filters


def test_a_saved_filter_keeps_codes_and_never_what_was_searched_for(overdue: list[Case], county: User) -> None:
    client = as_(county)
    said = {"listing": "queue", "name": "首次家访", "filter": "q=学生01&step=first_visit&place=&page=3"}
    assert client.post("/filters/save/", said).headers["Location"] == "/queue/?step=first_visit"
    kept = SavedFilter.objects.get(user=county)
    assert (kept.query, kept.is_default) == ("step=first_visit", False)
    chips = client.get("/queue/", {"step": "first_visit"}).context["saved"]
    assert [(item["label"], item["current"]) for item in chips.items] == [("首次家访", True)]
    assert chips.address == ""
    assert client.post("/filters/save/", {"listing": "queue", "name": "x", "filter": "q=学生01"}).status_code == 302
    assert SavedFilter.objects.count() == 1


@pytest.mark.parametrize("listing", list(Listing))
def test_a_list_opens_with_its_default_filter_and_can_show_everything(overdue: list[Case], county: User, listing: Listing) -> None:
    client, path = as_(county), {"inbox": "/tasks/", "queue": "/queue/", "cases": "/cases/"}[listing]
    client.post("/filters/save/", {"listing": listing.value, "name": "默认", "filter": "step=first_visit", "default": "on"})
    assert client.get(path).headers["Location"] == f"{path}?step=first_visit"
    page = client.get(path, {"step": "first_visit"})
    assert page.context["saved"].everything == f"{path}?all=1"
    assert client.get(path, {"all": "1"}).status_code == 200
    client.post("/filters/save/", {"listing": listing.value, "name": "另一个", "filter": "step=sign_plan", "default": "on"})
    assert SavedFilter.objects.get(is_default=True).name == "另一个"


def test_a_filter_is_renamed_and_deleted_by_its_owner_alone(county: User, county_head: User) -> None:
    client = as_(county)
    client.post("/filters/save/", {"listing": "cases", "name": "在台账", "filter": "tab=ledger&late=1"})
    kept = SavedFilter.objects.get()
    assert as_(county_head).get(f"/filters/{kept.pk}/").status_code == 404
    assert as_(county_head).post(f"/filters/{kept.pk}/delete/").status_code == 404
    client.post(f"/filters/{kept.pk}/", {"name": "台账逾期", "default": "on"})
    kept.refresh_from_db()
    assert (kept.name, kept.is_default, kept.query) == ("台账逾期", True, "tab=ledger&late=1")
    assert "台账逾期" in client.get("/filters/").content.decode()
    client.post(f"/filters/{kept.pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_no_identity_number_in_a_filter(county: User) -> None:
    client = as_(county)
    client.post("/filters/save/", {"listing": "cases", "name": NUMBER, "filter": "tab=ledger&late=1"})
    client.post("/filters/save/", {"listing": "cases", "name": "x", "filter": f"step={NUMBER}"})
    assert not SavedFilter.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(user=county, listing="cases", name="x", query=f"step={NUMBER}")


# --- the queue


def test_requests_wait_in_the_queue_and_are_answered_there(overdue: list[Case], county: User, teacher: User, principal: User) -> None:
    first, second = ask(overdue[0], teacher), ask(overdue[1], teacher)
    client = as_(county)
    page = client.get("/queue/", {"tab": "requests"})
    assert [row.request for row in page.context["rows"]] == [first, second]
    assert next(tab["count"] for tab in page.context["tabs"] if "requests" in tab["url"]) == 2
    where = f"/tasks/{first.assignment_id}/more-time/"
    assert client.post(where, {"grant": "yes", "answer": "", "next": "queue"}).headers["Location"] == "/queue/?tab=requests"
    assert client.post(f"/tasks/{second.assignment_id}/more-time/", {"grant": "no", "answer": "", "next": "queue"}).status_code == 422
    client.post(f"/tasks/{second.assignment_id}/more-time/", {"grant": "no", "answer": "请先电话联系", "next": "queue"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("granted", "refused")
    assert client.get("/queue/", {"tab": "requests"}).context["rows"] == []


def test_requests_come_to_whom_they_concern(overdue: list[Case], teacher: User, principal: User, prefecture: User, stranger: User) -> None:
    ask(overdue[0], teacher)

    def waiting(user: User) -> int:
        return len(as_(user).get("/queue/", {"tab": "requests"}).context["rows"])

    assert waiting(principal) == 1  # asked, and the head of the unit
    assert waiting(prefecture) == 0  # not asked: a prefecture does not read every county's requests
    assert waiting(stranger) == waiting(teacher) == 0


def test_the_queue_is_filtered_by_unit_and_age_with_their_numbers(overdue: list[Case], place: Place, county: User) -> None:
    client = as_(county)
    top = client.get("/queue/").context["page"].paginator.count

    def count(**words: str) -> int:
        return int(client.get("/queue/", words).context["page"].paginator.count)

    assert count(unit=str(place.school.pk)) + count(unit=str(place.village.pk)) + count(unit=str(place.township.pk)) == top
    assert sum(count(age=age) for age in ("3", "7", "15", "over")) == top
    assert count(age="zz") == count(unit="zz") == 0


def test_the_queue_shows_whom_to_call(overdue: list[Case], county: User, teacher: User) -> None:
    teacher.phone = "13900000000"
    teacher.save(update_fields=["phone"])
    assert 'href="tel:13900000000"' in as_(county).get("/queue/").content.decode()


def test_an_escalation_shows_who_was_told_and_who_read_it(overdue: list[Case], county: User) -> None:
    found = Escalation.objects.queue_of(county).order_by("-rung", "pk")[0]
    client = as_(county)
    before = client.get(f"/queue/{found.pk}/").context["receipts"]
    assert before
    assert all(receipt.read_at is None for receipt in before)
    Notification.objects.filter(key__startswith=f"fire:{found.fire.deadline_id}:").update(read_at=LATER)
    assert all(receipt.read_at for receipt in client.get(f"/queue/{found.pk}/").context["receipts"])


def test_the_tasks_own_organisation_stands_first_among_who_may_get_it(overdue: list[Case], place: Place, county: User) -> None:
    found = Assignment.objects.get(case=overdue[0], step="first_visit")
    page = as_(county).get(f"/tasks/{found.pk}/reassign/")
    offered = list(page.context["form"].fields["to"].queryset)
    assert offered[0].organisation_id == found.organisation_id
    assert offered[-1].organisation.kind in ("department", "conference_office")
    assert "---------" not in page.content.decode()
    assert "请选择" in page.content.decode()


# --- the export


def test_the_export_asks_for_a_purpose_masks_numbers_and_is_journalled(overdue: list[Case], county: User, stranger: User) -> None:
    client = as_(county)
    assert client.get("/cases/export/", {"tab": "all"}).context["count"] == 5
    assert client.post("/cases/export/", {"filter": "tab=all", "kind": "xlsx", "purpose": ""}).status_code == 422
    answer = client.post("/cases/export/", {"filter": "tab=all", "kind": "xlsx", "purpose": "向县政府汇报"})
    lines = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {line[0] for line in lines} == {case.number for case in overdue}
    assert not any(str(cell or "").isdigit() and len(str(cell)) > 15 for line in lines for cell in line)
    entry = Entry.objects.get(verb="list.exported")
    assert (entry.actor, entry.data["rows"], entry.data["filter"], entry.remark.text) == (county, 5, "tab=all", "向县政府汇报")
    theirs = as_(stranger).post("/cases/export/", {"filter": "tab=all", "kind": "csv", "purpose": "x"})
    assert theirs.content.decode("utf-8-sig").count("\r\n") == 1


def test_a_text_table_never_begins_a_formula(overdue: list[Case], county: User) -> None:
    student = overdue[0].student
    student.name = "=HYPERLINK(1)"
    student.save(update_fields=["name"])
    answer = as_(county).post("/cases/export/", {"filter": "tab=all", "kind": "csv", "purpose": "汇报"})
    assert "'=HYPERLINK(1)" in answer.content.decode("utf-8-sig")


def test_who_may_not_export_does_not(teacher: User, inspector: User) -> None:
    for user in (teacher, inspector):
        assert as_(user).get("/cases/export/").status_code == 403


# --- searches


@pytest.mark.parametrize("path", ["/students/", "/report/", "/cases/"])
@pytest.mark.parametrize("words", [NUMBER, "420526 20140203 1234", "４２０５２６２０１４０２０３１２３４"])
def test_an_address_with_an_identity_number_is_refused_in_words(county: User, path: str, words: str) -> None:
    client = as_(county)
    answer = client.get(path, {"q": words}, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    assert any("身份证" in str(said) for said in answer.context["messages"])
    assert words not in answer.content.decode()


def test_the_search_of_children_is_posted_and_sorts_numbers_from_words(county: User, student: Any) -> None:
    client = as_(county)
    assert client.post("/students/search/", {"q": "小明"}).headers["Location"] == "/students/?q=%E5%B0%8F%E6%98%8E"
    assert client.post("/students/search/", {"q": "小明", "back": "report"}).headers["Location"].startswith("/report/?q=")
    assert NUMBER not in client.post("/students/search/", {"q": NUMBER}).headers["Location"]
