"""How people want to be told: channels, nights, a summary in the morning."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from notifications import summary
from notifications.delivery import deliver_due
from notifications.models import Delivery, Notification, Preference
from notifications.quiet import wakes
from notifications.services import Message, mark_all_read, notify, notify_many
from notifications.wishes import Wishes, wish
from tests.cast import NOON, SHANGHAI
from tests.notifications.conftest import Enter
from tests.notifications.webserver import WebServer
from tests.workflows.clockwork import make_case, make_task

Make = Callable[..., Message]
Clock = Callable[[datetime], None]


def at(hour: int, minute: int = 0, *, day: int = 16) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI)


# --- Quiet hours -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "begins", "ends", "expected"),
    [
        (at(12), time(21), time(7), at(12)),
        (at(21), time(21), time(7), at(7, day=17)),
        (at(23, 59), time(21), time(7), at(7, day=17)),
        (at(3), time(21), time(7), at(7)),
        (at(7), time(21), time(7), at(7)),
        (at(13), time(12), time(14), at(14)),
        (at(14), time(12), time(14), at(14)),
        (at(23), time(0), time(0), at(23)),
    ],
)
def test_the_night_ends_in_the_morning(moment: datetime, begins: time, ends: time, expected: datetime) -> None:
    assert wakes(moment, begins, ends) == expected


@given_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # so busy is the machine
@given(st.integers(0, 10**6).map(lambda minutes: NOON + timedelta(minutes=minutes)), st.times(), st.times())
def test_nobody_waits_longer_than_a_day_or_is_woken_at_night(moment: datetime, begins: time, ends: time) -> None:
    woken = wakes(moment, begins, ends)
    assert moment <= woken <= moment + timedelta(days=1)
    assert wakes(woken, begins, ends) == woken
    assert woken == moment or woken.timetz().replace(tzinfo=None) == ends


def test_what_is_not_urgent_waits_for_the_morning_and_what_is_goes_at_once(
    there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock
) -> None:
    enter("wecom")
    clock(at(22))
    notify_many([assigned(officer, "can wait"), assigned(officer, "cannot", urgent=True)])
    assert deliver_due() == 1
    assert Delivery.objects.get(sent_at=None).notification.key == "can wait"
    clock(at(6, 55, day=17))
    assert deliver_due() == 0
    clock(at(7, 1, day=17))
    assert deliver_due() == 1


def test_what_comes_due_again_at_night_waits_too(there: WebServer, enter: Enter, officer: Any, assigned: Make, clock: Clock) -> None:
    enter("wecom")
    clock(at(20, 50))
    notify(assigned(officer))
    there.mood = "503"
    deliver_due()
    there.mood = "accept"
    clock(at(21, 5))
    assert deliver_due() == 0
    assert Delivery.objects.get().attempts == 1
    clock(at(7, 5, day=17))
    assert deliver_due() == 1


def test_everybody_has_their_own_night(there: WebServer, enter: Enter, officer: Any, county: Any, assigned: Make, clock: Clock) -> None:
    enter("wecom")
    wish(officer, Wishes(["wecom"], quiet_from=time(9), quiet_until=time(9)))  # never
    wish(county, Wishes(["wecom"], quiet_from=time(12), quiet_until=time(14)))
    clock(at(23))
    notify_many([assigned(officer, "1"), assigned(county, "2")])
    assert deliver_due() == 2
    clock(at(12, 30, day=17))
    notify_many([assigned(officer, "3"), assigned(county, "4")])
    assert deliver_due() == 1


# --- Channels ----------------------------------------------------------------------------------------------------------------------


def test_urgent_messages_take_the_ways_that_were_chosen_for_them(enter: Enter, officer: Any, assigned: Make) -> None:
    for kind in ("wecom", "dingtalk", "sms"):
        enter(kind)
    wish(officer, Wishes(["wecom"], ["sms"]))
    notify_many([assigned(officer, "1"), assigned(officer, "2", urgent=True)])
    assert set(Delivery.objects.values_list("key", flat=True)) == {"1:wecom", "2:sms"}


def test_a_chosen_way_that_is_gone_leaves_the_urgent_message_every_other(enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    wish(officer, Wishes([], ["sms"]))
    notify(assigned(officer, urgent=True))
    assert Delivery.objects.get().channel == "wecom"


def test_many_people_with_gateways_cost_four_statements_however_many_they_are(
    enter: Enter, officer: Any, county: Any, assigned: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enter("wecom")
    with override_settings(EMAIL_HOST="mail.example"), django_assert_num_queries(3):
        notify_many([assigned(person, f"{n}:{person.pk}") for n in range(200) for person in (officer, county)])
    assert Delivery.objects.count() == 400


# --- The summary -------------------------------------------------------------------------------------------------------------------


def test_the_summary_counts_tasks_and_unread_lines_once_a_day_and_names_no_case(
    there: WebServer, enter: Enter, place: Any, officer: Any, teacher: Any, principal: Any, assigned: Make, clock: Clock
) -> None:
    enter("wecom")
    clock(NOON - timedelta(hours=5))
    wish(officer, Wishes(["wecom"], daily=True))
    clock(NOON)
    for _ in range(2):
        make_task(make_case(place), holder=officer, now=NOON, role="township_officer", organisation=place.township)
    deliver_due()
    notify(assigned(officer, "1"))
    assert not Delivery.objects.filter(notification__key="1").exists()  # it is counted instead

    clock(NOON + timedelta(days=30, hours=-4, minutes=-5))  # five to eight
    deliver_due()
    assert not there.taken
    clock(NOON + timedelta(days=30, hours=-4))
    assert deliver_due() == 1
    assert deliver_due() == 0
    said = Notification.objects.get(message="summary")
    assert said.params == {"overdue": 2, "due_today": 0, "unread": 1}
    assert "420106" not in there.taken[0].json["text"]["content"]

    clock(NOON + timedelta(days=31, hours=-4))
    assert deliver_due() == 1
    said.refresh_from_db()
    assert said.read_at is not None  # yesterday's numbers are no news
    assert Notification.objects.filter(message="summary", read_at=None).count() == 1


def test_nobody_is_told_that_there_is_nothing(officer: Any, clock: Clock) -> None:
    clock(at(7))
    wish(officer, Wishes([], daily=True))
    clock(at(8))
    assert summary.say_due() == 0
    assert Preference.objects.get().summed_up_on is not None


def test_the_summary_after_an_outage_comes_the_same_day_and_not_at_night(officer: Any, assigned: Make, clock: Clock) -> None:
    clock(at(7, 59))
    wish(officer, Wishes([], daily=True))
    notify(assigned(officer))
    assert summary.say_due() == 0
    clock(at(20, 30))
    assert summary.say_due() == 0
    clock(at(15, day=17))
    assert summary.say_due() == 1
    mark_all_read(officer)
    clock(at(8, day=18))
    assert summary.say_due() == 0


def test_a_thousand_summaries_cost_a_few_statements(
    officer: Any, county: Any, teacher: Any, assigned: Make, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    clock(at(7))
    people = [officer, county, teacher]
    for person in people:
        wish(person, Wishes([], daily=True))
    notify_many([assigned(person, f"{person.pk}") for person in people])
    clock(at(8))
    with django_assert_max_num_queries(14):
        assert summary.say_due() == 3
    with django_assert_max_num_queries(4):
        assert summary.say_due() == 0


def test_whoever_chooses_it_at_noon_gets_the_first_one_the_next_morning(officer: Any, assigned: Make, clock: Clock) -> None:
    clock(at(12))
    wish(officer, Wishes([], daily=True))
    notify(assigned(officer))
    assert summary.say_due() == 0
    wish(officer, Wishes(["email"], daily=True))  # choosing again changes nothing
    clock(at(8, day=17))
    assert summary.say_due() == 1
    wish(officer, Wishes([], daily=True))
    assert summary.say_due() == 0


def test_what_is_urgent_comes_at_once_also_to_whoever_wants_a_summary(there: WebServer, enter: Enter, officer: Any, assigned: Make) -> None:
    enter("wecom")
    wish(officer, Wishes(["wecom"], daily=True))
    notify(assigned(officer, urgent=True))
    assert deliver_due() == 1
