"""The road of one invented child: when each fact happens, the case once it is there, and who is at its posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count, islice

from django.utils import timezone

from cases.directory.models import User
from cases.register.models import Case, Student
from cases.register.schooldays import is_school_day
from project.demo.plots import Plot
from project.demo.world import COUNTY


@dataclass
class Life:
    """One child's road: when each fact happens, and the case once it is there."""

    student: Student
    plot: Plot
    moments: list[datetime]
    case: Case | None = None
    done: int = 0
    trail: list[str] = field(default_factory=list)


def moments(plot: Plot, now: datetime, minute: int) -> list[datetime]:
    """The moments of a road that ended `idle` days ago, in office hours; a return is confirmed when five school days have passed."""
    today = timezone.localdate(now)
    last = today - timedelta(days=plot.idle)
    start = last - timedelta(days=sum(days for _fact, days in plot.road))
    start -= max(_days(plot, start)[-1] - last, timedelta())  # holidays made the road longer: it began earlier
    found = []
    for number, day in enumerate(_days(plot, start)):
        moment = timezone.make_aware(datetime.combine(day, time(9, 0))) + timedelta(minutes=number * 7 + minute % 50)
        found.append(min(moment, now - timedelta(minutes=len(plot.road) - number)))
    return found


def _days(plot: Plot, start: date) -> list[date]:
    found, day = [], start
    for fact, gap in plot.road:
        earliest = day + timedelta(days=gap)
        day = max(earliest, _fifth_school_day(day)) if fact == "confirm_return" else earliest
        found.append(day)
    return found


def _fifth_school_day(first: date) -> date:
    days = (first + timedelta(days=n) for n in count())
    return next(islice((day for day in days if is_school_day(day, COUNTY)), 4, None))


def fresh(life: Life) -> Case:
    assert life.case is not None
    life.case = Case.objects.get(pk=life.case.pk)
    return life.case


def at(case: Case, role: str) -> User:
    """Somebody at a post of the case."""
    place = case.education_id if role == "county_officer" else case.township_id if role == "township_officer" else case.school_id
    assert place is not None
    people = User.objects.filter(appointments__organisation_id=place, appointments__role=role).order_by("pk")
    return people.get(appointments__school_class=case.school_class) if role == "class_teacher" else people[0]
