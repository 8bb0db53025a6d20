"""The watches after a return."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.attendance.forms import WatchForm
from cases.attendance.models import Watch
from cases.attendance.services import WatchRecorded, record_watch
from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.models import Entry
from cases.register.clearance import propose_return, report_return
from cases.register.decisions import decide
from cases.register.locking import CaseClosed, Refused
from cases.register.models import Case, Episode, Standing
from cases.register.opening import TooEarly
from tests.cast import NOON
from tests.paper import pdf

BACK = NOON + timedelta(days=33)


@pytest.fixture
def returned(on_ledger: Case, teacher: User, principal: User, county: User) -> Case:
    report_return(on_ledger, on=BACK.date(), by=teacher, now=BACK)
    days = [BACK.date() + timedelta(days=n) for n in range(5)]
    later = BACK + timedelta(days=7)
    clearance = propose_return(
        on_ledger, stayed=True, placement="same_class", attendance=days, evidence=[("class_roster", pdf())], by=principal, now=later
    )
    assert clearance is not None
    decide(clearance, approve=True, by=county, now=later)
    on_ledger.refresh_from_db()
    return on_ledger


def watch(case: Case, by: User, number: int, **more: Any) -> Watch:
    given: dict[str, Any] = {"school_days": 20, "days_present": 19, "passed": True, "now": BACK + timedelta(days=number)}
    return record_watch(case, number=number, by=by, **given | more)


def test_three_watches_passed_close_the_case(returned: Case, teacher: User) -> None:
    for number in (30, 60):
        watch(returned, teacher, number)
        returned.refresh_from_db()
        assert returned.closed_at is None
    watch(returned, teacher, 90)
    returned.refresh_from_db()
    assert (returned.standing, returned.closed_at) == (Standing.RETURNED, BACK + timedelta(days=90))
    assert Episode.objects.get().closed_on == (BACK + timedelta(days=90)).date()
    with pytest.raises(CaseClosed):
        watch(returned, teacher, 90)


def test_only_the_school_and_the_county_watch(returned: Case, township: User, other_teacher: User, principal: User) -> None:
    for somebody in (township, other_teacher):
        with pytest.raises(NotAllowed):
            watch(returned, somebody, 30)
    watch(returned, principal, 30)


def test_a_watch_is_recorded_once_and_not_before_its_time(returned: Case, teacher: User) -> None:
    with pytest.raises(TooEarly):
        watch(returned, teacher, 30, now=BACK + timedelta(days=22))
    watch(returned, teacher, 30, now=BACK + timedelta(days=23))
    with pytest.raises(WatchRecorded):
        watch(returned, teacher, 30)
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(case=returned, episode=1, number=30, school_days=1, days_present=1, passed=True, by=teacher, at=NOON)


def test_nobody_attends_more_days_than_there_were(returned: Case, teacher: User) -> None:
    for bad in ({"days_present": 21}, {"days_present": 0}, {"passed": False, "note": " "}):
        with pytest.raises(Refused):
            watch(returned, teacher, 30, **bad)
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(case=returned, episode=1, number=30, school_days=1, days_present=2, passed=True, by=teacher, at=NOON)


def test_a_failed_watch_reopens_the_case_on_the_ledger_at_any_time(returned: Case, teacher: User) -> None:
    soon = BACK + timedelta(days=12)
    watch(returned, teacher, 30, passed=False, days_present=3, note="又去广东务工", now=soon)
    returned.refresh_from_db()
    assert (returned.episode, returned.standing, returned.entered_ledger_on, returned.back_since) == (2, Standing.STILL_OUT, soon.date(), None)
    verbs = list(Entry.objects.order_by("-pk").values_list("verb", flat=True)[:2])
    assert verbs == ["case.reopened", "watch.recorded"]
    assert Entry.objects.get(verb="case.reopened").data["why"] == "relapse"


def test_a_child_that_has_not_returned_is_not_watched(on_ledger: Case, teacher: User) -> None:
    with pytest.raises(Refused):
        watch(on_ledger, teacher, 30)


def test_the_form_counts_the_days_and_asks_for_words_when_the_child_stays_away(returned: Case, teacher: User) -> None:
    form = WatchForm({"school_days": "20", "days_present": "3", "passed": "no", "note": ""}, case=returned, user=teacher, initial={"number": 60})
    assert (BACK + timedelta(days=30)).date().isoformat() in str(form.fields["school_days"].help_text)
    assert set(form.errors) == {"note"}
    form = WatchForm({"school_days": "20", "days_present": "19", "passed": "yes"}, case=returned, user=teacher, initial={"number": 60})
    assert form.is_valid()
    assert form.cleaned_data == {"number": 60, "school_days": 20, "days_present": 19, "passed": True, "note": ""}
