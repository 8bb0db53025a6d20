"""A case opens on suspicion, once a child; a later absence reopens it as a new episode."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.codes.services import setting
from cases.directory.capabilities import Capability, require
from cases.journal.clock import day
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.register.locking import Refused, lock
from cases.register.models import Case, Episode, Standing, Student
from cases.register.numbers import case_number
from cases.register.responsible import responsible
from cases.register.standing import entry_columns, log_standing, withdraw_open

if TYPE_CHECKING:
    from cases.directory.models import User


# Why an episode begins that needs no suspicion first: the child is known to be out of school.
BACK_ON_LEDGER = frozenset({"relapse", "spot_check"})


class CaseExists(Refused):
    """The child has an open case already: `case`."""

    def __init__(self, case: Case) -> None:
        super().__init__(_("This child has an open case already: %(number)s. Please record what you know there.") % {"number": case.number})
        self.case = case


class TooEarly(Refused):
    """Not absent long enough."""


class BadDate(Refused):
    """A day that cannot be."""


@transaction.atomic
def open_case(
    student: Student,
    *,
    channel: str,
    last_attended_on: date | None,
    reason: str = "",
    note: str = "",
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> Case:
    """Open the child's case on suspicion, or reopen its closed one.

    `last_attended_on` None means never enrolled. Raises CaseExists, TooEarly, BadDate, NobodyResponsible, NotAllowed.
    """
    student = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school", "school_class").get(pk=student.pk)
    require_new(submission)
    today = day(now)
    places = responsible(student)
    case = Case.objects.filter(student=student).first() or Case(student=student, channel=channel, reason=reason, opened_at=now)
    if case.pk and not case.closed_at:
        raise CaseExists(case)
    _check_absence(channel, last_attended_on, today, places["county_id"])
    for column, value in places.items():
        setattr(case, column, value)
    require(by, Capability.OPEN_CASE, case)
    if case.pk:
        case.save(update_fields=list(places))
        return reopen(
            case, why="new_suspicion", on=today, by=by, now=now, submission=submission, channel=channel, last_attended_on=last_attended_on,
            reason=reason, note=note,
        )  # fmt: skip
    case.last_attended_on = last_attended_on
    case.number = case_number(case.county_id, today.year)
    case.save()
    Episode.objects.create(case=case, number=1, opened_on=today, channel=channel, last_attended_on=last_attended_on)
    entry = record(
        Verb.CASE_OPENED, case=case, actor=by, at=now, submission=submission, remark=note, channel=channel, last_attended_on=iso(last_attended_on)
    )
    log_standing(case, entry, on=today)
    return case


@transaction.atomic
def reopen(
    case: Case,
    *,
    why: str,
    on: date,
    by: User,
    now: datetime,
    submission: UUID | None = None,
    channel: str = "",
    last_attended_on: date | None = None,
    reason: str = "",
    note: str = "",
) -> Case:
    """Begin a new episode and keep the old one as it ended.

    `why` "relapse" (复辍) puts the child back on the ledger on the day `on`, and so does "spot_check", a clearance that was found untrue; any
    other reason begins with suspicion.
    """
    case = lock(case, submission=submission, closed_too=True)
    require(by, Capability.OPEN_CASE, case)
    return begin_episode(
        case, why=why, on=on, by=by, now=now, submission=submission, channel=channel, last_attended_on=last_attended_on, reason=reason, note=note
    )


def begin_episode(
    case: Case,
    *,
    why: str,
    on: date,
    by: User,
    now: datetime,
    submission: UUID | None = None,
    channel: str = "",
    last_attended_on: date | None = None,
    reason: str = "",
    note: str = "",
) -> Case:
    """The new episode itself. The caller holds the lock and has asked whether `by` may: see `reopen`."""
    relapse = why in BACK_ON_LEDGER
    Episode.objects.filter(case=case, number=case.episode, closed_on=None).update(closed_on=on)
    case.episode += 1
    case.standing = Standing.STILL_OUT if relapse else Standing.SUSPECTED
    case.channel, case.last_attended_on = channel or case.channel, last_attended_on or (on if relapse else None)
    case.reason = reason or case.reason
    case.back_since = case.ends_on = case.paused_at = case.closed_at = None
    case.in_roll_ledger_on = case.in_roll_ledger_by = None
    case.entered_ledger_on = case.priority_household = None
    for column, value in entry_columns(case, on).items() if relapse else ():
        setattr(case, column, value)
    case.save()
    Episode.objects.create(
        case=case,
        number=case.episode,
        opened_on=on,
        why=why,
        channel=case.channel,
        last_attended_on=case.last_attended_on,
        standing=case.standing,
        entered_ledger_on=case.entered_ledger_on,
        priority_household=case.priority_household,
    )
    entry = record(
        Verb.CASE_REOPENED,
        case=case,
        actor=by,
        at=now,
        submission=submission,
        remark=note,
        why=why,
        channel=case.channel,
        last_attended_on=iso(case.last_attended_on),
        withdrawn=withdraw_open(case),
    )
    log_standing(case, entry, on=on, enters_ledger=relapse)
    return case


def _check_absence(channel: str, last_attended_on: date | None, today: date, county: str) -> None:
    if last_attended_on is None:
        if channel == "attendance":
            raise BadDate(_("Please give the last day on which the child was at school."))
        return
    if last_attended_on > today:
        raise BadDate(_("The last day at school lies in the future."))
    days = (today - last_attended_on).days
    least = int(setting("suspected_after_days", county, 7))
    if channel == "attendance" and days < least:
        raise TooEarly(
            _("The child has been absent for %(days)s days; a case opens from %(least)s days without a reason. Please call the family meanwhile.")
            % {"days": days, "least": least}
        )


def iso(value: date | None) -> str | None:
    """A day as the journal keeps it; None stays None."""
    return value.isoformat() if value else None
