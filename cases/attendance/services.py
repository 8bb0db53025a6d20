"""The watch after a return (巩固跟踪): at 30, 60 and 90 days; a child that stays away again is back on the ledger at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.attendance.models import Absence, AbsenceReason, Watch
from cases.directory.capabilities import Capability, require
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.locking import Refused, lock, require_standing
from cases.register.models import Case, Standing
from cases.register.opening import BadDate, TooEarly, reopen
from cases.register.schooldays import is_school_day
from cases.register.standing import stand

if TYPE_CHECKING:
    from cases.directory.models import User

WATCHES = (30, 60, 90)  # days after the first day back
EARLY = 7  # days before its day that a watch may be recorded


class WatchRecorded(Refused):
    """This watch is on record already."""


@transaction.atomic
def record_watch(
    case: Case,
    *,
    number: int,
    school_days: int,
    days_present: int,
    passed: bool,
    note: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Watch:
    """Record how often the child was at school since the last watch (`school_days`, of them `days_present`).

    A failed watch is a relapse: a new episode, on the ledger from that day. The last watch passed closes the case.
    Raises TooEarly, WatchRecorded, Refused, NotAllowed.
    """
    case, today = lock(case, submission=submission), day(now)
    require(by, Capability.RECORD_WATCH, case)
    require_standing(case, {Standing.RETURNED})
    _check(case, number, school_days, days_present, passed, note, today)
    watch = Watch.objects.create(
        case=case, episode=case.episode, number=number, school_days=school_days, days_present=days_present, passed=passed, note=note, by=by, at=now
    )
    if passed and number == WATCHES[-1]:
        stand(case, Standing.RETURNED, on=today, closed_at=now)
    record(Verb.WATCH_RECORDED, case=case, actor=by, at=now, submission=submission, watch=watch.pk, number=number, passed=passed)
    if not passed:
        reopen(case, why="relapse", on=today, by=by, now=now)
    return watch


class Attendance(NamedTuple):
    """School days within a stretch, and of them those on which the child was absent."""

    school_days: int
    absent: int


@transaction.atomic
def note_absences(case: Case, *, days: Collection[date], reason: str, by: User, now: datetime, submission: UUID | None = None) -> list[Absence]:
    """The school days on which a returned child was absent, from the class list; days on record already are left as they are.

    Raises BadDate for a day that is no school day since the return, Refused, NotAllowed.
    """
    case, today = lock(case, submission=submission), day(now)
    require(by, Capability.RECORD_WATCH, case)
    require_standing(case, {Standing.RETURNED})
    if reason not in AbsenceReason.values:
        raise Refused(_("Please choose the reason of the absence."))
    since = case.back_since or today
    if any(not since <= one <= today or not is_school_day(one, case.county_id) for one in days):
        raise BadDate(_("Days of absence are school days between the return (%(date)s) and today.") % {"date": since.isoformat()})
    known = set(Absence.objects.filter(case=case, day__in=days).values_list("day", flat=True))
    new = sorted(set(days) - known)
    if not new:
        raise Refused(_("Please mark at least one school day that is not on record yet."))
    made = Absence.objects.bulk_create(Absence(case=case, episode=case.episode, day=one, reason=reason, by=by, at=now) for one in new)
    record(Verb.ABSENCES_NOTED, case=case, actor=by, at=now, submission=submission, count=len(made), reason=reason)
    return made


def attendance(case: Case, number: int, today: date) -> Attendance | None:
    """What the class list says of the stretch that a watch looks at, up to today; None while nobody reported the return."""
    since = watched_since(case, number)
    if since is None:
        return None
    first = since if number == WATCHES[0] else since + timedelta(days=1)  # the first day back counts, and no day counts twice
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    absent = Absence.objects.filter(case=case, episode=case.episode, day__gte=first, day__lte=today).count()
    return Attendance(sum(is_school_day(one, case.county_id) for one in days), absent)


def watch_day(case: Case, number: int) -> date | None:
    """The day of a watch; None while nobody has reported the return."""
    return case.back_since + timedelta(days=number) if case.back_since else None


def watched_since(case: Case, number: int) -> date | None:
    """The day after which the school days of this watch are counted: the day of the watch before, else the return."""
    earlier = max((step for step in WATCHES if step < number), default=0)
    return case.back_since + timedelta(days=earlier) if case.back_since else None


def _check(case: Case, number: int, school_days: int, days_present: int, passed: bool, note: str, today: date) -> None:
    if number not in WATCHES:
        raise Refused(_("There are watches at 30, 60 and 90 days."))
    due = watch_day(case, number)
    if due and passed and today < due - timedelta(days=EARLY):
        raise TooEarly(_("This watch looks at the child's first %(number)s days; please record it from %(date)s on.") % {
            "number": number, "date": (due - timedelta(days=EARLY)).isoformat()
        })  # fmt: skip
    if Watch.objects.filter(case=case, episode=case.episode, number=number).exists():
        raise WatchRecorded(_("This watch is on record already."))
    if not 0 <= days_present <= school_days:
        raise Refused(_("The child cannot have been present on more days than there were."))
    if passed and not days_present:
        raise Refused(_("A child that was never present does not attend. Please record that it stays away."))
    if not passed and not note.strip():
        raise Refused(_("Please say in words what happened."))
