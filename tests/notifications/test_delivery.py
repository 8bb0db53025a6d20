import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from notifications import delivery
from notifications.clock import now
from notifications.delivery import deliver_due
from notifications.models import Delivery, DeliveryState, Notification
from notifications.services import Message, mark_read, notify, notify_many
from tests.notifications.mailserver import MailServer, open_mail_server

Make = Callable[..., Message]
Clock = Callable[[datetime | timedelta], None]


@pytest.fixture
def post_office(settings: Settings) -> Iterator[MailServer]:
    with open_mail_server() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 0.5
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.DEFAULT_FROM_EMAIL = "Office <office@county.example>"
        settings.KC_PUBLIC_URL = "https://kc.county.example"
        yield office


def only() -> Delivery:
    return Delivery.objects.get()


def until_next() -> timedelta:
    next_at = only().next_at
    assert next_at is not None
    return next_at - now()


def test_a_server_that_fails_then_hangs_then_accepts_gets_the_letter_once(post_office: MailServer, reader: Any, assigned: Make, clock: Clock) -> None:
    notify(assigned(reader))

    post_office.mood = "refuse"
    assert deliver_due() == 0
    assert (only().attempts, only().last_error) == (1, "SMTPConnectError")
    assert timedelta(seconds=25) < until_next() <= timedelta(seconds=30)
    assert deliver_due() == 0
    assert only().attempts == 1  # not due yet

    post_office.mood = "hang"
    clock(timedelta(seconds=31))
    assert deliver_due() == 0
    assert only().attempts == 2
    assert timedelta(seconds=110) < until_next() <= timedelta(minutes=2)

    post_office.mood = "accept"
    clock(timedelta(minutes=3))
    assert deliver_due() == 1
    assert deliver_due() == 0
    clock(timedelta(days=30))
    assert deliver_due() == 0
    assert len(post_office.letters) == 1
    assert (only().state, only().next_at, only().attempts) == (DeliveryState.SENT, None, 3)


def test_the_letter_is_in_the_readers_language_and_leads_back(post_office: MailServer, reader: Any, assigned: Make) -> None:
    reader.language = "en"
    reader.save()
    notify(assigned(reader))
    deliver_due()

    letter: Any = post_office.letters[0]
    text = letter.get_content()
    assert letter["To"] == "reader@school.example"
    assert letter["Subject"].startswith("New task: ")
    assert letter["Subject"].endswith(", case 420106-2026-0001, due: September 17")
    assert f"https://kc.county.example/notifications/{Notification.objects.get().pk}/open/" in text
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_letter_that_had_to_be_repeated_carries_the_same_id(post_office: MailServer, reader: Any, assigned: Make, clock: Clock) -> None:
    notify(assigned(reader))
    post_office.mood = "deaf"  # takes the letter and never says so
    assert deliver_due() == 0
    post_office.mood = "accept"
    clock(timedelta(minutes=1))
    assert deliver_due() == 1

    first, second = post_office.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@county.example>")


def test_what_went_wrong_is_kept_without_the_words_of_the_other_side(post_office: MailServer, reader: Any, assigned: Make) -> None:
    notify(assigned(reader))
    post_office.mood = "unknown"
    deliver_due()
    assert only().last_error == "SMTPRecipientsRefused"


def test_a_server_that_is_down_is_asked_once_a_run_and_a_bad_address_stops_nobody(
    post_office: MailServer, reader: Any, assigned: Make, clock: Clock
) -> None:
    notify_many([assigned(reader, f"{n}") for n in range(20)])
    post_office.mood = "refuse"
    deliver_due()
    assert post_office.visits == 1

    post_office.mood = "unknown"
    clock(timedelta(seconds=31))
    deliver_due()
    assert post_office.visits == 1 + 20

    post_office.mood = "accept"
    clock(timedelta(minutes=10))
    assert deliver_due() == 20


def test_after_seven_days_it_is_given_up_and_may_be_tried_once_more(post_office: MailServer, reader: Any, assigned: Make, clock: Clock) -> None:
    notify_many([assigned(reader, "1"), assigned(reader, "2")])
    post_office.mood = "refuse"
    for days in range(7):
        clock(timedelta(days=days))
        deliver_due()
    assert delivery.look(now()).dead == 0

    clock(timedelta(days=7, minutes=1))
    deliver_due()
    assert delivery.look(now()) == delivery.Outbox(waiting=0, late=0, dead=2)

    post_office.mood = "accept"
    assert deliver_due() == 0
    assert delivery.try_again(list(Delivery.objects.values_list("pk", flat=True))) == 2
    assert deliver_due() == 2


def test_what_is_old_because_nobody_delivered_is_still_tried(post_office: MailServer, reader: Any, assigned: Make, clock: Clock) -> None:
    notify(assigned(reader))
    clock(timedelta(days=9))
    assert delivery.look(now()).late == 1
    assert deliver_due() == 1


@pytest.mark.parametrize("change", ["read", "left", "no address", "no such channel"])
def test_what_is_no_longer_needed_is_not_sent(post_office: MailServer, reader: Any, assigned: Make, change: str) -> None:
    notify(assigned(reader))
    if change == "read":
        mark_read(Notification.objects.get())
    elif change == "no such channel":
        Delivery.objects.update(channel="pigeon")
    else:
        reader.is_active, reader.email = change != "left", "" if change == "no address" else reader.email
        reader.save()

    assert deliver_due() == 0
    assert (only().state, post_office.visits) == (DeliveryState.DROPPED, 0)


@pytest.mark.django_db(transaction=True)
def test_deliverers_that_race_send_each_letter_once(post_office: MailServer, reader: Any, assigned: Make) -> None:
    notify_many([assigned(reader, f"{n}") for n in range(60)])
    post_office.slowness = 0.005
    sent: list[int] = []

    def race() -> None:
        try:
            sent.append(deliver_due())
        finally:
            connection.close()

    racers = [threading.Thread(target=race) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    ids = [letter["Message-ID"] for letter in post_office.letters]
    assert len(ids) == len(set(ids)) == sum(sent) == 60
    assert sum(count > 0 for count in sent) > 1


@pytest.mark.django_db(transaction=True)
def test_what_the_caller_takes_back_is_never_said(post_office: MailServer, reader: Any, assigned: Make) -> None:
    with transaction.atomic():
        notify(assigned(reader))
        transaction.set_rollback(True)
    assert deliver_due() == 0
    assert not Notification.objects.exists()


def test_the_command_delivers_without_a_broker(post_office: MailServer, reader: Any, assigned: Make) -> None:
    notify(assigned(reader))
    out = StringIO()
    call_command("deliver", stdout=out)
    assert out.getvalue().strip() == "1"
