"""Short cuts along the roads of a case, each through the services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.register.plans import sign_plan, write_plan
from cases.register.verification import conclude_verification
from cases.visits.rounds import check_village, hold_round
from cases.visits.services import log_visit
from workflows.models import Assignment, AssignmentState, Kind

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case


def steps(case: Case) -> dict[str, str]:
    """The open tasks on the child's way and who holds them (a post's name where nobody does).

    The entry in the school-roll system waits beside every way; tests/rosters tells its story.
    """
    rows = Assignment.objects.filter(case=case, state=AssignmentState.OPEN).exclude(kind=Kind.SCHOOL_ROLL).select_related("holder")
    return {row.step: row.holder.username if row.holder else row.role for row in rows}


def visit(now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "visit_id": uuid4(), "occurred_at": now - timedelta(minutes=30), "mode": "home", "met": ["child"], "whereabouts": "at_home",
        "reason": "tired_of_school", "outcome": "hesitant",
    } | more  # fmt: skip


def look(case: Case, teacher: User, village: User, now: datetime) -> None:
    log_visit(case, **visit(now), by=teacher, now=now)
    check_village(case, found="at_home", by=village, now=now)


def enter(case: Case, teacher: User, village: User, principal: User, now: datetime) -> datetime:
    look(case, teacher, village, now)
    later = now + timedelta(days=30)
    conclude_verification(case, conclusion="dropped_out", reason="tired_of_school", by=principal, now=later)
    return later


def plan(case: Case, principal: User, township: User, now: datetime, measures: list[Any] | None = None) -> None:
    write_plan(case, reason="tired_of_school", situation="在家", goal="返校", means=["care"], measures=measures or [], by=principal, now=now)
    sign_plan(case, sign=True, by=township, now=now)


def persuade(case: Case, teacher: User, village: User, principal: User, township: User, now: datetime) -> datetime:
    """Up to the first round of joint persuasion; returns the moment."""
    later = enter(case, teacher, village, principal, now)
    plan(case, principal, township, later)
    for person in (teacher, township):
        log_visit(case, **visit(later), by=person, now=later)
    return later


def spend(case: Case, teacher: User, village: User, principal: User, township: User, now: datetime) -> datetime:
    """Persuasion without success: the law begins."""
    later = persuade(case, teacher, village, principal, township, now)
    for _round in range(3):
        hold_round(case, held_on=later.date(), participants="镇、校、村", result="refused", note="不愿返校", by=township, now=later)
    return later


def papers(*kinds: str) -> list[tuple[str, SimpleUploadedFile]]:
    """One small document of each kind of evidence."""
    return [(kind, SimpleUploadedFile(f"{kind}.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")) for kind in kinds]


def weekdays(start: date, count: int) -> list[date]:
    days = (start + timedelta(days=n) for n in range(count * 2 + 4))
    return [day for day in days if day.weekday() < 5][:count]
