from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from notifications.models import Delivery, Notification, Preference
from notifications.params import NotAllowedInMessage
from notifications.services import Message, mark_all_read, mark_read, notify, notify_many, unread_count

Make = Callable[..., Message]


def test_a_fact_says_a_thing_once(reader: Any, assigned: Make) -> None:
    assert notify(assigned(reader))
    assert not notify(assigned(reader))
    assert notify_many([assigned(reader), assigned(reader, "assigned:2"), assigned(reader, "assigned:2")]) == 1

    assert unread_count(reader) == 2


def test_a_thousand_people_cost_two_statements(reader: Any, assigned: Make, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with override_settings(EMAIL_HOST="mail.example"), django_assert_num_queries(2):
        assert notify_many([assigned(reader, f"assigned:{n}") for n in range(1000)]) == 1000
    assert Delivery.objects.count() == 1000


def test_where_nobody_wants_more_than_the_inbox_it_costs_one(
    colleague: Any, assigned: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with override_settings(EMAIL_HOST="mail.example"), django_assert_num_queries(1):
        notify_many([assigned(colleague, f"assigned:{n}") for n in range(10)])
    assert not Delivery.objects.exists()


def test_saying_nothing_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    with django_assert_num_queries(0):
        assert notify_many([]) == 0


def test_a_preference_decides_and_what_is_urgent_goes_everywhere(reader: Any, assigned: Make) -> None:
    Preference.objects.create(user=reader, channels=[])
    with override_settings(EMAIL_HOST="mail.example"):
        notify(assigned(reader, "quiet"))
        assert not Delivery.objects.exists()

        notify(assigned(reader, "loud", urgent=True))
        assert Delivery.objects.get().key == "loud:email"


def test_the_sender_may_ask_for_the_inbox_alone(reader: Any, assigned: Make) -> None:
    Preference.objects.create(user=reader, channels=["email"])
    notify(assigned(reader, "inbox", channels=()))
    assert not Delivery.objects.exists()
    notify(assigned(reader, "chosen"))
    assert Delivery.objects.count() == 1


def test_who_has_left_is_told_nothing_outside(reader: Any, assigned: Make) -> None:
    Preference.objects.create(user=reader, channels=["email"])
    reader.is_active = False
    reader.save()
    assert notify(assigned(reader))
    assert not Delivery.objects.exists()


def test_reading_is_counted(reader: Any, colleague: Any, assigned: Make) -> None:
    notify_many([assigned(reader, "1"), assigned(reader, "2"), assigned(colleague, "3")])
    mark_read(Notification.objects.get(key="1"))
    assert (unread_count(reader), unread_count(colleague)) == (1, 1)
    mark_all_read(reader)
    assert (unread_count(reader), unread_count(colleague)) == (0, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"params": {"case": "420106-1", "step": "first_visit", "due": "2026-09-17", "name": "x"}},
        {"params": {"case": "王小明", "step": "first_visit", "due": "2026-09-17"}},
        {"params": {"case": "420106-1", "step": "王小明", "due": "2026-09-17"}},
        {"params": {"case": "420106-1", "step": "first_visit", "due": "soon"}},
        {"params": {"case": "420106-1", "step": "first_visit"}},
        {"message": "hello"},
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/"},
        {"key": ""},
        {"key": "k" * 121},
    ],
)
def test_what_could_carry_a_childs_data_or_lead_away_is_refused(reader: Any, assigned: Make, changes: dict[str, Any]) -> None:
    with pytest.raises(NotAllowedInMessage):
        assigned(reader, **changes)


def test_days_may_be_given_as_they_are(reader: Any, assigned: Make) -> None:
    due = datetime(2026, 9, 17, 9, 30, tzinfo=UTC)
    message = assigned(reader, params={"case": "420106-1", "step": "first_visit", "due": due})
    assert message.params["due"] == "2026-09-17T09:30:00+00:00"
