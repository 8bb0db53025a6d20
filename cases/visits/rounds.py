"""The village's check, and the rounds of joint persuasion."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, require
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.acting import acting_post
from cases.register.locking import lock
from cases.visits.models import Found, PersuasionRound, RoundResult, VillageCheck
from cases.visits.rules import BadRecord, check, privacy_problems, promise_problems

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case


@transaction.atomic
def check_village(
    case: Case, *, found: str, household: str = "", note: str = "", by: User, now: datetime, submission: UUID | None = None
) -> VillageCheck:
    """What the village found at the child's home. Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadRecord."""
    case = lock(case, submission=submission)
    post = acting_post(by, Capability.CHECK_VILLAGE, case)
    if found not in Found.values:
        raise BadRecord(_("Please choose what was found."), "found")
    for field, text in (("household", household), ("note", note)):
        check(privacy_problems(field, text))
    done = VillageCheck.objects.create(case=case, episode=case.episode, found=found, household=household, note=note, by=by, at=now)
    record(Verb.VILLAGE_CHECKED, case=case, actor=by, organisation=post.organisation, at=now, submission=submission, check=done.pk, found=found)
    return done


@transaction.atomic
def hold_round(
    case: Case,
    *,
    held_on: date,
    participants: str,
    result: str,
    note: str,
    promised_on: date | None = None,
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> PersuasionRound:
    """Record a round of joint persuasion under the next number of the episode.

    Raises NotAllowed, AlreadyRecorded, CasePaused, CaseClosed, BadRecord.
    """
    case = lock(case, submission=submission)
    require(by, Capability.HOLD_ROUND, case)
    post = acting_post(by, Capability.HOLD_ROUND, case)
    rounds = PersuasionRound.objects.filter(case=case, episode=case.episode)
    if result not in RoundResult.values:
        raise BadRecord(_("Please choose the result."), "result")
    if held_on > day(now):
        raise BadRecord(_("This day lies in the future."), "held_on")
    if held_on < day(case.opened_at):
        raise BadRecord(_("This day lies before the case was opened."), "held_on")
    if result == RoundResult.AGREED:
        check(promise_problems(promised_on, held_on))
    for field, text in (("participants", participants), ("note", note)):
        check(privacy_problems(field, text))
    number = (rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    held = PersuasionRound.objects.create(
        case=case,
        episode=case.episode,
        number=number,
        held_on=held_on,
        participants=participants,
        result=result,
        promised_on=promised_on if result == RoundResult.AGREED else None,
        note=note,
        by=by,
        at=now,
    )
    record(
        Verb.ROUND_HELD,
        case=case,
        actor=by,
        organisation=post.organisation,
        at=now,
        submission=submission,
        round=held.pk,
        number=number,
        result=result,
    )
    return held
