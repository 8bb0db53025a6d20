"""The pages of a visit, over HTTP, as people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.directory.models import User
from cases.journal.models import Entry
from cases.protection.models import MandatoryReport, Receipt
from cases.register.models import Case
from cases.visits.models import HomeVisit
from cases.visits.services import log_visit
from tests.files.paper import pdf, photo
from tests.visits.saying import AFTERNOON, visit

pytestmark = pytest.mark.usefixtures("own_shelf")


@pytest.fixture(autouse=True)
def afternoon(clock: Callable[[datetime], None]) -> None:
    clock(AFTERNOON)


def new(case: Case) -> str:
    return reverse("visit-new", args=[case.pk])


def posted(**more: Any) -> dict[str, Any]:
    return {
        "visit_id": str(uuid4()),
        "submission": str(uuid4()),
        "occurred_at_0": "2026-09-16",
        "occurred_at_1": "15:40",
        "mode": "home",
        "met": ["child", "grandparent"],
        "whereabouts": "at_home",
        "reason": "study_difficulty",
        "outcome": "hesitant",
        "account": "孩子说跟不上数学。",
    } | more


def test_a_teacher_logs_a_visit_and_lands_on_the_record(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    response = client.post(new(case), posted(photos=[photo(), photo()], signature=pdf()), follow=True)

    done = HomeVisit.objects.get()
    assert response.redirect_chain == [(done.get_absolute_url(), 302)]
    page = response.content.decode()
    assert "孩子说跟不上数学。" in page
    assert page.count('<img src="/files/') == 2
    assert (done.occurred_at, done.photos.count()) == (AFTERNOON - timedelta(minutes=20), 2)


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    response = client.post(new(case), posted(outcome="agreed", account="电话13800001234", met=["nobody"]))

    form = response.context["form"]
    assert response.status_code == 422
    assert set(form.errors) == {"account", "outcome", "promised_on"}
    assert "电话13800001234" in response.content.decode()
    assert not HomeVisit.objects.exists()


def test_an_empty_form_names_what_is_missing(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    form = client.post(new(case), {"submission": str(uuid4()), "visit_id": str(uuid4())}).context["form"]
    assert set(form.errors) == {"occurred_at", "mode", "met", "whereabouts", "reason", "outcome"}


def test_the_same_page_sent_twice_shows_the_same_record(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    data = posted()
    first, second = client.post(new(case), data), client.post(new(case), data)
    assert first.headers["Location"] == second.headers["Location"]
    assert HomeVisit.objects.count() == 1


def test_danger_ticked_on_the_page_reaches_the_county(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    page = client.post(new(case), posted(danger="on", danger_kind="violence"), follow=True).content.decode()
    assert "110" in page
    assert MandatoryReport.objects.get().kind == "violence"


def test_a_danger_kind_without_the_tick_reports_nothing(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    client.post(new(case), posted(danger_kind="violence"))
    assert HomeVisit.objects.get().danger is False
    assert not MandatoryReport.objects.exists()


def test_the_other_line_finds_a_button_and_one_tap_confirms(client: Client, case: Case, teacher: User, township: User) -> None:
    client.force_login(teacher)
    client.post(new(case), posted(lines="on"))
    joint = HomeVisit.objects.get()
    confirm = reverse("visit-confirm", args=[joint.pk])
    assert confirm not in client.get(joint.get_absolute_url()).content.decode()

    client.force_login(township)
    assert confirm in client.get(joint.get_absolute_url()).content.decode()
    client.post(confirm, {"submission": str(uuid4())})

    joint.refresh_from_db()
    assert joint.confirmed_by == township
    assert confirm not in client.get(joint.get_absolute_url()).content.decode()


def test_a_refused_confirmation_is_explained_and_changes_nothing(client: Client, case: Case, teacher: User) -> None:
    client.force_login(teacher)
    client.post(new(case), posted(lines="on"))
    joint = HomeVisit.objects.get()
    response = client.post(reverse("visit-confirm", args=[joint.pk]), follow=True)
    assert [message.level_tag for message in response.context["messages"]][-1] == "error"
    joint.refresh_from_db()
    assert joint.confirmed_by is None


def test_a_correction_starts_from_the_old_record_and_takes_its_place(client: Client, case: Case, teacher: User) -> None:
    old = log_visit(case, **visit(mode="phone", photos=[photo()]), by=teacher, now=AFTERNOON)
    address = reverse("visit-correct", args=[old.pk])
    client.force_login(teacher)
    assert client.get(address).context["form"]["account"].value() == old.account

    client.post(address, posted())

    new_one = HomeVisit.objects.get(corrects=old)
    assert (new_one.mode, new_one.photos.count()) == ("home", 1)
    assert new_one.get_absolute_url() in client.get(old.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 302


def test_nobody_corrects_the_record_of_another(client: Client, case: Case, teacher: User, principal: User) -> None:
    old = log_visit(case, **visit(), by=teacher, now=AFTERNOON)
    client.force_login(principal)
    assert client.post(reverse("visit-correct", args=[old.pk]), posted()).status_code == 302
    assert HomeVisit.objects.count() == 1


def test_reading_a_record_leaves_a_line_in_the_journal(client: Client, case: Case, teacher: User, county: User) -> None:
    done = log_visit(case, **visit(), by=teacher, now=AFTERNOON)
    client.force_login(county)
    client.get(done.get_absolute_url())
    assert Entry.objects.filter(verb="case.viewed", actor=county, data__visit=str(done.pk)).count() == 1


def test_strangers_find_nothing_and_onlookers_may_not_write(client: Client, case: Case, teacher: User, stranger: User, inspector: User) -> None:
    done = log_visit(case, **visit(lines=["government"]), by=teacher, now=AFTERNOON)
    client.force_login(stranger)
    for address in (new(case), done.get_absolute_url(), reverse("visit-correct", args=[done.pk])):
        assert client.get(address).status_code == 404
    assert client.post(reverse("visit-confirm", args=[done.pk])).status_code == 404

    client.force_login(inspector)
    assert client.get(done.get_absolute_url()).status_code == 200
    assert client.get(new(case)).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_form_stands_in_both_languages_without_a_script_or_style_in_the_page(client: Client, case: Case, teacher: User, language: str) -> None:
    client.force_login(teacher)
    client.cookies["kc_language"] = language
    with translation.override(language):
        page = client.get(new(case)).content.decode()
    assert "style=" not in page
    assert "onclick" not in page
    assert page.count('type="file"') == 2


def test_a_visit_form_costs_few_queries(client: Client, case: Case, teacher: User, django_assert_max_num_queries: Any) -> None:
    client.force_login(teacher)
    client.get(new(case))
    with django_assert_max_num_queries(14):
        client.get(new(case))


def test_danger_is_reported_and_answered_on_pages_of_their_own(client: Client, case: Case, village: User, police: User, teacher: User) -> None:
    address = reverse("danger", args=[case.pk])
    client.force_login(village)
    assert client.post(address, {"kind": "", "facts": ""}).status_code == 422
    data = {"kind": "neglect", "facts": "孩子独自在家多日。", "submission": str(uuid4())}
    assert client.post(address, data).status_code == 302
    assert client.post(address, data).status_code == 302
    assert MandatoryReport.objects.count() == 1

    receipt = Receipt.objects.get(organisation__department="police")
    client.force_login(teacher)
    assert client.get(receipt.get_absolute_url()).status_code == 404
    client.force_login(police)
    assert "孩子独自在家多日。" in client.get(receipt.get_absolute_url()).content.decode()
    client.post(receipt.get_absolute_url(), {"measures": "已派民警上门。", "submission": str(uuid4())})
    receipt.refresh_from_db()
    assert receipt.confirmed_by == police
    assert "已派民警上门。" in client.get(receipt.get_absolute_url()).content.decode()
