"""Who is on the phone: a session or the phone's own token, and never a redirect."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from cases.directory.models import User
from cases.directory.services import change_password, deactivate, log_out_everywhere
from cases.mobile import phones
from cases.mobile.models import Phone as Row
from cases.register.models import Case
from tests.mobile.phone import Phone, record_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

PASSWORD = "gruener-Tee-7"
KEY = "5b0f6a52-4c1d-4a52-9f0c-0e1f3a7c9d11"  # the same for both workers of the test run
PATHS = [
    ("GET", "session"), ("POST", "logout"), ("POST", "diag"), ("PUT", f"devices/{KEY}/share"), ("GET", "worklist"), ("GET", "records"),
    ("PUT", f"suspicions/{KEY}"), ("PUT", f"visits/{KEY}"), ("PUT", f"visits/{KEY}/photos/{KEY}"),
    ("POST", f"visits/{KEY}/finish"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_is_told_to_log_in_in_json_and_sent_nowhere(method: str, path: str) -> None:
    answer = Phone(None).ask(method, path, {})
    assert (answer.status_code, answer.json()["error"], answer["Cache-Control"]) == (401, "login", "no-store")
    assert "Location" not in answer.headers


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_wrong_method_and_a_wrong_address_are_refused_in_json(method: str, path: str, teacher: User) -> None:
    phone = Phone(teacher)
    wrong = phone.ask("DELETE", path, {})
    assert (wrong.status_code, wrong.json()["error"], wrong["Allow"]) == (405, "method", method)
    missing = phone.ask("GET", "nothing/here")
    assert (missing.status_code, missing.json()["error"]) == (404, "not_found")


def test_who_has_a_one_time_password_is_told_to_log_in_not_sent_there(teacher: User) -> None:
    teacher.must_change_password = True
    teacher.save()
    answer = Phone(teacher).session()
    assert (answer.status_code, answer.json()["error"]) == (401, "login")


def test_the_session_says_who_this_is(teacher: User, place: object) -> None:
    said = Phone(teacher).session().json()
    assert (said["user"], said["name"], said["roles"], said["language"], said["auth"]) == (
        str(teacher.pk), teacher.name, ["class_teacher"], "zh-hans", "session",
    )  # fmt: skip
    assert said["csrf"]
    assert said["share"] is None


def test_without_the_token_of_the_session_nothing_is_written(case: Case, teacher: User) -> None:
    phone = Phone(teacher, checks=True)
    refused = phone.put(record_of(case))
    assert (refused.status_code, refused.json()["error"]) == (403, "csrf")
    phone.session()
    assert phone.put(record_of(case)).status_code == 200


def test_a_phone_with_a_pin_is_known_for_thirty_days_and_for_the_phone_pages_alone(
    case: Case, teacher: User, clock: Callable[[datetime], None], evening: datetime
) -> None:
    phone = Phone(teacher, checks=True)
    enrolled = phone.enrol()
    cookie = enrolled.cookies["kc_phone"]
    assert enrolled.status_code == 204
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], int(cookie["max-age"])) == ("/m/", True, "Strict", 30 * 24 * 3600)
    phone.lose_session()

    said = phone.session()
    assert (said.json()["auth"], said.json()["user"], said.json()["device_known"]) == ("token", str(teacher.pk), True)
    assert phone.send(record_of(case, photos=1)).status_code == 200
    assert phone.client.get("/tasks/").status_code == 302, "everywhere else the ordinary session counts"
    clock(evening + timedelta(days=29))
    assert phone.session().status_code == 200
    clock(evening + timedelta(days=31))
    assert phone.session().status_code == 401


def test_without_a_pin_there_is_no_token(teacher: User) -> None:
    phone = Phone(teacher)
    phone.session()
    phone.worklist()
    assert "kc_phone" not in phone.client.cookies


@pytest.mark.parametrize("how", ["password", "everywhere", "leaver", "one_time"])
def test_a_new_password_a_log_out_everywhere_and_a_closed_account_end_the_token(teacher: User, county: User, evening: datetime, how: str) -> None:
    phone = Phone(teacher)
    phone.enrol()
    phone.lose_session()
    assert phone.session().status_code == 200
    if how == "password":
        change_password(teacher, password=PASSWORD, now=evening)
    elif how == "everywhere":
        log_out_everywhere(teacher, now=evening)
    elif how == "leaver":
        deactivate(teacher, by=county, now=evening)
    else:
        User.objects.filter(pk=teacher.pk).update(must_change_password=True)
    assert phone.session().status_code == 401


@pytest.mark.parametrize("where", ["/m/api/logout", "/logout/"])
def test_whoever_logs_out_on_either_pages_is_logged_out_on_both(teacher: User, where: str) -> None:
    phone = Phone(teacher)
    phone.enrol()
    token = phone.client.cookies["kc_phone"].value
    assert phone.client.post(where, content_type="application/json").status_code in {204, 302}
    phone.client.cookies["kc_phone"] = token  # somebody kept it
    assert phone.session().status_code == 401


def test_what_the_phone_asks_by_itself_keeps_no_session_alive(teacher: User) -> None:
    phone = Phone(teacher)
    phone.session()
    assert "rolled_at" not in phone.client.session
    phone.client.get("/account/")
    assert "rolled_at" in phone.client.session


def test_two_people_on_one_phone_have_a_token_and_a_key_each(teacher: User, principal: User) -> None:
    first, second = Phone(teacher), Phone(principal)
    second.device = first.device
    first.enrol()
    second.enrol()
    assert Row.objects.filter(device=first.device).count() == 2
    assert first.client.cookies["kc_phone"].value != second.client.cookies["kc_phone"].value


# ── half of a key


def logged_in(user: User) -> Phone:
    user.set_password(PASSWORD)
    user.save()
    phone = Phone(None)
    phone.user, phone.owner = user, str(user.pk)
    assert phone.client.post("/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return phone


def test_the_half_of_the_key_comes_back_after_the_password_alone_and_for_ten_minutes(teacher: User, rf: object) -> None:
    phone = logged_in(teacher)
    phone.enrol()
    assert phone.session().json()["share"] == b64encode(b"k" * 32).decode()

    session = phone.client.session
    session["password_at"] -= 601
    session.save()
    assert phone.session().json()["share"] is None
    phone.lose_session()
    assert phone.session().json()["share"] is None, "the token is no password"


def test_the_half_of_the_key_is_sealed_and_bound_to_person_and_phone(teacher: User, principal: User, settings: object) -> None:
    phone = logged_in(teacher)
    phone.enrol()
    row = Row.objects.get()
    assert b"kkkk" not in bytes(row.share or b"")
    assert b64encode(b"k" * 32) not in bytes(row.share or b"")
    Row.objects.filter(pk=row.pk).update(user=principal)
    assert phones.share_of(Row.objects.get()) is None


def test_a_new_key_in_the_ring_seals_the_halves_again(teacher: User, settings: pytest.FixtureRequest) -> None:
    Phone(teacher).enrol()
    ring = dict(settings.KC_FIELD_KEYS)  # type: ignore[attr-defined]  # a setting of ours
    settings.KC_FIELD_KEYS = {"new": b"n" * 32, **ring}  # type: ignore[attr-defined]  # a setting of ours
    assert phones.seal_again() == 1
    assert phones.seal_again() == 0
    settings.KC_FIELD_KEYS = {"new": b"n" * 32}  # type: ignore[attr-defined]  # a setting of ours
    assert phones.share_of(Row.objects.get()) == b64encode(b"k" * 32).decode()


@pytest.mark.parametrize("share", ["", "short", b64encode(b"k" * 31).decode(), "ä" * 44, None, 5])
def test_what_is_no_key_is_refused(teacher: User, share: object) -> None:
    phone = Phone(teacher)
    assert phone.ask("PUT", f"devices/{phone.device}/share", {"share": share}).status_code == 400
    assert phone.ask("PUT", f"devices/{phone.device}/share", [share]).status_code == 400


def test_the_self_check_is_kept_with_the_phone(teacher: User) -> None:
    phone = Phone(teacher)
    assert phone.ask("POST", "diag", {"device": str(phone.device), "worker": True, "quota": 5}).status_code == 204
    assert Row.objects.get().self_check == {"worker": True, "quota": 5}
    assert phone.ask("POST", "diag", {"device": "x"}).status_code == 400
    assert phone.ask("POST", "diag", {"device": str(phone.device), "x": "y" * 17_000}).json()["error"] == "size"


def test_the_words_are_in_the_language_of_the_person_with_the_token_too(teacher: User) -> None:
    teacher.language = "en"
    teacher.save()
    phone = Phone(teacher)
    phone.enrol()
    phone.lose_session()
    answer = phone.ask("PUT", f"visits/{uuid4()}", [])
    assert answer.json()["message"] == "Please correct what is marked."
    assert Client().get("/m/api/session").json()["message"]


@pytest.mark.parametrize(("mobile", "lands"), [("?1", "/m/"), ("?0", "/"), ("", "/")])
def test_a_teacher_who_logs_in_on_a_phone_begins_on_the_phone_pages(teacher: User, mobile: str, lands: str) -> None:
    teacher.set_password(PASSWORD)
    teacher.save()
    said = {"username": teacher.username, "password": PASSWORD}
    assert Client().post("/login/", said, HTTP_SEC_CH_UA_MOBILE=mobile)["Location"] == lands
    assert Client().post("/login/?next=/account/", {**said, "next": "/account/"}, HTTP_SEC_CH_UA_MOBILE=mobile)["Location"] == "/account/"


def test_an_officer_begins_where_officers_do_on_a_phone_too(county: User) -> None:
    county.set_password(PASSWORD)
    county.save()
    assert Client().post("/login/", {"username": county.username, "password": PASSWORD}, HTTP_SEC_CH_UA_MOBILE="?1")["Location"] == "/"
