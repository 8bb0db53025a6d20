"""Wrong passwords from one address, whatever the names."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from cases.directory import addresses
from cases.directory.models import FailingAddress, User

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"
HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def person(teacher: User) -> User:
    teacher.set_password(PASSWORD)
    teacher.save()
    return teacher


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(addresses, "FAILURES", 6)
    return 6


def log_in(name: str, password: str = PASSWORD, **more: Any) -> Any:
    client = Client(**{"REMOTE_ADDR": HERE} | more)
    return client.post(reverse("login"), {"username": name, "password": password})


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def test_one_password_tried_on_many_names_closes_the_address_and_no_other(person: User, few: int) -> None:
    for number in range(few):
        assert not is_in(log_in(f"somebody-{number}", "the-same-word"))

    closed = log_in("teacher")
    assert not is_in(closed)
    assert "15" in closed.content.decode()
    assert is_in(log_in("teacher", REMOTE_ADDR=THERE))


def test_it_opens_again_after_a_quarter_of_an_hour_and_one_more_wrong_try_does_not_close_it(person: User, few: int) -> None:
    for number in range(few):
        log_in(f"somebody-{number}", "the-same-word")
    FailingAddress.objects.update(locked_until=timezone.now() - timedelta(seconds=1))

    log_in("nobody", "wrong")
    assert is_in(log_in("teacher"))


def test_what_was_wrong_long_ago_does_not_add_up_and_is_forgotten_after_a_day(noon: datetime, few: int) -> None:
    for hour in range(few * 2):
        addresses.failed(HERE, now=noon + timedelta(hours=hour))
    assert addresses.locked_until(HERE, now=noon + timedelta(hours=few * 2)) is None

    addresses.failed(THERE, now=noon + timedelta(days=3))
    assert FailingAddress.objects.count() == 1
    assert not FailingAddress.objects.filter(digest__contains="203").exists()


def test_somebody_who_logs_in_does_not_wash_the_count_away(person: User, few: int) -> None:
    for number in range(few):
        log_in(f"somebody-{number}", "the-same-word")
        if number < few - 1:
            assert is_in(log_in("teacher"))
    assert not is_in(log_in("teacher"))


@pytest.mark.parametrize(
    ("header", "behind", "said", "found"),
    [
        ("", False, {"REMOTE_ADDR": HERE, "HTTP_X_FORWARDED_FOR": THERE}, HERE),  # what a browser claims is nothing
        ("X-Real-IP", True, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_REAL_IP": HERE, "HTTP_X_FORWARDED_FOR": THERE}, HERE),
        ("X-Forwarded-For", True, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"{THERE}, {HERE}"}, HERE),  # the nearest proxy's own
        ("", True, {"REMOTE_ADDR": "10.0.0.1"}, ""),  # everybody would be the proxy
        ("", False, {"REMOTE_ADDR": "2001:db8:1:2:aaaa::1"}, "2001:db8:1:2::/64"),
        ("", False, {"REMOTE_ADDR": "::ffff:203.0.113.7"}, HERE),
        ("X-Real-IP", True, {"HTTP_X_REAL_IP": "no address"}, ""),
    ],
)
def test_where_a_request_comes_from(settings: Any, header: str, behind: bool, said: dict[str, str], found: str) -> None:
    settings.KC_CLIENT_ADDRESS_HEADER, settings.KC_BEHIND_PROXY = header, behind
    assert addresses.address_of(RequestFactory().get("/", **said)) == found  # type: ignore[arg-type]  # the environ of a request


def test_behind_a_proxy_that_says_nothing_nobody_is_kept_out(settings: Any, person: User, few: int) -> None:
    settings.KC_BEHIND_PROXY = True
    for number in range(few + 2):
        log_in(f"somebody-{number}", "the-same-word")
    assert is_in(log_in("teacher"))


def test_the_administrations_page_for_a_password_leads_to_the_one_that_tells_the_journal(client: Client, admin: User) -> None:
    client.force_login(admin)
    before = User.objects.get(pk=admin.pk).password
    for answer in (client.get("/admin/password_change/"), client.post("/admin/password_change/", {"new_password1": "x", "new_password2": "x"})):
        assert (answer.status_code, answer["Location"]) == (302, reverse("password_change"))
    assert User.objects.get(pk=admin.pk).password == before
