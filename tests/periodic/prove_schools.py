"""The month of two thousand schools in ten counties: how long it takes, in how many statements; and two workers who draw it up at once.

Run by `make prove-ledger`.
"""

from __future__ import annotations

import time
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from cases.directory.models import Appointment, Line, Organisation, OrganisationKind, Role, User
from cases.ledger.models import Edition, Report, ReportKind
from cases.periodic.drawing import draw_up
from notifications.models import Notification
from tests.factories import make_place
from tests.periodic.conftest import Clock, at
from workflows.models import Assignment, Deadline, ReportProcess

COUNTIES = ["420502", "420503", "420504", "420505", "420506", "420525", "420526", "420527", "420528", "420529"]
EACH = 200
MOST_SECONDS, MOST_STATEMENTS = 30, 40  # for all of them; a county


def make_schools() -> int:
    """Two hundred schools a county, each with its principal. Returns how many."""
    for number, code in enumerate(COUNTIES):
        place = make_place(code, f"县{number}", "900", f"镇{number}")
        schools = Organisation.objects.bulk_create(
            [
                Organisation(kind=OrganisationKind.SCHOOL, area=place.township_area, name=f"第{n}小学", superior=place.education, line=Line.EDUCATION)
                for n in range(EACH - 1)
            ]
        )
        people = User.objects.bulk_create([User(username=f"p{school.pk}", name="校长") for school in schools])
        Appointment.objects.bulk_create(
            [
                Appointment(user=person, organisation=school, role=Role.PRINCIPAL, since=at(2026, 9, 1).date())
                for person, school in zip(people, schools, strict=True)
            ]
        )
    return len(COUNTIES) * EACH


@pytest.mark.django_db
def test_two_thousand_schools_are_drawn_up_in_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    count = make_schools()
    clock(at(2026, 9, 25))
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as said:
        assert draw_up(ReportKind.SCHOOL, now=at(2026, 9, 25)) == count
    took = time.perf_counter() - begun
    with capsys.disabled():
        print(f"\n{count} schools: {took:.1f} s, {len(said) / len(COUNTIES):.0f} statements a county")
    assert took < MOST_SECONDS
    assert len(said) / len(COUNTIES) < MOST_STATEMENTS
    found = [Report.of_every_kind, Edition.objects, ReportProcess.objects, Assignment.objects, Deadline.objects]
    assert [rows.count() for rows in found] == [count] * len(found)
    assert Notification.objects.count() == count - len(COUNTIES)  # each county's first school has no principal


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_report_once(clock: Clock) -> None:
    count = make_schools()
    clock(at(2026, 9, 25))
    together, made = Barrier(2), []

    def work() -> None:
        together.wait()
        made.append(draw_up(ReportKind.SCHOOL, now=at(2026, 9, 25)))
        connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == count
    assert not Report.of_every_kind.values("school").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert Assignment.objects.filter(state="open").count() == count
