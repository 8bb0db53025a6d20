"""Who has a report now, by when, and what its reader may do about that: beside the report, on its own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows import extensions, reporttasks, rights, telling
from workflows.models import Assignment, AssignmentState, Escalation
from workflows.planning import words as why
from workflows.rows.progress import whose
from workflows.steps import title

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.ledger.models import Report


def of(report: Report, user: User) -> dict[str, Any]:
    """What the panel says; empty where nobody has anything left to do. At most five queries."""
    rows = Assignment.objects.filter(report=report, state=AssignmentState.OPEN)
    task = rows.select_related("organisation", "holder", "deadline", "report__unit").order_by("-pk").first()
    if task is None:
        return {}
    deadline = getattr(task, "deadline", None)
    before = list(Escalation.objects.filter(assignment=task, state="open").select_related("organisation").order_by("-rung"))
    own = rights.is_own(task, user)
    return {
        "assignment": task,
        "title": title(task.step),
        "whose": whose(task),
        "why": why(deadline.explanation, provisional=deadline.provisional) if deadline and deadline.explanation else "",
        "vacant": not telling.people_of(task),
        "before": before,
        "mine": any((one.organisation_id, one.role) in {(post.organisation_id, post.role) for post in user.posts()} for one in before),
        "claimable": task.holder_id is None and own,
        "asks": own and reporttasks.room(task),
        "asked": extensions.waiting(task),
        "moves": rights.stands_above(task, user) and not own,
        "urges": reporttasks.may_urge(task, user) and not own,
        "gives_time": reporttasks.gives_time(task, user) and reporttasks.room(task) and not own,
        "never_moves": reporttasks.never_moves(task),
        "has_room": reporttasks.room(task),
    }
