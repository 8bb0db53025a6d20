"""Who has a matter of a unit, by when, and what its reader may do about that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows import extensions, rights, telling
from workflows.models import AssignmentState, Escalation
from workflows.planning import words as why
from workflows.rows.progress import whose
from workflows.steps import title

if TYPE_CHECKING:
    from cases.directory.models import User
    from workflows.models import Assignment


def of(task: Assignment, user: User) -> dict[str, Any]:
    """What the panel says (`workflows/parts/report_task.html`); empty once the task is over. At most four queries."""
    if task.state != AssignmentState.OPEN:
        return {}
    deadline = getattr(task, "deadline", None)
    before = list(Escalation.objects.filter(assignment=task, state="open").select_related("organisation").order_by("-rung"))
    posts = {(post.organisation_id, post.role) for post in user.posts()}
    own = rights.is_own(task, user)
    above = rights.stands_above(task, user) and not own
    return {
        "assignment": task,
        "title": title(task.step),
        "whose": whose(task),
        "why": why(deadline.explanation, provisional=deadline.provisional) if deadline and deadline.explanation else "",
        "vacant": not telling.people_of(task),
        "before": before,
        "mine": any((one.organisation_id, one.role) in posts for one in before),
        "claimable": task.holder_id is None and own,
        "asks": own,
        "asked": extensions.waiting(task),
        "moves": above,
        "urges": rights.may_supervise(task, user) and not own,
        "gives_time": above,
        "has_room": True,
    }
