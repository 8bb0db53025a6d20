"""Which table somebody looks at: what their post covers, narrowed by the address of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, BY_PLACE, CAPABILITIES, Capability
from cases.directory.edge import OfficerRequest
from cases.directory.models import Appointment, Area
from cases.journal import clock
from cases.journal.clock import EngineNow
from cases.ledger.terms import At, Level, Within
from cases.register.responsible import COUNTY

YEARS = 5  # offered, the present one included
PROVINCE, PREFECTURE, TOWNSHIP = 2, 4, 9  # digits of an area's code


@dataclass(frozen=True)
class Sheet:
    """One table: a month, a moment, a part of the province, a level."""

    at: At
    today: date
    within: Within
    level: Level
    area: Area
    name: str  # of the line of totals: the area, or a principal's own school
    own: str  # the code of what the post covers; the address may narrow it
    change: bool  # with the difference to the month before

    @property
    def year(self) -> int:
        return self.at.year

    @property
    def month(self) -> int:
        return self.at.until.month

    @property
    def end(self) -> date:
        return self.at.until

    @property
    def as_of(self) -> datetime | None:
        return self.at.as_of

    @property
    def is_open(self) -> bool:
        """Whether the month is not over yet."""
        return self.at.until >= self.today

    @property
    def levels(self) -> list[Level]:
        return possible(self.within)

    def address(self, name: str = "ledger", **more: Any) -> str:
        """The same table on another page, or another one with `more`; an empty value leaves the word out."""
        given: dict[str, Any] = {
            "year": self.year,
            "month": self.month,
            "area": self.area.pk,
            "level": self.level.value,
            "as_of": timezone.localtime(self.as_of).strftime("%Y-%m-%dT%H:%M") if self.as_of else "",
            "change": "1" if self.change else "",
        } | more
        return f"{reverse(name)}?{urlencode({key: value for key, value in given.items() if value != ''})}"


def sheet_of(request: OfficerRequest) -> Sheet:
    """The table that the address asks for. Raises PermissionDenied without a post that sees the ledger, Http404 beyond what the post covers."""
    posts = [post for post in request.user.posts() if Capability.SEE_LEDGER in CAPABILITIES[post.role]]
    if not posts:
        raise PermissionDenied(_("Your post does not allow this."))
    post = min(posts, key=_breadth)
    within = _covers(post)
    own, wanted = within.root, request.GET.get("area", "")
    if wanted and not wanted.startswith(own):
        raise Http404
    area = Area.objects.filter(pk=wanted or own).annotate(now=EngineNow()).first()
    if area is None:
        raise Http404
    if wanted and within.school is None:
        within = _narrowed(within, area.pk)
    today = clock.day(area.now)
    year, month = _number(request, "year", today.year, 2000, today.year), _number(request, "month", today.month, 1, 12)
    if (year, month) > (today.year, today.month):
        month = today.month
    name = post.organisation.name if within.school is not None else area.name
    return Sheet(
        at=At.month(year, month, _moment(request, area.now)),
        today=today,
        within=within,
        level=_level(request, within),
        area=area,
        name=name,
        own=own,
        change=request.GET.get("change") == "1",
    )


def possible(within: Within) -> list[Level]:
    """The levels by which a part of the province can be broken down, the usual one first."""
    if within.school is not None:
        return [Level.SCHOOL]
    digits = len(within.root)
    if digits <= PROVINCE:
        return [Level.UNIT, Level.COUNTY]
    if digits <= PREFECTURE:
        return [Level.COUNTY]
    if digits <= COUNTY:
        return [Level.TOWNSHIP, Level.SCHOOL]
    return [Level.VILLAGE, Level.SCHOOL] if digits <= TOWNSHIP else [Level.SCHOOL]


def crumbs(sheet: Sheet, last: str = "") -> list[tuple[str, str]]:
    """From what the post covers down to the table; `last` names a page below it."""
    above = [sheet.area.pk[:digits] for digits in (PROVINCE, PREFECTURE, COUNTY, TOWNSHIP) if len(sheet.own) < digits < len(sheet.area.pk)]
    names = dict(Area.objects.filter(pk__in=above).values_list("pk", "name")) if above else {}
    way = [(_("Ledger"), sheet.address(area="", level=""))]
    way += [(names[code], sheet.address(area=code, level="")) for code in above if code in names]
    if not last:
        return [*way, (sheet.name, "")]
    return [*way, (sheet.name, sheet.address()), (last, "")]


def _breadth(post: Appointment) -> tuple[int, int]:
    rank = 0 if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE else 1 if post.role in BY_PLACE else 2
    return rank, len(post.organisation.area_id)


def _covers(post: Appointment) -> Within:
    """What the post covers."""
    area = post.organisation.area_id
    if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE and len(area) <= COUNTY:
        return Within(county=area)
    if post.role in BY_PLACE | BY_COUNTY_OR_PLACE:
        return Within(place=area)
    return Within(county=area[:COUNTY], school=post.organisation_id)


def _narrowed(within: Within, code: str) -> Within:
    if len(code) <= COUNTY:
        return Within(county=code)
    return Within(county=within.county if within.place else code[:COUNTY], place=code)


def _level(request: OfficerRequest, within: Within) -> Level:
    wanted, levels = request.GET.get("level", ""), possible(within)
    return next((level for level in levels if level.value == wanted), levels[0])


def _moment(request: OfficerRequest, now: datetime) -> datetime | None:
    """The moment asked for, in local time; None for now, for what lies ahead, and for what is no moment."""
    try:
        given = parse_datetime(request.GET.get("as_of", ""))
    except ValueError:
        return None
    if given is None or given.year < 2000:
        return None
    moment = timezone.make_aware(given) if timezone.is_naive(given) else given
    return moment if moment < now else None


def _number(request: OfficerRequest, name: str, default: int, least: int, most: int) -> int:
    given = request.GET.get(name, "")
    return min(max(int(given), least), most) if given.isdecimal() and len(given) <= len("2026") else default
