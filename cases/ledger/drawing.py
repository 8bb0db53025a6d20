"""Drawing up the month: on the 12th (a setting) for each county, due on the 15th, which never moves (notice 2023-6, section 3)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.codes.services import setting
from cases.directory.models import Area, Level, Organisation, OrganisationKind
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger.freeze import NotSettled, draw
from cases.ledger.models import Act, Report, ReportAct

if TYPE_CHECKING:
    from cases.directory.models import User

AT = 6  # o'clock on the day of the draw-up, before the offices open


def is_time(now: datetime) -> bool:
    """Whether this month's reports are to be drawn up by now."""
    local = timezone.localtime(now)
    return (local.day, local.hour) >= (int(setting("ledger_draw_up_day", default=12)), AT)


def draw_up_month(year: int, month: int, *, now: datetime, by: User | None = None) -> int:
    """Draw up the report of every county that has a bureau and no report yet, each in a transaction of its own. Returns how many.

    Safe to run twice and from two places at once. A county whose facts were just changing is passed over and comes next time.
    """
    if (year, month) > (timezone.localdate(now).year, timezone.localdate(now).month):
        raise Refused(_("A month that has not begun cannot be reported."))
    bureaus = _bureaus()
    province = Organisation.objects.filter(kind=OrganisationKind.PROVINCE_EDUCATION, active=True).order_by("pk").first()
    drawn = Report.objects.filter(year=year, month=month).values_list("unit_id", flat=True)
    if province is None:
        return 0
    count = 0
    for unit in Area.objects.filter(level=Level.COUNTY, active=True).exclude(pk__in=list(drawn)).order_by("pk"):
        education = bureaus.get((OrganisationKind.COUNTY_EDUCATION, unit.pk))
        if education is None:
            continue
        prefecture = bureaus.get((OrganisationKind.PREFECTURE_EDUCATION, unit.pk[:4]))
        try:
            count += _draw_up(unit, year, month, education=education, prefecture=prefecture, province=province.pk, now=now, by=by)
        except NotSettled:
            continue
    return count


@transaction.atomic
def _draw_up(unit: Area, year: int, month: int, *, education: int, prefecture: int | None, province: int, now: datetime, by: User | None) -> bool:
    report, made = Report.objects.get_or_create(
        unit=unit,
        year=year,
        month=month,
        defaults={
            "number": f"{unit.pk}-{year}-{month:02}",
            "due_on": date(year, month, int(setting("ledger_due_day", default=15))),
            "education_id": education,
            "prefecture_id": prefecture,
            "province_id": province,
            "drawn_up_at": now,
        },
    )
    if not made:
        return False
    draw_edition(report, by=by, now=now)
    return True


def draw_edition(report: Report, *, by: User | None, now: datetime) -> None:
    """Count the report anew: a further edition with its own cut-off, on record."""
    edition = draw(report, until=last_day(report, now), cut_off=now, by=by)
    ReportAct.objects.create(report=report, edition=edition, act=Act.DRAWN_UP, by=by, at=now)
    record(Verb.REPORT_DRAWN_UP, at=now, actor=by, report=report.pk, edition=edition.pk)


def last_day(report: Report, now: datetime) -> date:
    """The last day that the table counts: that of the draw-up, within the month; by the setting, the end of the month before."""
    if setting("ledger_cut_off_at_month_end", default=False):
        return date(report.year, report.month, 1) - timedelta(days=1)
    end = date(report.year, report.month, calendar.monthrange(report.year, report.month)[1])
    return min(end, timezone.localdate(now))


def _bureaus() -> dict[tuple[str, str], int]:
    kinds = (OrganisationKind.COUNTY_EDUCATION, OrganisationKind.PREFECTURE_EDUCATION)
    rows = Organisation.objects.filter(kind__in=kinds, active=True).order_by("-pk").values_list("kind", "area_id", "pk")
    return {(kind, area): pk for kind, area, pk in rows}
