"""The demo's periodic reports: this month's of two schools are still to be sent; a quarter is signed and one waits for the head, the neighbour's is
late; the term lies with the prefecture's head; the school year is signed by the province's."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from cases.directory.models import Appointment, Area, Role, User
from cases.ledger.models import Report, ReportKind
from cases.periodic import periods, services
from cases.periodic.content import is_nothing
from cases.periodic.drawing import draw_up_unit, latest
from cases.periodic.periods import Period
from cases.periodic.terms import terms_of
from project.demo.world import COUNTY, NEIGHBOUR, PREFECTURE, PROVINCE

ANSWERED = {"compared": "yes", "all_here": "yes", "door_to_door": "yes", "on_roll": None, "present": None}
REVIEW = {"findings": "个别学校考勤登记不及时，一例核减材料不齐。", "measures": "约谈相关学校负责人，月底前补齐材料并逐一复核。"}
OPENING = {"opening_schools": 6, "opening_account": "开学秩序正常，未到校学生均已逐户核实。"}


def tell(now: datetime) -> None:
    today = timezone.localdate(now)
    county, neighbour = Area.objects.get(pk=COUNTY), Area.objects.get(pk=NEIGHBOUR)
    _schools(county, periods.month_of(today.year, today.month), now)
    first, second = _quarters(today)
    for unit, period in ((county, first), (county, second), (neighbour, second)):
        draw_up_unit(unit, period, now=now)
    _bureau(_of(ReportKind.QUARTER, COUNTY, first), "county", "county-head", now)
    _bureau(_of(ReportKind.QUARTER, COUNTY, second), "county", None, now)
    over = [term for term in terms_of(PREFECTURE) if term[1] < today]
    if over:
        term = Period(ReportKind.TERM, *over[-1])
        draw_up_unit(Area.objects.get(pk=PREFECTURE), term, now=now)
        _bureau(_of(ReportKind.TERM, PREFECTURE, term), "prefecture", None, now)
    year = periods.school_year_to(today.year if today.month > periods.AUGUST else today.year - 1)
    draw_up_unit(Area.objects.get(pk=PROVINCE), year, now=now)
    _bureau(_of(ReportKind.YEAR, PROVINCE, year), "province", "province-head", now)


def _schools(county: Area, month: Period, now: datetime) -> None:
    """The school of the accounts is still to send, and the last one."""
    draw_up_unit(county, month, now=now)
    reports = Report.of_every_kind.filter(kind=ReportKind.SCHOOL, unit=county, year=month.year, month=month.month).order_by("pk")
    own = Appointment.objects.filter(user=_user("principal")).values_list("organisation_id", flat=True)
    for report in list(reports.exclude(school__in=own))[:-1]:
        post = Appointment.objects.filter(organisation=report.school, role=Role.PRINCIPAL).select_related("user").first()
        if post:
            nothing = is_nothing(latest(report).figures)
            said = ANSWERED | {"nothing": nothing}
            services.file_report(report, said=said, note="" if nothing else "逐户家访劝返，建立一人一案。", by=post.user, now=now)


def _bureau(report: Report, officer: str, head: str | None, now: datetime) -> None:
    services.compile_review(report, said=REVIEW | (OPENING if latest(report).figures.get("terms") else {}), by=_user(officer), now=now)
    if head:
        services.sign(report, note="同意。", by=_user(head), now=now)


def _quarters(today: date) -> tuple[Period, Period]:
    """The last two quarters that are over."""
    ordinal = today.year * 4 + (today.month - 1) // 3
    first, second = (periods.quarter_of(one // 4, one % 4 + 1) for one in (ordinal - 2, ordinal - 1))
    return first, second


def _of(kind: ReportKind, unit: str, period: Period) -> Report:
    found: Report = Report.of_every_kind.get(kind=kind, unit_id=unit, year=period.year, month=period.month)
    return found


def _user(username: str) -> User:
    found: User = User.objects.get(username=username)
    return found
