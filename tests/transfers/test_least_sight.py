"""What stays in sight when a child belongs to somebody else: one's own acts do, the child's later course does not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cases.conferences import services as conferences
from cases.conferences.models import AgendaItem
from cases.directory.models import Appointment
from cases.register.models import Clearance
from cases.spotchecks.models import Draw, SpotCheck
from cases.supervision.models import SupervisionOrder
from cases.supervision.services import answer_order, issue_order
from cases.transfers import services
from tests.factories import appoint
from tests.transfers.conftest import THEN, words
from workflows.models import Assignment

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from cases.directory.models import User
    from cases.register.models import Case
    from cases.transfers.models import Transfer
    from tests.factories import Place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def over_there(offered: Transfer, other: User, neighbour: Place) -> None:
    services.answer(offered, accept=True, school_class=neighbour.school_class, place=neighbour.village_area, by=other, now=THEN)


def page(user: User, address: str) -> str:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(address)
    return answer.content.decode() if answer.status_code == 200 else ""


def test_what_the_conference_decided_stays_and_how_the_child_stands_now_does_not(
    on_ledger: Case, county: User, conference: User, neighbour: Place, other: User
) -> None:
    decided = conferences.put_on_agenda(on_ledger, reason="多次家访无果", by=county, now=THEN)
    conferences.schedule(decided, meeting_on=THEN.date(), by=conference, now=THEN)
    conferences.decide_item(decided, decision="司法所介入", held_on=THEN.date(), taken_up=True, by=conference, now=THEN)
    waiting = conferences.put_on_agenda(on_ledger, reason="再议", by=county, now=THEN)
    before = page(conference, decided.get_absolute_url())
    assert on_ledger.get_standing_display() in before

    over_there(services.offer(on_ledger, **words(neighbour), by=county, now=THEN), other, neighbour)
    waiting.refresh_from_db()
    assert waiting.state == "dropped"
    item = page(conference, decided.get_absolute_url())
    assert "司法所介入" in item
    assert neighbour.school.name not in item
    assert on_ledger.get_standing_display() not in item
    listed = page(conference, f"{reverse('conference')}?tab=past")
    assert on_ledger.number in listed
    assert neighbour.school.name not in listed
    paper = page(conference, f"{reverse('agenda-paper')}?on={THEN:%Y-%m-%d}")
    assert "司法所介入" in paper
    assert neighbour.school.name not in paper
    assert not AgendaItem.objects.visible_to(other).exists()


def test_an_order_stays_with_the_unit_that_answered_it_and_leaves_with_nobody(
    on_ledger: Case, place: Place, principal: User, conference: User, neighbour: Place
) -> None:
    order = issue_order(on_ledger, addressee=place.school, demand="三日内家访", answer_by=THEN.date() + timedelta(days=5), by=conference, now=THEN)
    task = Assignment.objects.get(step="answer_order", seed=order.pk)
    assert task.holder == principal
    answer_order(order, text="已家访", by=principal, now=THEN)
    assert SupervisionOrder.objects.visible_to(principal).exists()
    Appointment.objects.filter(user=principal).update(until=date(2026, 1, 1))
    appoint(principal, "principal", neighbour.school)
    somebody_else = type(principal).objects.get(pk=principal.pk)
    assert not SupervisionOrder.objects.visible_to(somebody_else).exists()
    appoint(principal, "class_teacher", place.school, school_class=place.other_class)
    assert SupervisionOrder.objects.visible_to(type(principal).objects.get(pk=principal.pk)).exists(), "the own answer, at the unit it was given for"


def test_a_draw_keeps_its_proof_and_names_no_child_of_another_county(
    on_ledger: Case, county: User, neighbour: Place, place: Place, other: User
) -> None:
    clearance = Clearance.objects.create(
        case=on_ledger, episode=on_ledger.episode, outcome="returned", proposed_by=other, proposed_at=THEN, occurred_on=THEN.date(), state="approved",
        decided_by=county, decided_at=THEN,
    )  # fmt: skip
    draw = Draw.objects.create(
        county=place.area, year=2026, quarter=3, share=10, seed="a" * 32, candidates=[clearance.pk], drawn_at=THEN,
    )  # fmt: skip
    SpotCheck.objects.create(
        draw=draw, case=on_ledger, episode=on_ledger.episode, clearance=clearance, organisation=place.township, role="township_officer"
    )
    address = reverse("draw", args=[draw.pk])
    assert on_ledger.student.name in page(county, address)
    type(on_ledger).objects.filter(pk=on_ledger.pk).update(county=neighbour.area, education=neighbour.education, school=neighbour.school)
    after = page(county, address)
    assert on_ledger.number in after
    assert on_ledger.student.name not in after
    assert neighbour.school.name not in after
