"""Every number of the periodic reports says what a slow count of the facts says, and says it again after later facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from cases.attendance.models import Absence, Watch
from cases.ledger.models import Report, ReportKind
from cases.periodic.drawing import counted_at, draw_up, draw_up_unit, latest
from cases.periodic.periods import month_of, quarter_of
from cases.periodic.work import By, Work, work
from cases.register.models import Case, StandingChange
from cases.visits.models import HomeVisit
from tests.cast import SHANGHAI
from tests.factories import Place, make_user
from tests.ledger.histories import World
from tests.periodic.conftest import Clock, at

pytestmark = pytest.mark.django_db
YEAR = date(2026, 1, 1)


def moment(chance: Random, first: date, days: int) -> datetime:
    return datetime.combine(first + timedelta(days=chance.randrange(days)), time(chance.randrange(24)), tzinfo=SHANGHAI)


def busy(place: Place, chance: Random, children: int) -> None:
    """Children with random facts, visits (some corrected), absences and watches, told at random moments."""
    World(place, chance).live(children)
    teacher = make_user(f"busy-{chance.random()}", "class_teacher", place.school, school_class=place.school_class)
    for case in Case.objects.order_by("pk"):
        for _ in range(chance.randrange(3)):
            was = moment(chance, YEAR, 360)
            said: dict[str, Any] = {
                "case": case, "episode": 1, "lines": ["education"], "visitor": teacher, "mode": "home", "met": ["father"],
                "whereabouts": "at_home", "reason": "other", "outcome": "hesitant",
            }  # fmt: skip
            visit = HomeVisit.objects.create(**said, occurred_at=was, recorded_at=was + timedelta(days=chance.randrange(40)))
            if chance.random() < 0.3:
                later = visit.recorded_at + timedelta(days=chance.randrange(40))
                HomeVisit.objects.create(**said, corrects=visit, occurred_at=was, recorded_at=later)
        for day in {moment(chance, YEAR, 360).date() for _ in range(chance.randrange(4))}:
            told = datetime.combine(day, time(12), tzinfo=SHANGHAI) + timedelta(days=chance.randrange(20))
            Absence.objects.create(case=case, episode=1, day=day, reason=chance.choice(["without", "ill"]), by=teacher, at=told)
        if chance.random() < 0.5:
            Watch.objects.create(
                case=case, episode=1, number=30, school_days=20, days_present=20, passed=True, by=teacher, at=moment(chance, YEAR, 360)
            )


def slow(place: str, since: date, until: date, cut_off: datetime, by: By) -> dict[str, Work]:
    """The same by a loop over every row."""
    numbers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case in Case.objects.order_by("pk"):
        facts = [
            fact
            for fact in StandingChange.objects.filter(case=case).order_by("entry_id", "pk")
            if fact.recorded_at <= cut_off and fact.occurred_on <= until
        ]
        if not facts or not facts[-1].county_id.startswith(place):
            continue
        last = facts[-1]
        key = {By.SCHOOL: str(last.school_id or ""), By.COUNTY: last.county_id, By.ALL: ""}[by]
        count = numbers[key]
        count["suspected"] += last.standing == "suspected"
        count["still_out"] += last.standing == "still_out"
        count["entered"] += any(fact.enters_ledger and fact.occurred_on >= since for fact in facts)
        before = [None, *(fact.standing for fact in facts)]
        count["returned"] += any(
            fact.standing == "returned" and then != "returned" and fact.occurred_on >= since for fact, then in zip(facts, before, strict=False)
        )
        for visit in HomeVisit.objects.filter(case=case):
            newer = HomeVisit.objects.filter(corrects=visit).first()
            told = visit.recorded_at <= cut_off and not (newer and newer.recorded_at <= cut_off)
            count["visits"] += told and since <= timezone.localdate(visit.occurred_at) <= until
        days = [one for one in Absence.objects.filter(case=case, reason="without") if one.at <= cut_off and since <= one.day <= until]
        count["absent_days"] += len(days)
        count["absent"] += bool(days)
        watches = Watch.objects.filter(case=case)
        count["watches"] += sum(one.at <= cut_off and since <= timezone.localdate(one.at) <= until for one in watches)
    return {key: Work(**count) for key, count in numbers.items()}


@pytest.mark.parametrize("seed", [11, 2026])
def test_the_work_of_any_days_says_what_a_slow_count_says(place: Place, seed: int) -> None:
    chance = Random(seed)
    busy(place, chance, 30)
    seen = 0
    for _ in range(8):
        since = YEAR + timedelta(days=chance.randrange(300))
        until, by = since + timedelta(days=chance.randrange(120)), chance.choice([By.SCHOOL, By.COUNTY, By.ALL])
        within, cut_off = chance.choice(["42", "4205", "420526"]), moment(chance, until, 60)
        found = work(within, since=since, until=until, cut_off=cut_off, by=by)
        assert found == slow(within, since, until, cut_off, by), (since, until, within, by)
        seen += sum(one.visits + one.entered + one.returned + one.absent_days + one.watches for one in found.values())
    assert seen > 20


def test_later_facts_change_nothing_of_what_was_drawn_up(place: Place, clock: Clock) -> None:
    chance = Random(5)
    busy(place, chance, 25)
    clock(at(2026, 10, 5))
    assert draw_up_unit(place.area, month_of(2026, 9), now=at(2026, 10, 5)) >= 1
    assert draw_up_unit(place.area, quarter_of(2026, 3), now=at(2026, 10, 5)) == 1
    before = {report.pk: latest(report).figures for report in Report.of_every_kind.all()}
    assert sum(one["work"]["still_out"] + one["work"]["visits"] for one in before.values()) > 0
    chance = Random(6)
    for case in Case.objects.all():
        fact = StandingChange.objects.filter(case=case).order_by("-pk").first()
        if fact:
            StandingChange.objects.create(
                case=case, episode=1, standing="still_out", occurred_on=date(2026, 9, 2), recorded_at=at(2026, 10, 20), enters_ledger=True,
                priority_household=True, county_id="420526", place_id=fact.place_id, school_id=fact.school_id, entry=fact.entry,
            )  # fmt: skip
    for report in Report.of_every_kind.select_related("unit"):
        assert counted_at(report, latest(report)) == before[report.pk]


def test_a_school_s_month_goes_on_where_the_one_before_ended(place: Place, clock: Clock) -> None:
    for month in (9, 10):
        clock(at(2026, month, 25))
        draw_up(ReportKind.SCHOOL, now=at(2026, month, 25))
    first, second = (latest(report).figures for report in Report.of_every_kind.order_by("month"))
    assert [(one["since"], one["until"]) for one in (first, second)] == [("2026-09-01", "2026-09-25"), ("2026-09-26", "2026-10-25")]
