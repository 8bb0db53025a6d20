"""The demo county's list of the school-roll system: most children agree, and a handful of each kind of difference."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

from django.db.models import F
from django.utils import timezone

from cases.directory.models import User
from cases.register import identity
from cases.register.models import Case, Standing
from cases.rosters import importing, reading, settling, working
from cases.rosters.entering import enter_in_roll
from cases.rosters.models import Difference, Discrepancy
from cases.sheets.writing import table_book
from project.demo.lives import at
from project.demo.world import COUNTY

WORDS = {Standing.STILL_OUT: "仍辍学", Standing.RETURNED: "已复学", Standing.DEDUCTED: "核减", Standing.DEFERRED: "延缓入学"}
FORGOTTEN = 14  # every so manieth child is not entered there in time
EACH = 3  # children of each kind of difference
STRANGERS = (("向家豪", "2012-04-17"), ("覃雨欣", "2013-09-02"), ("田浩宇", "2011-11-23"))


def enter(now: datetime) -> None:
    """Schools enter their children in the school-roll system on the day after the ledger; a few forget it."""
    waiting = Case.objects.filter(
        entered_ledger_on__lt=timezone.localdate(now), in_roll_ledger_on=None, closed_at=None, paused_at=None, school__isnull=False
    )
    for case in waiting.annotate(forgotten=F("pk") % FORGOTTEN).exclude(forgotten=0).order_by("pk"):
        enter_in_roll(case, on=timezone.localdate(now), by=at(case, "principal"), now=now)


def tell(now: datetime) -> None:
    """Brought by the county yesterday; one difference is settled already, and the longest waiting are overdue."""
    county = User.objects.get(username="county")
    then = now - timedelta(days=6)
    day = timezone.localdate(then)
    headers = [headings[0] for headings in reading.HEADERS.values()]
    list_ = table_book("控辍保学台账", headers, _lines(day.isoformat()))
    roster = importing.bring(BytesIO(list_), taken_on=day, by=county, now=then)
    working.work(roster.pk)
    roster.refresh_from_db()
    importing.confirm(roster, by=county)
    working.work(roster.pk)
    settled = Discrepancy.objects.filter(kind=Difference.ROLL, settled="").order_by("pk").first()
    if settled:
        settling.settle(settled, how="theirs_corrected", reason="学校已在学籍系统更正学籍号。", by=county, now=now)


def _lines(day: str) -> list[tuple[str, ...]]:
    cases = Case.objects.filter(county=COUNTY, entered_ledger_on__lte=day, standing__in=list(WORDS)).select_related("student", "school")
    found: list[tuple[str, ...]] = []
    for number, case in enumerate(cases.order_by("pk")):
        kind = number // EACH
        student, status = case.student, WORDS[Standing(case.standing)]
        mine = identity.decrypt(bytes(student.id_cipher), student.id_hash) if student.id_cipher else ""
        roll = student.roll_number if "*" not in student.roll_number else f"{student.roll_number[0]}{mine}"
        if kind == 0:
            continue  # on ours alone
        if kind == 1:
            status = "已复学" if case.standing == Standing.STILL_OUT else "仍辍学"
        elif kind == 2:
            mine = ""  # nothing but name, date of birth and school says who it is
            roll = ""
        elif kind == 3 and roll and "*" not in roll and len(roll) < 19:
            mine = _near(mine)
        elif kind == 4 and roll:
            roll = f"L42{number:012d}"
        found.append((student.name, mine or "待核", roll, student.born_on.isoformat(), case.school.name if case.school else "", status, day))
    school = next((line[4] for line in found if line[4]), "")
    for order, (name, born_on) in enumerate(STRANGERS):
        first = f"422823{born_on.replace('-', '')}{order * 2 + 901:03d}"
        found.append((name, first + identity.check_digit(first), "", born_on, school, "仍辍学", day))
    return found


def _near(number: str) -> str:
    """Somebody mistyped the order of the day, and the check digit fits."""
    first = f"{number[:14]}{(int(number[14:17]) + 2) % 1000:03d}"
    return first + identity.check_digit(first)
