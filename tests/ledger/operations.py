"""Random work on the ledger: children opened, entered, cleared, deferred, reopened, moved between units, refused and withdrawn, each through its
service, by whoever may do it; what a service refuses is refused. After every operation the table must add up at every level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection

from cases.attendance.services import record_watch
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Area, SchoolClass, User
from cases.journal.clock import day
from cases.ledger.figures import Level, Row, Within, figures
from cases.register import clearance, decisions
from cases.register.locking import Refused
from cases.register.models import Case, Clearance, ClearanceState, Standing, StandingChange, Student
from cases.register.opening import open_case
from cases.register.verification import conclude_verification
from cases.transfers import services as transfers
from cases.transfers.models import Transfer, TransferState
from tests.cast import NOON, conclusion
from tests.factories import Place, make_area, make_organisation, make_student, make_user
from tests.paper import pdf

ABOVE = "4205"  # the prefecture of every county that tests make


@dataclass
class Unit:
    """One county with two schools and two townships, and everybody who acts in it."""

    place: Place
    schools: list[SchoolClass]
    areas: list[Area]
    teacher: User
    principal: User
    officer: User
    second: User


def make_unit(place: Place, name: str) -> Unit:
    """A second township and school beside what the place has."""
    code = f"{place.area.pk}199"
    area = make_area(code, f"{name}二镇", "township")
    make_organisation("township", area, f"{name}二镇人民政府", superior=place.government)
    school = make_organisation("school", area, f"{name}二校", superior=place.education, line="education")
    other = SchoolClass.objects.create(school=school, grade=7, name="七(1)班")
    make_user(f"{name}-principal-2", "principal", school)
    make_user(f"{name}-township", "township_officer", place.township)
    return Unit(
        place=place,
        schools=[place.school_class, other],
        areas=[place.village_area, area],
        teacher=make_user(f"{name}-teacher", "class_teacher", place.school, school_class=place.school_class),
        principal=make_user(f"{name}-principal", "principal", place.school),
        officer=make_user(f"{name}-officer", "county_officer", place.education),
        second=make_user(f"{name}-officer-2", "county_officer", place.education),
    )


@dataclass
class Work:
    """The dice, the people and the time; `done` and `refused` count what came of each operation."""

    units: list[Unit]
    random: Random
    now: datetime = NOON
    born: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seen: int = 0  # the last fact that was looked at
    touched: set[str] = field(default_factory=set)  # the counties of which the last operation may have changed something

    def step(self) -> None:
        """Some hours pass, and somebody does one thing."""
        self.now += timedelta(hours=self.random.randrange(1, 6))
        self.touched = set()
        name = self.random.choice(NAMES)
        try:
            OPERATIONS[name](self)
        except (Refused, NotAllowed, Skip):
            self.refused[name] += 1
        else:
            self.done[name] += 1

    def told_of(self, year: int) -> bool:
        """Whether since the last look a fact was told that was so by the end of the year."""
        told = StandingChange.objects.filter(pk__gt=self.seen).values_list("pk", "occurred_on")
        days = dict(told)
        self.seen = max(days, default=self.seen)
        return any(on.year <= year for on in days.values())

    def unit_of(self, case: Case) -> Unit:
        self.touched.add(case.county_id)
        return next(unit for unit in self.units if unit.place.area.pk == case.county_id)

    def some_case(self, *standings: str, **more: object) -> Case:
        rows = Case.objects.filter(standing__in=standings, **more).order_by("pk") if standings else Case.objects.filter(**more).order_by("pk")
        found: Case | None = rows[self.random.randrange(count)] if (count := rows.count()) else None
        if found is None:
            raise Skip
        return found

    def some_proposal(self) -> Clearance:
        rows = list(Clearance.objects.filter(state=ClearanceState.PROPOSED).select_related("case").order_by("pk"))
        if not rows:
            raise Skip
        found: Clearance = self.random.choice(rows)
        return found

    def some_offer(self) -> Transfer:
        rows = list(Transfer.objects.filter(state=TransferState.OFFERED).select_related("case", "to_place").order_by("pk"))
        if not rows:
            raise Skip
        found: Transfer = self.random.choice(rows)
        return found


class Skip(Exception):
    """There is nothing to which this could be done."""


def _open(work: Work) -> None:
    unit = work.random.choice(work.units)
    work.touched.add(unit.place.area.pk)
    work.born += 1
    groups = ["lifted_out_of_poverty"] if work.random.random() < 0.4 else []
    student = make_student(unit.place, name=f"孩子{work.born}", number="", groups=groups)
    _suspect(work, unit, student)


def _suspect(work: Work, unit: Unit, student: Student) -> None:
    absent = day(work.now) - timedelta(days=work.random.randrange(8, 40))
    open_case(student, channel="attendance", last_attended_on=absent, reason="work", note="", by=unit.officer, now=work.now)


def _open_again(work: Work) -> None:
    case = work.some_case(closed_at__isnull=False)
    _suspect(work, work.unit_of(case), case.student)


def _enter(work: Work) -> None:
    case = work.some_case(Standing.SUSPECTED)
    found = conclusion() if work.random.random() < 0.85 else conclusion(conclusion="not_dropout", finding="in_school", reason="")
    conclude_verification(case, **found, by=work.unit_of(case).officer, now=work.now)


def _back(work: Work) -> None:
    case = work.some_case(Standing.STILL_OUT)
    clearance.report_return(case, on=day(work.now), by=work.unit_of(case).officer, now=work.now)


def _confirm(work: Work) -> None:
    case = work.some_case(Standing.STILL_OUT, back_since__isnull=False)
    assert case.back_since is not None
    stayed = work.random.random() < 0.8
    days = [case.back_since + timedelta(days=n) for n in range(8)]
    clearance.propose_return(
        case, stayed=stayed, placement="same_class", attendance=[one for one in days if one <= day(work.now)], note="",
        evidence=[("attendance_list", pdf())], by=work.unit_of(case).officer, now=work.now,
    )  # fmt: skip


def _leave(work: Work) -> None:
    case = work.some_case(Standing.STILL_OUT, back_since__isnull=False)
    clearance.propose_return(case, stayed=False, note="又离校", by=work.unit_of(case).officer, now=work.now)


def _deduct(work: Work) -> None:
    case = work.some_case(Standing.STILL_OUT, Standing.DEFERRED)
    clearance.propose_deduction(
        case, ground="wrong_entry", occurred_on=day(work.now), evidence=[("original_record", pdf())], by=work.unit_of(case).officer, now=work.now
    )


def _defer(work: Work) -> None:
    case = work.some_case(Standing.STILL_OUT, Standing.SUSPECTED, Standing.DEFERRED)
    clearance.apply_deferral(
        case, ground="illness", occurred_on=day(work.now), until=day(work.now) + timedelta(days=90),
        evidence=[("application", pdf()), ("diagnosis", pdf())], by=work.unit_of(case).officer, now=work.now,
    )  # fmt: skip


def _decide(work: Work) -> None:
    found = work.some_proposal()
    decisions.decide(found, approve=work.random.random() < 0.75, note="复核", by=work.unit_of(found.case).second, now=work.now)


def _withdraw(work: Work) -> None:
    found = work.some_proposal()
    decisions.withdraw(found, by=work.unit_of(found.case).officer, now=work.now)


def _end_deferral(work: Work) -> None:
    case = work.some_case(Standing.DEFERRED)
    result = work.random.choice(["enrolled", "not_enrolled"])
    clearance.end_deferral(case, result=result, on=day(work.now), by=work.unit_of(case).officer, now=work.now)


def _relapse(work: Work) -> None:
    case = work.some_case(Standing.RETURNED, closed_at=None)
    record_watch(case, number=30, school_days=20, days_present=3, passed=False, note="又离校", by=work.unit_of(case).officer, now=work.now)


def _offer(work: Work) -> None:
    case = work.some_case(closed_at=None)
    unit = work.random.choice([one for one in work.units if one.place.area.pk != case.county_id])
    transfers.offer(
        case, reason="family_moved", to_place=unit.place.township_area, to_school=unit.place.school if work.random.random() < 0.7 else None,
        evidence=[("other_proof", pdf())], by=work.unit_of(case).officer, now=work.now,
    )  # fmt: skip


def _answer(work: Work) -> None:
    found = work.some_offer()
    unit = next(one for one in work.units if one.place.area.pk == found.to_county_id)
    work.touched |= {found.to_county_id, found.case.county_id}
    transfers.answer(found, accept=work.random.random() < 0.7, note="答复", by=unit.officer, now=work.now)


def _take_back(work: Work) -> None:
    found = work.some_offer()
    transfers.withdraw(found, by=work.unit_of(found.case).officer, now=work.now)


def _move(work: Work) -> None:
    case = work.some_case(closed_at=None)
    unit = work.unit_of(case)
    school_class = work.random.choice(unit.schools)
    transfers.move_within(
        case, reason="school_changed", to_place=work.random.choice(unit.areas), to_school=school_class.school, to_class=school_class,
        by=unit.officer, now=work.now,
    )  # fmt: skip


OPERATIONS: dict[str, Callable[[Work], None]] = {
    "open": _open,
    "open again": _open_again,
    "enter": _enter,
    "report back": _back,
    "confirm": _confirm,
    "left again": _leave,
    "deduct": _deduct,
    "defer": _defer,
    "decide": _decide,
    "withdraw": _withdraw,
    "end deferral": _end_deferral,
    "relapse": _relapse,
    "offer": _offer,
    "answer": _answer,
    "take back": _take_back,
    "move": _move,
}
OFTEN = {"open": 3, "enter": 4, "decide": 4, "report back": 2, "confirm": 3, "deduct": 2, "defer": 2, "offer": 2, "answer": 3, "move": 2}
NAMES = [name for name in OPERATIONS for _ in range(OFTEN.get(name, 1))]


def adds_up(work: Work, *, everywhere: bool = True) -> None:
    """台账人数 = 实际复学 + 核减 + 延缓入学 + 仍辍学 in both columns at every level, each level the same total, and as many children as facts say.

    Unless `everywhere`, below the counties only where the last operation may have changed something, and of the first year only if something
    was told about it: no later fact can change its table.
    """
    today = day(work.now)
    first = {NOON.year} if everywhere or work.told_of(NOON.year) else set()
    for year in sorted({today.year} | first):
        until = min(today, today.replace(year=year, month=12, day=31))
        wholes = [_table(year, until, Within(county="42"), Level.UNIT), _table(year, until, Within(county=ABOVE), Level.COUNTY)]
        assert wholes[0] == wholes[1], (work.now, year)
        assert wholes[0][0] == _entered(year, until), (work.now, year)
        units = [unit for unit in work.units if everywhere or unit.place.area.pk in work.touched]
        below = [
            [_table(year, until, Within(county=unit.place.area.pk), level) for unit in units]
            for level in (Level.TOWNSHIP, Level.SCHOOL, Level.VILLAGE)
        ]
        assert below[0] == below[1] == below[2], (work.now, year)
        if everywhere:
            assert [sum(column) for column in zip(*below[0], strict=True)] == list(wholes[0]), (work.now, year)


def _table(year: int, until: date, within: Within, level: Level) -> tuple[int, ...]:
    """The totals of a table whose every row adds up and whose rows add up to its totals."""
    rows = figures(year, until, within=within, level=level)
    for row in rows:
        for group in (_numbers(row, "total"), _numbers(row, "priority")):
            assert group[0] == sum(group[1:]), (row, level)
    total, *lines = rows
    for which in ("total", "priority"):
        assert list(_numbers(total, which)) == [sum(column) for column in zip(*(_numbers(line, which) for line in lines), strict=True)], level
    return (*_numbers(total, "total"), *_numbers(total, "priority"))


def _numbers(row: Row, which: str) -> tuple[int, ...]:
    return tuple(getattr(pair, which) for pair in (row.on_ledger, row.returned, row.deducted, row.deferred, row.still_out))


def _entered(year: int, until: date) -> int:
    """Counted another way: children who entered the ledger in the year, each once, whatever became of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT case_id) FROM cases_standingchange WHERE enters_ledger AND occurred_on BETWEEN make_date(%s, 1, 1) AND %s",
            [year, until],
        )
        row = cursor.fetchone()
    return int(row[0])
