"""What holds for every request: headers, an idle session's end, a busy case, and the health page."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from project.middleware import Busy, IdleSession, is_busy


@pytest.mark.django_db
def test_the_health_page_says_that_the_database_answers_and_is_migrated(client: Client) -> None:
    response = client.get(reverse("health"))
    assert response.status_code == 200
    said = response.json()
    assert (said["database"], said["migrations_waiting"], said["reasons"]) == ("reachable", 0, [])


@pytest.mark.django_db
def test_the_health_page_is_red_while_a_migration_waits(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get(reverse("health"))
    assert response.status_code == 503
    assert response.json()["migrations_waiting"] == 1


@pytest.mark.django_db
def test_the_browser_is_told_to_run_nothing_but_our_own_files(client: Client) -> None:
    headers = client.get(reverse("health")).headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def through_idle_session(session: SessionStore) -> SessionStore:
    request = RequestFactory().get("/")
    request.session = session

    def page(request: HttpRequest) -> HttpResponse:
        request.session.get("somebody")
        return HttpResponse()

    IdleSession(page)(request)
    return session


@pytest.mark.django_db
def test_an_active_session_is_written_again_only_every_five_minutes() -> None:
    session = SessionStore()
    session["somebody"] = 1
    session.create()

    assert through_idle_session(SessionStore(session.session_key)).modified
    fresh = SessionStore(session.session_key)
    fresh["rolled_at"] = int((timezone.now() - timedelta(minutes=4)).timestamp())
    fresh.save()
    assert not through_idle_session(SessionStore(session.session_key)).modified
    fresh["rolled_at"] = int((timezone.now() - timedelta(minutes=6)).timestamp())
    fresh.save()
    assert through_idle_session(SessionStore(session.session_key)).modified


@pytest.mark.django_db
def test_a_session_ends_after_half_an_hour_without_a_request() -> None:
    session = SessionStore()
    session["somebody"] = 1
    session.create()
    row = Session.objects.get(pk=session.session_key)
    assert timedelta(minutes=29) < row.expire_date - timezone.now() <= timedelta(minutes=30)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(session.session_key).get("somebody") is None


@pytest.fixture
def locked_by_somebody_else(transactional_db: None) -> Iterator[str]:
    """A session row that another connection holds."""
    session = SessionStore()
    session.create()
    given = connection.settings_dict
    with psycopg.connect(host=given["HOST"], user=given["USER"], dbname=given["NAME"]) as other:
        other.execute("SELECT 1 FROM django_session WHERE session_key = %s FOR UPDATE", [session.session_key])
        yield str(session.session_key)
        other.rollback()


def test_waiting_too_long_for_somebody_elses_work_is_told_as_409(locked_by_somebody_else: str, rf: RequestFactory) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 50")
    with pytest.raises(OperationalError) as raised, transaction.atomic():
        Session.objects.select_for_update().get(pk=locked_by_somebody_else)
    connection.close()  # the next one waits as long as everybody

    assert is_busy(raised.value)
    request = rf.get("/")
    response = Busy(lambda request: HttpResponse()).process_exception(request, raised.value)
    assert response is not None
    assert response.status_code == 409


def test_the_lock_of_a_flow_counts_as_busy_and_another_error_does_not(rf: RequestFactory) -> None:
    class FlowLockFailed(Exception):
        pass

    def fail(cause: Exception) -> Exception:
        try:
            raise RuntimeError("while finishing a step") from cause
        except RuntimeError as error:
            return error

    assert is_busy(fail(FlowLockFailed()))
    assert not is_busy(fail(ValueError("something else")))
    assert not is_busy(OperationalError("the server closed the connection"))
    assert Busy(lambda request: HttpResponse()).process_exception(rf.get("/"), ValueError()) is None


def test_only_what_nobody_may_read_is_kept_outside_the_web_root() -> None:
    assert not settings.MEDIA_ROOT.is_relative_to(settings.STATIC_ROOT)
