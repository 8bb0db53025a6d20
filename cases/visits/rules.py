"""What a record of a visit must be to be believed: pure rules, asked by the form for its words beside the fields and by the service again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import item
from cases.journal.clock import day
from cases.journal.refused import Refused
from cases.visits.models import FAMILY, Met, VisitOutcome

MOST_PHOTOS = 9
CLOCKS_DIFFER = timedelta(minutes=10)  # a phone may be a little ahead of the server
BEFORE_OPENING = timedelta(days=30)  # the visit that raised the suspicion belongs to the case, too
PROMISE_WITHIN = timedelta(days=180)  # days; a promise further away is a slip of the pen

# Eighteen signs of an identity number, eleven of a mobile telephone.
NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")

NOT_REACHED = frozenset({VisitOutcome.NOT_MET, VisitOutcome.UNREACHABLE})
# What somebody else than the family can tell.
HEARSAY = NOT_REACHED | {VisitOutcome.BACK, VisitOutcome.UNTRUE}


class BadRecord(Refused):
    """A record that contradicts itself or the calendar; `field` is the form's field that it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Problem:
    field: str
    message: str


def check(problems: Iterator[Problem]) -> None:
    """Raises BadRecord with the first problem."""
    for problem in problems:
        raise BadRecord(problem.message, problem.field)


def visit_problems(said: dict[str, Any], *, opened_at: datetime, now: datetime) -> Iterator[Problem]:
    """What is wrong with a visit, field by field; `said` may lack fields that are wrong already."""
    yield from _moment_problems(said.get("occurred_at"), opened_at, now)
    met, outcome = said.get("met"), said.get("outcome")
    if met is not None and outcome:
        yield from _meeting_problems(met, outcome)
    if outcome == VisitOutcome.AGREED and (occurred_at := said.get("occurred_at")):
        yield from promise_problems(said.get("promised_on"), day(occurred_at))
    reason = item(CodeList.REASON, said.get("reason") or "")
    if reason and reason.wants_text and not said.get("reason_text"):
        yield Problem("reason_text", _("Please say the reason in words."))
    if said.get("danger"):
        if not said.get("danger_kind"):
            yield Problem("danger_kind", _("Please say which danger."))
        if not said.get("account"):
            yield Problem("account", _("Please write what you saw or heard: it goes into the mandatory report."))
    for field in ("account", "companions", "reason_text"):
        yield from privacy_problems(field, said.get(field) or "")
    if len(said.get("photos") or ()) > MOST_PHOTOS:
        yield Problem("photos", _("At most %(limit)d photos.") % {"limit": MOST_PHOTOS})


def _moment_problems(occurred_at: datetime | None, opened_at: datetime, now: datetime) -> Iterator[Problem]:
    if occurred_at is None:
        return
    if occurred_at > now + CLOCKS_DIFFER:
        yield Problem("occurred_at", _("This moment lies in the future."))
    elif occurred_at < opened_at - BEFORE_OPENING:
        yield Problem("occurred_at", _("This is more than %(days)d days before the case was opened.") % {"days": BEFORE_OPENING.days})


def _meeting_problems(met: Collection[str], outcome: str) -> Iterator[Problem]:
    if Met.NOBODY in met and len(met) > 1:
        yield Problem("met", _("“Nobody” and somebody cannot both be."))
    elif FAMILY.intersection(met) and outcome in NOT_REACHED:
        yield Problem("outcome", _("Somebody of the family was met: please choose what they said."))
    elif not FAMILY.intersection(met) and outcome not in HEARSAY:
        yield Problem("outcome", _("Nobody of the family was met, so nobody could say this."))


def promise_problems(promised_on: date | None, on: date) -> Iterator[Problem]:
    """A promise made `on` a day names a day that is not past and not far away."""
    if promised_on is None:
        yield Problem("promised_on", _("Please enter the day on which the child comes back."))
    elif promised_on < on:
        yield Problem("promised_on", _("The promised day lies before the talk."))
    elif promised_on - on > PROMISE_WITHIN:
        yield Problem("promised_on", _("The promised day is more than %(days)d days away.") % {"days": PROMISE_WITHIN.days})


def privacy_problems(field: str, text: str) -> Iterator[Problem]:
    """Identity and telephone numbers have places of their own, where they are kept safe."""
    if NUMBERS.search(text):
        yield Problem(field, _("Please leave out identity and telephone numbers; they belong to the child's record."))
