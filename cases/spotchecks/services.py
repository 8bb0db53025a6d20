"""Drawing cleared cases for a re-check, and recording what was found. What was not true comes back to the ledger."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cases.codes.services import setting
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Appointment, Organisation, OrganisationKind, Role
from cases.journal.clock import day
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.evidence import Evidence, keep
from cases.register.locking import Refused, lock
from cases.register.models import Clearance, ClearanceState
from cases.register.opening import BadDate, begin_episode
from cases.spotchecks.lots import one_of, pick
from cases.spotchecks.models import Draw, SpotCheck, SpotFinding

if TYPE_CHECKING:
    from cases.directory.models import Area, User
    from cases.register.models import Case

# Who may be sent, the first kind that has somebody who neither proposed nor decided the clearance: another township of the county, its
# inspectorate, the joint conference's office; at last the prefecture.
VISITORS = (
    (OrganisationKind.TOWNSHIP, Role.TOWNSHIP_OFFICER),
    (OrganisationKind.INSPECTORATE, Role.INSPECTOR),
    (OrganisationKind.CONFERENCE_OFFICE, Role.CONFERENCE_OFFICE),
)
HEADS = {Role.TOWNSHIP_OFFICER: Role.TOWNSHIP_HEAD}


class AlreadyChecked(Refused):
    """Somebody recorded this spot check already."""


class NobodyToSend(Refused):
    """Every unit of the county had a hand in the clearance."""


@transaction.atomic
def draw(county: Area, *, year: int, quarter: int, now: datetime, seed: str = "") -> Draw | None:
    """Draw from the clearances that the county approved in the quarter and that still stand; None when there are none, or it was drawn already.

    The share is a setting (spot_check_share, per cent). The seed comes from the machine's source of chance, so that nobody can wish for one;
    `seed` is for repeating a draw elsewhere.
    """
    if Draw.objects.filter(county=county, year=year, quarter=quarter).exists():
        return None
    found = candidates(county, year=year, quarter=quarter)
    if not found:
        return None
    made: Draw = Draw.objects.create(
        county=county,
        year=year,
        quarter=quarter,
        seed=seed or secrets.token_hex(16),
        share=int(setting("spot_check_share", county.code, 10)),
        candidates=found,
        drawn_at=now,
    )
    for pk in drawn(made):
        _order_check(made, Clearance.objects.select_related("case").get(pk=pk), now)
    return made


def candidates(county: Area, *, year: int, quarter: int) -> list[int]:
    """The clearances approved within the quarter by the days of Shanghai whose child still stands as they say, ascending."""
    first, last = date(year, quarter * 3 - 2, 1), date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
    rows = Clearance.objects.filter(
        state=ClearanceState.APPROVED,
        case__county=county,
        decided_at__date__gte=first,
        decided_at__date__lt=last,
        case__episode=F("episode"),
        case__standing=F("outcome"),
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def drawn(made: Draw) -> list[int]:
    """What the draw picks, worked out again from what it recorded."""
    return pick(made.candidates, seed=made.seed, share=made.share, least=int(setting("spot_check_least", made.county_id, 1)))


def holds(made: Draw) -> bool:
    """Whether the checks on record are those that the seed picks."""
    found = sorted(made.checks.values_list("clearance_id", flat=True))
    picked = pick(made.candidates, seed=made.seed, share=made.share, least=len(found))
    return bool(found) and sorted(picked) == found


@transaction.atomic
def record_check(
    check: SpotCheck,
    *,
    finding: str,
    visited_on: date,
    account: str,
    evidence: Evidence = (),
    by: User,
    now: datetime,
    submission: UUID | None = None,
) -> SpotCheck:
    """What the other unit found at the school or the home. A clearance that is not true brings the child back to the ledger as a new episode.

    Raises AlreadyChecked, BadDate, Refused (no words, no proof), NotAllowed.
    """
    case, evidence = lock(check.case, submission=submission, paused_too=True, closed_too=True), list(evidence)
    check = SpotCheck.objects.select_related("clearance", "draw").get(pk=check.pk)
    _require_visitor(check, by)
    if check.finding:
        raise AlreadyChecked(_("This spot check is on record already."))
    if finding not in SpotFinding.values:
        raise Refused(_("Please choose what was found."))
    today = day(now)
    if not day(check.draw.drawn_at) <= visited_on <= today:
        raise BadDate(_("The visit lies between the draw and today."))
    if not account.strip():
        raise Refused(_("Please say in words what was seen."))
    if finding != SpotFinding.NOT_FOUND and not evidence:
        raise Refused(_("Please add a photo or another proof of what was seen."))
    check.finding, check.visited_on, check.account, check.by, check.at = finding, visited_on, account.strip(), by, now
    check.save(update_fields=["finding", "visited_on", "account", "by", "at"])
    check.evidence.add(*keep(case, evidence, by=by))
    record(Verb.SPOT_CHECKED, case=case, actor=by, at=now, submission=submission, check=check.pk, finding=finding)
    if finding == SpotFinding.NOT_TRUE and _still_cleared(case, check):
        begin_episode(case, why="spot_check", on=today, by=by, now=now)
    return check


def _order_check(made: Draw, clearance: Clearance, now: datetime) -> None:
    case = lock(clearance.case, paused_too=True, closed_too=True)
    organisation, role = visitor(made, clearance, case, today=day(now))
    check = SpotCheck.objects.create(draw=made, case=case, episode=case.episode, clearance=clearance, organisation=organisation, role=role)
    record(Verb.SPOT_CHECK_DRAWN, case=case, at=now, check=check.pk)


def visitor(made: Draw, clearance: Clearance, case: Case, *, today: date) -> tuple[Organisation, str]:
    """Who is sent: a unit of the county other than the child's own and those of whoever proposed or decided. Raises NobodyToSend."""
    involved = Appointment.objects.filter(user__in=[pk for pk in (clearance.proposed_by_id, clearance.decided_by_id) if pk])
    excluded = {case.township_id, case.education_id, case.school_id, *involved.values_list("organisation_id", flat=True)}
    units: list[Organisation] = []
    for kind, role in VISITORS:
        held = Appointment.objects.filter(organisation__kind=kind, role=role, since__lte=today, user__is_active=True, organisation__active=True)
        held = held.filter(organisation__area__code__startswith=made.county_id).exclude(organisation__in=excluded).exclude(until__lt=today)
        units = list(Organisation.objects.filter(pk__in=held.values("organisation")).order_by("pk"))
        if units:
            return one_of(units, seed=made.seed, about=clearance.pk), role
    above = Organisation.objects.filter(subordinates=case.education_id, kind=OrganisationKind.PREFECTURE_EDUCATION, active=True).first()
    if above:
        return above, Role.PREFECTURE_OFFICER
    raise NobodyToSend(_("No unit of the county is left that had no hand in this clearance."))


def _still_cleared(case: Case, check: SpotCheck) -> bool:
    """Nothing has brought the child back meanwhile."""
    return bool(case.episode == check.episode and case.standing == check.clearance.outcome)


def _require_visitor(check: SpotCheck, by: User) -> None:
    roles = {check.role, HEADS.get(Role(check.role), check.role)}
    if not any(post.organisation_id == check.organisation_id and post.role in roles for post in by.posts()):
        raise NotAllowed(_("Another unit was sent to look."))
    if by.pk in {check.clearance.proposed_by_id, check.clearance.decided_by_id}:
        raise NotAllowed(_("You had a hand in this clearance; somebody else looks."))
