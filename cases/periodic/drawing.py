"""Drawing up the periodic reports: a county's schools, or one bureau, at a time, in as many statements for two thousand as for two.

Safe to run twice and from two places at once: who has a report of the period gets no second one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cases import sql
from cases.directory.models import Area, Level, Organisation, OrganisationKind
from cases.directory.scoping import under
from cases.journal.models import Entry
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger import seals
from cases.ledger.models import Act, Edition, Report, ReportAct, ReportKind
from cases.periodic import counting, periods
from cases.periodic.counting import Figures, Stretch
from cases.periodic.periods import Period
from cases.register.locking import Refused
from cases.spotchecks import services as spotchecks

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User

logger = logging.getLogger(__name__)

AT = 6  # o'clock on the day of the draw-up, before the offices open
TOGETHER = 1000  # rows of one INSERT
PERIODIC = (ReportKind.SCHOOL, ReportKind.QUARTER, ReportKind.TERM, ReportKind.YEAR)
LEVELS = {ReportKind.SCHOOL: Level.COUNTY, ReportKind.QUARTER: Level.COUNTY, ReportKind.TERM: Level.PREFECTURE, ReportKind.YEAR: Level.PROVINCE}
BUREAUS = {
    Level.COUNTY: OrganisationKind.COUNTY_EDUCATION,
    Level.PREFECTURE: OrganisationKind.PREFECTURE_EDUCATION,
    Level.PROVINCE: OrganisationKind.PROVINCE_EDUCATION,
}

Offices = dict[str, int]  # education bureaus by the code of their area


def draw_up_all(now: datetime) -> int:
    """What the timetable asks for: every report whose day of draw-up has come and that does not exist. Returns how many were made."""
    return sum(draw_up(kind, now=now) for kind in PERIODIC)


def draw_up(kind: ReportKind, *, now: datetime, by: User | None = None) -> int:
    """The reports of one kind that should exist by now, each unit's in a transaction of its own. Returns how many were made."""
    local = timezone.localtime(now)
    today = local.date() if local.hour >= AT else local.date() - timedelta(days=1)
    made = 0
    offices = _offices()
    for unit in Area.objects.filter(level=LEVELS[kind], active=True).order_by("pk"):
        period = periods.to_be_drawn_up(kind, unit.pk, today)
        if period and {unit.pk, unit.pk[:2]} <= offices.keys() and not _is_before_us(period, today):
            made += draw_up_unit(unit, period, offices=offices, now=now, by=by)
    return made


@transaction.atomic
def draw_up_unit(unit: Area, period: Period, *, offices: Offices | None = None, now: datetime, by: User | None = None) -> int:
    """The reports of a county's schools, or the one of a bureau, for a period. Returns how many were made."""
    schools: list[int | None] = [None]
    if period.kind == ReportKind.SCHOOL:
        schools = list(_schools_without(unit, period))
    elif _written(unit, period).exists():
        schools = []
    if not schools:
        return 0
    sql.tell("SELECT pg_advisory_xact_lock(hashtext(%s))", f"periodic {period.kind} {unit.pk}")
    taken = set(_written(unit, period).values_list("school_id", flat=True))  # by another worker, meanwhile
    schools = [school for school in schools if school not in taken]
    if period.kind == ReportKind.QUARTER:
        _draw_lots(unit, period, now)
    offices = _offices() if offices is None else offices
    reports = Report.of_every_kind.bulk_create([_report(unit, period, school, offices, now) for school in schools], batch_size=TOGETHER)
    _count(reports, unit, period, now=now, by=by)
    return len(reports)


def count_again(report: Report, *, now: datetime, by: User) -> Edition:
    """A further edition with what was told since; the caller holds the lock of the report."""
    period = periods.period_of(report.kind, report.unit_id, report.year, report.month)
    edition = latest(report)
    stretch = Stretch(date.fromisoformat(edition.figures["since"]), _last_day(period, now), now)
    counted = _figures([report], report.unit, period, stretch)[0]
    made = _edition(report, edition.number + 1, stretch, counted, by)
    made.save()
    ReportAct.objects.create(report=report, edition=made, act=Act.DRAWN_UP, by=by, at=now)
    return made


def counted_at(report: Report, edition: Edition) -> Figures:
    """The figures of an edition counted anew from the facts as they were known at its cut-off."""
    period = periods.period_of(report.kind, report.unit_id, report.year, report.month)
    stretch = Stretch(date.fromisoformat(edition.figures["since"]), edition.until, edition.cut_off)
    return _figures([report], report.unit, period, stretch)[0]


def latest(report: Report) -> Edition:
    """The edition that the report stands for now."""
    return report.editions.latest("number")


def _count(reports: Sequence[Report], unit: Area, period: Period, *, now: datetime, by: User | None) -> None:
    stretch = Stretch(_first_day(unit, period), _last_day(period, now), now)
    counted = _figures(reports, unit, period, stretch)
    editions = [_edition(report, 1, stretch, figures, by) for report, figures in zip(reports, counted, strict=True)]
    Edition.objects.bulk_create(editions, batch_size=TOGETHER)
    ReportAct.objects.bulk_create(
        [ReportAct(report=report, edition=edition, act=Act.DRAWN_UP, by=by, at=now) for report, edition in zip(reports, editions, strict=True)],
        batch_size=TOGETHER,
    )
    record(
        Verb.REPORTS_DRAWN_UP,
        at=now,
        actor=by,
        kind=str(period.kind),
        unit=unit.pk,
        year=period.year,
        month=period.month,
        reports=[report.pk for report in reports],
        digest=seals.of_many([edition.digest for edition in editions]),
    )


def _figures(reports: Sequence[Report], unit: Area, period: Period, stretch: Stretch) -> list[Figures]:
    if period.kind == ReportKind.SCHOOL:
        schools = [report.school_id for report in reports if report.school_id is not None]
        found = counting.of_schools(unit.pk, schools, stretch)
        return [found[school] for school in schools]
    return [counting.of_unit(period, unit.pk, unit.name, stretch)]


def _report(unit: Area, period: Period, school: int | None, offices: Offices, now: datetime) -> Report:
    county = LEVELS[period.kind] == Level.COUNTY
    return Report(
        kind=period.kind,
        unit=unit,
        school_id=school,
        year=period.year,
        month=period.month,
        number=_number(unit, period, school),
        due_on=periods.due_on(period),
        education_id=offices[unit.pk] if county else None,
        prefecture_id=offices.get(unit.pk[:4]) if period.kind != ReportKind.YEAR else None,
        province_id=offices[unit.pk[:2]],
        drawn_up_at=now,
    )


def _number(unit: Area, period: Period, school: int | None) -> str:
    """420526-X17-2611, 420526-2026-Q3, 4205-2026-07-T, 42-2026-Y: at most 20 characters, whoever the school."""
    if school is not None:
        return f"{unit.pk}-X{school}-{period.year % 100:02}{period.month:02}"
    tails = {
        ReportKind.QUARTER: f"{period.year}-Q{period.month // 3}",
        ReportKind.TERM: f"{period.year}-{period.month:02}-T",
        ReportKind.YEAR: f"{period.year}-Y",
    }
    return f"{unit.pk}-{tails[period.kind]}"


def _edition(report: Report, number: int, stretch: Stretch, figures: Figures, by: User | None) -> Edition:
    return Edition(
        report=report,
        number=number,
        cut_off=stretch.cut_off,
        until=stretch.until,
        figures=figures,
        digest=seals.of_figures(report.number, number, figures),
        by=by,
    )


def _first_day(unit: Area, period: Period) -> date:
    """A school's month goes on where the one before ended, so that no day of the end of a month is left out."""
    if period.kind != ReportKind.SCHOOL:
        return period.since
    before = period.since - timedelta(days=1)
    last = Edition.objects.filter(report__kind=period.kind, report__unit=unit, report__year=before.year, report__month=before.month)
    until = last.order_by("-until").values_list("until", flat=True).first()
    return until + timedelta(days=1) if until else period.since


def _last_day(period: Period, now: datetime) -> date:
    return min(period.until, timezone.localdate(now))


def _schools_without(unit: Area, period: Period) -> Iterable[int]:
    """The active schools of a county that have no report of the month."""
    rows = Organisation.objects.filter(under("area_id", unit.pk), kind=OrganisationKind.SCHOOL, active=True)
    return rows.exclude(pk__in=_written(unit, period).values("school_id")).order_by("pk").values_list("pk", flat=True)


def _written(unit: Area, period: Period) -> QuerySet[Report]:
    rows: QuerySet[Report] = Report.of_every_kind.filter(kind=period.kind, unit=unit, year=period.year, month=period.month)
    return rows


def _draw_lots(unit: Area, period: Period, now: datetime) -> None:
    """The quarter's re-checks belong to its review. Where nobody is left to be sent, the review says so and the timetable tries again."""
    try:
        spotchecks.draw(unit, year=period.year, quarter=period.month // 3, now=now)
    except Refused as refusal:
        logger.warning("no spot checks were drawn for %s: %s", unit.pk, type(refusal).__name__)


def _is_before_us(period: Period, today: date) -> bool:
    """Whether the period was over before anything was told to this system: nobody reports about that."""
    first = Entry.objects.order_by("pk").values_list("recorded_at", flat=True).first()
    return (timezone.localdate(first) if first else today) > period.until


def _offices() -> Offices:
    rows = Organisation.objects.filter(kind__in=BUREAUS.values(), active=True).order_by("-pk").values_list("area_id", "pk")
    return dict(rows)
