"""Records that arrive when things have changed: kept, attached, and put before whoever is in charge now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from cases.directory.models import User
from cases.journal.models import Entry
from cases.register.models import Case
from cases.visits.models import HomeVisit
from cases.visits.receiving import LateVisit
from notifications.models import Notification
from tests.cast import NOON
from tests.factories import Place, make_user
from tests.mobile.phone import MADE_AT, Phone, record_of
from workflows.models import Deadline, Escalation
from workflows.sweeping import sweep_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


def taken_along(user: User) -> Phone:
    """The phone has the case: it loaded its list this morning."""
    phone = Phone(user)
    assert phone.worklist().status_code == 200
    return phone


def told(message: str) -> list[str]:
    return sorted(Notification.objects.filter(message=message).values_list("recipient__username", flat=True))


def test_a_visit_for_a_case_that_closed_meanwhile_is_attached_and_lies_before_the_principal(
    case: Case, teacher: User, principal: User, evening: datetime
) -> None:
    phone, record = taken_along(teacher), record_of(case, photos=1)
    Case.objects.filter(pk=case.pk).update(closed_at=evening, standing="not_dropout")
    answer = phone.send(record)

    assert (answer.status_code, answer.json()["state"], answer.json()["late"]) == (200, "before_supervisor", True)
    late = LateVisit.objects.get()
    assert (late.visit_id, late.why, late.seen_at) == (record.id, "closed", None)
    assert HomeVisit.objects.get().photos.count() == 1
    assert told("late_visit") == ["principal"]
    assert Entry.objects.get(verb="visit.logged").data["late"] == "closed"


def test_a_visit_for_a_suspended_case_is_kept_too(case: Case, teacher: User, evening: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(paused_at=evening)
    assert Phone(teacher).send(record_of(case)).json()["state"] == "before_supervisor"
    assert LateVisit.objects.get().why == "paused"


def test_a_visit_for_a_child_that_moved_to_another_class_is_taken_from_whoever_had_the_case_then(
    case: Case, teacher: User, other_teacher: User, principal: User, place: Place
) -> None:
    phone = taken_along(teacher)
    Case.objects.filter(pk=case.pk).update(school_class=place.other_class)
    case.assignments.update(holder=other_teacher)
    answer = phone.send(record_of(case, at=NOON + timedelta(hours=6, minutes=1)))
    assert (answer.status_code, answer.json()["state"]) == (200, "before_supervisor"), answer.content
    assert LateVisit.objects.get().why == "moved"
    assert told("late_visit") == ["principal"]


def test_a_teacher_who_left_the_post_hands_in_what_was_made_before(
    case: Case, teacher: User, principal: User, clock: Callable[[datetime], None]
) -> None:
    record = record_of(case)
    teacher.appointments.update(until=MADE_AT.date())
    clock(NOON + timedelta(days=2))
    answer = Phone(User.objects.get(pk=teacher.pk)).send(record)
    assert (answer.status_code, answer.json()["state"]) == (200, "before_supervisor"), answer.content
    late = LateVisit.objects.get()
    assert (late.why, late.visitor) == ("hands", teacher)
    assert HomeVisit.objects.get().organisation == case.school


def test_danger_seen_by_somebody_who_left_the_post_since_is_reported_all_the_same(
    case: Case, teacher: User, police: User, clock: Callable[[datetime], None]
) -> None:
    teacher.appointments.update(until=MADE_AT.date())
    clock(NOON + timedelta(days=2))
    assert Phone(teacher).send(record_of(case, danger=True, danger_kind="violence", account="身上有伤。")).status_code == 200
    assert case.reports.count() == 1


def test_who_was_not_responsible_any_more_is_refused_and_a_copy_lies_before_whoever_is(
    case: Case, teacher: User, principal: User, clock: Callable[[datetime], None]
) -> None:
    record = record_of(case, at=NOON + timedelta(days=2))
    teacher.appointments.update(until=date(2026, 9, 17))
    clock(NOON + timedelta(days=2, hours=2))
    phone = Phone(User.objects.get(pk=teacher.pk))
    answers = [phone.put(record), phone.put(record), phone.finish(record)]

    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [(409, "not_allowed")] * 3
    assert answers[0].json()["message"]
    late = LateVisit.objects.get()
    assert (late.visit, late.why, late.said["account"]) == (None, "not_allowed", record.fields["account"])
    assert not HomeVisit.objects.exists()
    assert Entry.objects.filter(verb="visit.set_aside").count() == 1
    assert told("late_visit") == ["principal"]


def test_who_never_had_the_case_learns_nothing_and_leaves_nothing(case: Case, stranger: User, other_teacher: User) -> None:
    for somebody in (stranger, other_teacher):
        phone = Phone(somebody)
        theirs, nobodys = phone.put(record_of(case)), phone.ask("PUT", f"visits/{record_of(case).id}", {**record_of(case).body, "case": 987654})
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert theirs.json() == nobodys.json()
        record = record_of(case)
        assert phone.finish(record).status_code == 404
    assert not LateVisit.objects.exists()
    assert not Entry.objects.filter(verb="visit.set_aside").exists()


def test_who_may_look_and_not_visit_is_refused(case: Case, inspector: User) -> None:
    assert Phone(inspector).put(record_of(case)).json()["error"] == "not_allowed"


# ── clocks


def test_a_clock_that_is_ahead_never_strands_a_record(case: Case, teacher: User, evening: datetime) -> None:
    ahead = timedelta(days=2)
    record = record_of(case, at=MADE_AT + ahead, more={"client_time": (MADE_AT + ahead).isoformat(), "offset_ms": -int(ahead.total_seconds() * 1000)})
    assert Phone(teacher).send(record).status_code == 200
    visit = HomeVisit.objects.get()
    assert (visit.occurred_at, visit.arrival.said_at, visit.arrival.clock_off) == (MADE_AT, MADE_AT + ahead, True)


def test_a_clock_that_is_ahead_and_was_never_measured_is_told_by_what_it_saved(case: Case, teacher: User, evening: datetime) -> None:
    ahead = timedelta(days=2)
    said = evening + ahead
    assert Phone(teacher).send(record_of(case, at=said, more={"client_time": said.isoformat(), "offset_ms": None})).status_code == 200
    visit = HomeVisit.objects.get()
    assert visit.occurred_at <= evening + timedelta(minutes=1)
    assert visit.arrival.clock_off


def test_ten_minutes_are_no_wrong_clock(case: Case, teacher: User) -> None:
    assert Phone(teacher).send(record_of(case, more={"offset_ms": -590_000})).status_code == 200
    assert not HomeVisit.objects.get().arrival.clock_off


# ── made in time, sent late


def overdue(case: Case, clock: Callable[[datetime], None], days: int) -> datetime:
    moment = Deadline.objects.get(assignment__case=case, assignment__step="first_visit").due_at + timedelta(days=days)
    clock(moment)
    sweep_all(moment)
    return moment


def test_a_visit_made_in_time_and_sent_late_withdraws_the_escalation_and_says_so(
    case: Case, teacher: User, everybody: list[User], clock: Callable[[datetime], None]
) -> None:
    overdue(case, clock, 1)
    assert Escalation.objects.filter(assignment__step="first_visit", state="open").exists()
    answer = Phone(teacher).send(record_of(case)).json()

    assert (answer["late"], answer["state"], answer["withdrawn"]) == (True, "late", True)
    assert "督办" in answer["next"] or "withdrawn" in answer["next"]
    assert not Escalation.objects.filter(assignment__step="first_visit", state="open").exists()
    assert "principal" in told("escalation_withdrawn")


def test_nobody_gains_a_day_by_a_phone_whose_clock_is_slow(
    case: Case, teacher: User, everybody: list[User], clock: Callable[[datetime], None]
) -> None:
    now = overdue(case, clock, 1)
    slow = int((now - MADE_AT).total_seconds() * 1000)
    answer = Phone(teacher).send(record_of(case, more={"offset_ms": slow})).json()
    assert (answer["state"], answer["withdrawn"]) == ("late", False)
    assert HomeVisit.objects.get().arrival.clock_off


def test_a_visit_sent_a_week_late_counts_and_withdraws_nothing(
    case: Case, teacher: User, everybody: list[User], clock: Callable[[datetime], None]
) -> None:
    overdue(case, clock, 7)
    assert Phone(teacher).send(record_of(case)).json()["withdrawn"] is False


def test_a_township_officers_late_record_lies_before_the_head_of_the_township(
    case: Case, township: User, township_head: User, principal: User, evening: datetime
) -> None:
    Case.objects.filter(pk=case.pk).update(closed_at=evening)
    assert Phone(township).send(record_of(case)).json()["state"] == "before_supervisor"
    assert told("late_visit") == ["township-head"]


def test_where_the_school_has_no_principal_the_county_is_told(case: Case, teacher: User, place: Place, evening: datetime) -> None:
    make_user("only-county", "county_officer", place.education)
    Case.objects.filter(pk=case.pk).update(closed_at=evening)
    Phone(teacher).send(record_of(case))
    assert told("late_visit") == ["only-county"]
