"""What it costs to tell 10,000 people something by letter: saying it, and carrying it out of the house by one worker. Run by `make bench`."""

from __future__ import annotations

from datetime import datetime
from time import perf_counter, process_time
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.delivery import deliver_due
from notifications.models import Delivery
from notifications.services import Message, notify_many
from tests.benchmarks.conftest import Table
from tests.cast import SHANGHAI

pytestmark = pytest.mark.django_db(transaction=True)

LETTERS, WATCHED = 10_000, 200


def test_what_ten_thousand_reminders_cost(table: Table, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "127.0.0.1"  # the post office costs nothing here
    settings.KC_PUBLIC_URL = "https://kc.county.example"
    by_day()
    people = get_user_model().objects.bulk_create(
        [get_user_model()(username=f"t{n}", name=f"T{n}", email=f"t{n}@school.example") for n in range(1000)]
    )
    began = perf_counter()
    for start in range(0, LETTERS, 500):
        notify_many([reminder(people[n % len(people)], n) for n in range(start, start + 500)])
    said = perf_counter() - began
    assert Delivery.objects.filter(state="waiting").count() == LETTERS
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    with CaptureQueriesContext(connection) as asked:
        assert deliver_due(limit=WATCHED) == WATCHED
    sent, began, busy = WATCHED, perf_counter(), process_time()
    while one := deliver_due(limit=2000):
        sent += one
    took, busy = perf_counter() - began, process_time() - busy

    assert sent == LETTERS == Delivery.objects.filter(state="sent", attempts=1).count()
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == len(mail.outbox) == LETTERS, "each once"
    table.section(f"{LETTERS:,} letters by one worker")
    table.row("saying it", f"{said:.1f} s", f"{LETTERS / said:,.0f} a second")
    table.row(
        "carrying it out (the post office itself costs nothing)", f"{took:.1f} s", f"{(LETTERS - WATCHED) / took:,.0f} a second",
        f"{len(asked) / WATCHED:.1f} statements", f"{busy:.1f} s processor",
    )  # fmt: skip


def reminder(person: Any, n: int) -> Message:
    params = {"case": "420106-2026-0001", "step": "first_visit", "due": "2026-09-17"}
    return Message(recipient_id=person.pk, message="task_reminder", params=params, link="/tasks/1/", key=f"bench:{n}", urgent=False)


def by_day() -> None:
    """Nothing waits for the morning."""
    distance = datetime.now(SHANGHAI).replace(hour=12, minute=0, second=0) - datetime.now(SHANGHAI)
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine_clock_set(make_interval(secs => %s))", [distance.total_seconds()])
