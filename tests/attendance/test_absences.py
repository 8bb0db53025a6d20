"""The class list of a child under watch: noted day by day, and the watch begins with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from cases.attendance.forms import WatchForm
from cases.attendance.models import Absence
from cases.attendance.services import attendance, note_absences
from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.register.clearance import propose_return, report_return
from cases.register.decisions import decide
from cases.register.locking import Refused
from cases.register.models import Case
from cases.register.opening import BadDate
from tests.cast import NOON
from tests.paper import pdf
from tests.workflows.desk import as_

BACK = NOON + timedelta(days=33)  # a Monday
WEEK_LATER = BACK + timedelta(days=7)
TWO_WEEKS = BACK + timedelta(days=14)


@pytest.fixture
def returned(on_ledger: Case, teacher: User, principal: User, county: User) -> Case:
    report_return(on_ledger, on=BACK.date(), by=teacher, now=BACK)
    days = [BACK.date() + timedelta(days=n) for n in range(5)]
    proposal = propose_return(
        on_ledger, stayed=True, placement="same_class", attendance=days, evidence=[("attendance_list", pdf())], by=principal, now=WEEK_LATER
    )
    assert proposal is not None
    decide(proposal, approve=True, by=county, now=WEEK_LATER)
    on_ledger.refresh_from_db()
    return on_ledger


def test_school_days_and_absences_are_counted_from_the_return(returned: Case, teacher: User) -> None:
    missed = [BACK.date() + timedelta(days=n) for n in (7, 8)]
    note_absences(returned, days=missed, reason="without", by=teacher, now=TWO_WEEKS)
    found = attendance(returned, 30, TWO_WEEKS.date())
    assert found is not None
    assert (found.school_days, found.absent) == (11, 2)  # two weeks of school and the Monday after


def test_a_day_is_absent_once_and_only_a_school_day_since_the_return_counts(returned: Case, teacher: User, county: User, village: User) -> None:
    tuesday = BACK.date() + timedelta(days=8)
    with pytest.raises(NotAllowed):
        note_absences(returned, days=[tuesday], reason="ill", by=village, now=TWO_WEEKS)
    for wrong in (BACK.date() - timedelta(days=3), BACK.date() + timedelta(days=5), TWO_WEEKS.date() + timedelta(days=1)):
        with pytest.raises(BadDate):
            note_absences(returned, days=[wrong], reason="ill", by=teacher, now=TWO_WEEKS)
    note_absences(returned, days=[tuesday], reason="ill", by=teacher, now=TWO_WEEKS)
    with pytest.raises(Refused):
        note_absences(returned, days=[tuesday], reason="ill", by=county, now=TWO_WEEKS)
    assert Absence.objects.count() == 1


def test_absences_are_noted_on_a_page_and_stand_in_the_form_of_the_watch(
    returned: Case, teacher: User, stranger: User, clock: Callable[[datetime], None]
) -> None:
    clock(TWO_WEEKS)
    address = reverse("absences", args=[returned.pk])
    assert as_(stranger).get(address).status_code == 404
    browser = as_(teacher)
    assert browser.post(address, {"days": [], "reason": "ill"}).status_code == 422
    assert browser.post(address, {"days": [(BACK.date() + timedelta(days=7)).isoformat()], "reason": "ill"}).status_code == 302
    form = WatchForm(case=returned, user=teacher, initial={"number": 30})
    assert (form.initial["school_days"], form.initial["days_present"]) == (11, 10)
