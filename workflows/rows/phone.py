"""A person's tasks for the phone, and what a record from there did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.mobile.tasks import Ended, Task
from workflows.models import Assignment, AssignmentState
from workflows.steps import STEPS, VISITED, title

if TYPE_CHECKING:
    from datetime import datetime

    from cases.directory.models import User


class PhoneTasks:
    def of(self, user: User, *, limit: int) -> list[Task]:
        rows = Assignment.objects.inbox_of(user).order_by("due_at", "pk").values_list("pk", "case_id", "step", "due_at")[:limit]
        return [Task(pk, case_id, step, title(step), due_at, ends_with_a_visit(step)) for pk, case_id, step, due_at in rows]

    def ended(self, case_id: int, *, at: datetime) -> Ended:
        """Two queries."""
        done = list(Assignment.objects.filter(case_id=case_id, state=AssignmentState.DONE, done_at=at).select_related("deadline").order_by("pk"))
        if not done:
            return Ended([], False, "")
        opened = Assignment.objects.filter(case_id=case_id, state=AssignmentState.OPEN, line=done[-1].line, created_at=at)
        following = opened.order_by("due_at", "pk").first()
        withdrawn = any(row.deadline.met_as_of is not None for row in done)
        return Ended([title(row.step) for row in done], withdrawn, title(following.step) if following else "")


def ends_with_a_visit(step: str) -> bool:
    """Whether a visit ends this step, so that a phone can do it."""
    rule = STEPS.get(step)
    return rule is not None and bool(set(rule.ends_on) & set(VISITED))
