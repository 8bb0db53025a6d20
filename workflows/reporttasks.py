"""What holds for a task about a report and for no other: whom it can be given to, how far its day may move, and who stands above its post.

Everything else is as for a case's task: it is claimed, reassigned, extended, raised and given back by the same services.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.directory.answering import ANSWERS_FOR, stands_below
from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed
from cases.directory.models import Appointment, Role
from cases.journal.refused import Refused
from cases.journal.services import require_new
from cases.ledger import reporting
from cases.ledger.models import Report, ReportState
from cases.ledger.turns import posts_of_turn
from workflows.models import Assignment, Escalation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User

ORDERS = frozenset({"remind", "reassign", "extend", "raise", "noted"})  # what a superior may do about it; the rest is done on the report's page
AFTER_THE_DAY = frozenset({"accept_report"})  # its clock runs from the day of the report, which therefore doesn't bound it
MOVERS = frozenset({Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER})  # a report goes up education's own line; others may urge, and no more


def lock(report: Report, *, submission: UUID | None = None) -> Report:
    """The report as it stands now, locked until the end of the transaction. Raises AlreadyRecorded, Refused once its month is closed."""
    locked: Report = Report.of_every_kind.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=report.pk)
    require_new(submission)
    if locked.closed_at:
        raise Refused(_("The report was accepted; nothing is left to do about it."))
    return locked


def said_of(task: Assignment) -> dict[str, Any]:
    """What a journal entry says the task is about."""
    if task.report_id:
        return {"report": task.report_id}
    return {"matter": task.matter_id} if task.matter_id else {"case": task.case}


def stands_above(task: Assignment, user: User) -> bool:
    """Whether the user may move the task: the head of its unit, whoever shares its post, and education's offices above."""
    unit = task.organisation
    if unit is None:
        return False
    for post in user.posts():
        if Capability.SUPERVISE not in CAPABILITIES[post.role]:
            continue
        if post.organisation_id == unit.pk and post.role in {task.role, ANSWERS_FOR.get(unit.kind)}:
            return True
        if post.role in MOVERS and stands_below(unit, post):
            return True
    return False


def may_urge(task: Assignment, user: User) -> bool:
    """Whether the user may remind whoever has the task: from above it, or where it was laid before one of the user's posts."""
    return stands_above(task, user) or Escalation.objects.queue_of(user).filter(assignment=task).exists()


def gives_time(task: Assignment, user: User) -> bool:
    """Whether the user stands above the post itself: colleagues hand a task on, and give each other no time."""
    unit = task.organisation
    if unit is None:
        return False
    head = ANSWERS_FOR.get(unit.kind)
    return any(
        (post.organisation_id == unit.pk and post.role == head and post.role != task.role) or (post.role in MOVERS and stands_below(unit, post))
        for post in user.posts()
    )


def require_superior(task: Assignment, user: User) -> None:
    """Raises NotAllowed unless `gives_time`."""
    if not gives_time(task, user):
        raise NotAllowed(_("Only a post above the one at which the report lies may give more time."))


def candidates(task: Assignment) -> QuerySet[Appointment]:
    """The present posts of its unit that may do the step, but for whoever compiled what is to be signed."""
    report = task.report
    assert report is not None
    organisation, roles = posts_of_turn(report)
    rows = Appointment.objects.present().filter(organisation=organisation, role__in=roles, user__is_active=True)
    rows = rows.exclude(user=reporting.compiler_of(report)) if report.state == ReportState.SIGNING else rows
    found: QuerySet[Appointment] = rows.select_related("organisation", "user").order_by("role", "user__name")
    return found


def require_able(task: Assignment, to: Appointment) -> None:
    """Raises Refused unless the post may do the step: a report is signed by nobody but the head of its own bureau."""
    if not candidates(task).filter(pk=to.pk).exists():
        raise Refused(_("This step of the report belongs to its own office. Choose somebody there who holds the post, or have one appointed."))


def last_day(task: Assignment) -> date | None:
    """The day past which the task's day cannot be moved; None where nothing bounds it."""
    if task.report is None or task.step in AFTER_THE_DAY:
        return None
    day: date = task.report.due_on
    return day


def room(task: Assignment) -> bool:
    """Whether the day of the task can be moved at all."""
    day = last_day(task)
    return day is None or (task.due_at is not None and timezone.localdate(task.due_at) < day)


def never_moves(task: Assignment) -> str:
    """The rule in words, for a form or a refusal."""
    day = last_day(task)
    words = _("The day of the report, %(day)s, never moves; the days of the steps before it may, up to that day.")
    return words % {"day": date_format(day, "DATE_FORMAT")} if day else ""


def require_room(task: Assignment, until: date) -> None:
    """Raises Refused where the day of the report would move (notice 2023-6, section 3: on the 15th)."""
    day = last_day(task)
    if day is not None and until > day:
        raise Refused(never_moves(task))
