"""A day without gateways, and deliverers that die."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product

from notifications import delivery
from notifications.claiming import BATCH, CLAIM, Shut, begin, give_back, reserve
from notifications.clock import now
from notifications.delivery import deliver_due
from notifications.models import Delivery, DeliveryState, Notification
from notifications.services import Message, mark_read, notify_many
from tests.faults.processes import environment, running, wait_until
from tests.notifications.conftest import Enter
from tests.notifications.mailserver import open_mail_server
from tests.notifications.test_gateways import text_of
from tests.notifications.webserver import WebServer

Make = Callable[..., Message]
Clock = Callable[[timedelta], None]
EACH = 16


def test_a_day_without_any_gateway_loses_no_message_and_sends_each_once(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock, settings: Any
) -> None:
    """From noon to noon the mail server and three gateways refuse. What came at noon, in the night and in the morning arrives, once a channel."""
    officer.email = "officer@county.example"
    officer.save()
    for kind in ("wecom", "dingtalk", "sms"):
        enter(kind, per_minute=20 if kind != "sms" else None)
    there.close()
    with open_mail_server() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", office.port, False, 2
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        office.mood = "refuse"
        for minute in range(0, 24 * 60, 30):
            clock(timedelta(minutes=minute))
            if minute in {0, 11 * 60, 20 * 60}:  # noon, eleven at night, eight in the morning
                notify_many([assigned(officer, f"{minute}:{n}", urgent=n % 2 == 0) for n in range(EACH)])
            assert deliver_due() == 0
        assert Delivery.objects.filter(state=DeliveryState.WAITING).count() == 4 * 3 * EACH
        assert delivery.look(now()).dead == 0

        there.open()
        office.mood = "accept"
        for minute in range(24 * 60, 32 * 60, 20):  # the last attempt that was put off by six hours comes before the night
            clock(timedelta(minutes=minute))
            deliver_due()

        assert not Delivery.objects.exclude(state=DeliveryState.SENT).exists()
        assert not Delivery.objects.filter(unsure=True).exists()
        assert len({letter["Message-ID"] for letter in office.letters}) == len(office.letters) == 3 * EACH
    links = Counter((channel_of(letter), link_of(letter)) for letter in there.taken)
    assert set(links.values()) == {1}
    assert len(links) == 3 * 3 * EACH


def channel_of(letter: Any) -> str:
    return "dingtalk" if "sign" in letter.query else "wecom" if "key" in letter.query else "sms"


def link_of(letter: Any) -> str:
    said = letter.json
    return str(said["say"][1] if "say" in said else said["text"]["content"].split("\n")[1])


@pytest.mark.django_db(transaction=True)
def test_a_deliverer_that_is_killed_in_the_middle_leaves_a_trace_and_the_repetition_says_so(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock, tmp_path: Path
) -> None:
    enter("wecom")
    notify_many([assigned(officer)])
    there.mood, there.lateness = "late", 30
    env = environment(tmp_path, "redis://127.0.0.1:1") | secrets()
    with running("manage.py", "deliver", env=env, log=tmp_path / "deliver.log") as process:
        wait_until(lambda: len(there.taken) == 1, log=tmp_path / "deliver.log")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.begun_at is not None) == (DeliveryState.WAITING, 1, True)
    there.mood = "accept"
    assert deliver_due() == 0  # still claimed: whoever holds it may be slow and alive
    clock(CLAIM + timedelta(minutes=1))
    assert deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.unsure) == (DeliveryState.SENT, True)
    assert "（可能重复）" in text_of(there.taken[1]) or "(possibly sent before)" in text_of(there.taken[1])
    assert Notification.objects.count() == 1


def secrets() -> dict[str, str]:
    """With the database's address the product wants its secrets from the environment, too."""
    return {name: os.environ[name] for name in ("KC_SECRET_KEY", "KC_FIELD_KEYS", "KC_HASH_KEY") if name in os.environ} | {
        "KC_ALLOWED_HOSTS": ",".join(product.ALLOWED_HOSTS)
    }


def test_whoever_was_slower_than_the_claim_reports_success_but_no_failure(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock
) -> None:
    """A frozen deliverer thaws after another took its row: what it sent counts, and what it failed at does not undo the other's success."""
    enter("wecom")
    notify_many([assigned(officer)])
    [frozen] = reserve(Shut(), 10)
    assert begin(frozen, None)
    clock(CLAIM + timedelta(minutes=1))
    assert deliver_due() == 1
    there.mood = "500"
    assert not delivery._carry(frozen.delivery, Shut())
    row = Delivery.objects.get()
    assert (row.state, row.unsure, row.attempts) == (DeliveryState.SENT, True, 2)


def test_who_dies_with_many_letters_leaves_only_the_one_that_was_begun_unsure(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock
) -> None:
    enter("wecom")
    notify_many([assigned(officer, f"assigned:{n}") for n in range(3)])
    first, second, third = reserve(Shut(), 10)
    assert begin(first, None)
    assert begin(second, first.delivery.pk), "the first has arrived"
    assert deliver_due() == 0, "all of them are held"
    assert not begin(second, None), "nobody begins a letter twice"
    give_back([second, third])
    assert deliver_due() == 1, "the third was not begun; the second stays with whoever may be slow and alive"
    clock(CLAIM + timedelta(minutes=1))
    assert deliver_due() == 1
    rows = {row.pk: (row.state, row.unsure, row.attempts) for row in Delivery.objects.all()}
    assert rows == {
        first.delivery.pk: ("sent", False, 1),
        second.delivery.pk: ("sent", True, 2),
        third.delivery.pk: ("sent", False, 1),
    }
    assert not begin(third, None), "and what another sent is not sent again"
    assert len(there.taken) == 2


def test_a_letter_that_is_read_while_it_is_held_is_not_sent(there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock) -> None:
    enter("wecom")
    notify_many([assigned(officer)])
    [held] = reserve(Shut(), 10)
    mark_read(held.delivery.notification)
    assert not begin(held, None)
    clock(CLAIM + timedelta(minutes=1))
    assert deliver_due() == 0
    assert Delivery.objects.get().state == DeliveryState.DROPPED
    assert there.taken == []


def test_a_letter_costs_one_statement_beside_its_batch(settings: Any, officer: Any, assigned: Make, django_assert_max_num_queries: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "127.0.0.1", "django.core.mail.backends.locmem.EmailBackend"
    officer.email = "officer@county.example"
    officer.save()
    notify_many([assigned(officer, f"assigned:{n}") for n in range(BATCH)])
    with django_assert_max_num_queries(BATCH + 16):
        assert deliver_due() == BATCH


def test_what_was_given_up_alarms_whoever_runs_the_system_once_a_day(
    there: WebServer, enter: Enter, officer: Any, admin: Any, assigned: Make, clock: Clock
) -> None:
    enter("wecom")
    there.close()
    notify_many([assigned(officer, f"{n}") for n in range(5)])
    deliver_due()
    clock(timedelta(days=7, hours=1))
    deliver_due()
    deliver_due()
    assert Delivery.objects.filter(state=DeliveryState.DEAD).count() == 5
    alarm = Notification.objects.get(message="letters_given_up")
    assert (alarm.recipient, alarm.urgent, alarm.link) == (admin, True, "/notifications/deliveries/")

    # The alarm itself cannot leave, either. That it is given up in the end is no news.
    for days in range(8, 24):
        clock(timedelta(days=days))
        deliver_due()
    assert Delivery.objects.filter(notification=alarm, state=DeliveryState.DEAD).count() == 1
    assert Notification.objects.filter(message="letters_given_up").count() == 1
