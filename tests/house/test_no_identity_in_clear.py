"""What a dump of the database, the log and the letters would tell about a child: no identity number, wherever somebody typed it."""

from __future__ import annotations

import base64
import logging
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as conf
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from cases.register.models import Student
from notifications.models import Delivery, Notification
from tests.factories import Place, identity_number
from tests.journeys.driver import START, VISIT, Story
from tests.journeys.roads import Cast, confirm_return
from tests.paper import pdf, photo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cases.directory.models import User

pytestmark = pytest.mark.django_db

BORN = date(2013, 5, 4)
CHILD, GUARDIAN, PHONE = "佘山月", "佘长河", "13698765432"


@pytest.fixture
def story(clock: Callable[[datetime], None], county: User, tmp_path: Path, settings: pytest.FixtureRequest) -> Story:
    conf.MEDIA_ROOT = tmp_path  # pytest-django's `settings` puts it back
    return Story(clock, county)


@pytest.fixture
def who(everybody: list[User]) -> Cast:
    return Cast(everybody)


def dump() -> dict[str, str]:
    """Every table as text; bytes as PostgreSQL writes them, hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        tables = [row[0] for row in cursor.fetchall()]
        text = {}
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(\"{table}\"::text, E'\\n'), '') FROM \"{table}\"")
            text[table] = cursor.fetchone()[0]
    return text


def spellings(number: str) -> list[str]:
    """As it is, as bytes, as base64 at each offset, and in the ways in which people write it."""
    parts = [number[:6], number[6:14], number[14:]]
    plain = number.encode()
    encoded = [base64.b64encode(b"." * shift + plain).decode()[4:-4] for shift in range(3)]
    return [number, number.lower(), plain.hex(), *encoded, " ".join(parts), "-".join(parts)]


def register(story: Story, who: Cast, place: Place, **numbers: str) -> Student:
    """The principal registers a child on the page for it."""
    browser = story.browser(who.principal)
    page = browser.open(reverse("student-new"))
    said = {
        "name": CHILD, "sex": "male", "born_on": BORN, "school": place.school, "school_class": place.school_class,
        "registered_at": place.village_area, "lives_at": place.village_area, "address": "青山村3组",
        "guardian_name": GUARDIAN, "guardian_relation": "father", "guardian_phone": PHONE,
    }  # fmt: skip
    browser.submit(page, page.form.fill(**said, **numbers))
    student: Student = Student.objects.get()
    return student


def test_no_number_stands_in_the_database_the_log_or_a_letter_after_a_whole_journey(
    story: Story, who: Cast, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    number = identity_number(born_on=BORN)
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    student = register(story, who, place, identity_number=spaced, roll_number=f"G{number}")
    browser = story.browser(who.principal)

    # shown once for a purpose, looked for in two places, and typed where it doesn't belong
    page = story.open(who.principal, reverse("student", args=[student.pk]))
    assert number not in page.text
    shown = browser.submit(page, page.form_to(reverse("student-identity", args=[student.pk])).fill(purpose="roll"))
    assert number in shown.text
    found = browser.open(reverse("students"))
    assert student.name in browser.submit(found, found.form_to(reverse("student-find")).fill(identity_number=number)).text
    story.open(who.principal, f"{reverse('cases')}?q={number}")
    story.report(who.teacher, student, note="电话无人接听。")
    story.is_refused(who.teacher, "first_visit", **VISIT | {"account": f"身份证{number}，电话{PHONE}。"})
    officer = story.browser(who.county)
    searched = officer.open(reverse("case-find"))
    assert officer.submit(searched, searched.form_with("identity").fill(identity=spaced)).address == story.case.get_absolute_url()
    assert officer.submit(searched, searched.form_with("q").fill(q=number)).address == story.case.get_absolute_url(), "pasted into the frame's search"

    # the road to the end
    story.visits(who.teacher, "first_visit", photos=[photo()], signature=pdf())
    story.does(who.village, "village_check", found="at_home")
    story.does(who.principal, "conclude_verification", conclusion="dropped_out", reason="tired_of_school")
    story.later(days=9)
    story.time_does_its_work()
    confirm_return(story, who)
    edit = story.open(who.principal, reverse("student-edit", args=[student.pk]))
    assert number not in edit.text
    browser.submit(edit, edit.form.fill(address="青山村4组"))

    tables = dump()
    assert student.name in tables["cases_student"], "the dump reads what is there"
    assert tables["cases_student"].count(number[-4:]) >= 1
    told = [f"{table} as {spelling}" for table, text in tables.items() for spelling in spellings(number) if spelling in text]
    assert told == []
    for session in Session.objects.all():
        assert not any(spelling in str(session.get_decoded()) for spelling in spellings(number))

    student.refresh_from_db()
    assert student.roll_number.startswith("G")
    assert student.masked_identity.endswith(number[-4:])
    log = "\n".join(f"{record.getMessage()} {record.args} {record.exc_text or ''}" for record in caplog.records)
    for secret in (number, CHILD, GUARDIAN, PHONE):
        assert secret not in log
        for table in (
            "notifications_notification",
            "notifications_delivery",
            "cases_entry",
            "workflows_assignment",
            "workflows_deadline",
            "viewflow_task",
        ):
            assert secret not in tables[table], f"{table} holds {secret}"
    assert Notification.objects.count() > 5
    assert Delivery.objects.exclude(last_error="").count() == 0


def test_a_roll_number_alone_is_kept_without_the_number_inside_it(story: Story, who: Cast, place: Place) -> None:
    number = identity_number(born_on=BORN)
    student = register(story, who, place, roll_number=f"G{number}")
    assert student.masked_identity.endswith(number[-4:]), "the number is known, sealed"
    assert not any(number in text for text in dump().values())
    assert START.year == 2026
