from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from notifications.models import Delivery, Notification, Preference
from notifications.params import NotAllowedInMessage
from notifications.services import Message, mark_all_read, mark_read, notify, notify_many, unread_count

Make = Callable[..., Message]


def test_a_fact_says_a_thing_once(teacher: Any, assigned: Make) -> None:
    assert notify(assigned(teacher))
    assert not notify(assigned(teacher))
    assert notify_many([assigned(teacher), assigned(teacher, "assigned:2"), assigned(teacher, "assigned:2")]) == 1

    assert unread_count(teacher) == 2


def test_a_thousand_people_cost_two_statements(teacher: Any, assigned: Make, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with override_settings(EMAIL_HOST="mail.example"), django_assert_num_queries(2):
        assert notify_many([assigned(teacher, f"assigned:{n}") for n in range(1000)]) == 1000
    assert Delivery.objects.count() == 1000


def test_where_nobody_wants_more_than_the_inbox_it_costs_one(cadre: Any, assigned: Make, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with override_settings(EMAIL_HOST="mail.example"), django_assert_num_queries(1):
        notify_many([assigned(cadre, f"assigned:{n}") for n in range(10)])
    assert not Delivery.objects.exists()


def test_saying_nothing_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    with django_assert_num_queries(0):
        assert notify_many([]) == 0


def test_a_preference_decides_and_what_is_urgent_goes_everywhere(teacher: Any, assigned: Make) -> None:
    Preference.objects.create(user=teacher, channels=[])
    with override_settings(EMAIL_HOST="mail.example"):
        notify(assigned(teacher, "quiet"))
        assert not Delivery.objects.exists()

        notify(assigned(teacher, "loud", urgent=True))
        assert Delivery.objects.get().key == "loud:email"


def test_the_sender_may_ask_for_the_inbox_alone(teacher: Any, assigned: Make) -> None:
    Preference.objects.create(user=teacher, channels=["email"])
    notify(assigned(teacher, "inbox", channels=()))
    assert not Delivery.objects.exists()
    notify(assigned(teacher, "chosen"))
    assert Delivery.objects.count() == 1


def test_who_has_left_is_told_nothing_outside(teacher: Any, assigned: Make) -> None:
    Preference.objects.create(user=teacher, channels=["email"])
    teacher.is_active = False
    teacher.save()
    assert notify(assigned(teacher))
    assert not Delivery.objects.exists()


def test_reading_is_counted(teacher: Any, cadre: Any, assigned: Make) -> None:
    notify_many([assigned(teacher, "1"), assigned(teacher, "2"), assigned(cadre, "3")])
    mark_read(Notification.objects.get(key="1"))
    assert (unread_count(teacher), unread_count(cadre)) == (1, 1)
    mark_all_read(teacher)
    assert (unread_count(teacher), unread_count(cadre)) == (0, 1)


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
def test_what_could_carry_a_childs_data_or_lead_away_is_refused(teacher: Any, assigned: Make, changes: dict[str, Any]) -> None:
    with pytest.raises(NotAllowedInMessage):
        assigned(teacher, **changes)


def test_days_may_be_given_as_they_are(teacher: Any, assigned: Make) -> None:
    due = datetime(2026, 9, 17, 9, 30, tzinfo=timezone.utc)
    message = assigned(teacher, params={"case": "420106-1", "step": "first_visit", "due": due})
    assert message.params["due"] == "2026-09-17T09:30:00+00:00"
