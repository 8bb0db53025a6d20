"""What lies before a supervisor, once something was done about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.register.locking import lock
from workflows import reporttasks
from workflows.models import Assignment, Decision, Escalation, EscalationState
from workflows.opentasks import demand
from workflows.reporttasks import said_of
from workflows.rights import require_supervision


@transaction.atomic
def note_escalation(escalation: Escalation, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> None:
    """Take an escalation off the queue with a word on what was done."""
    task = escalation.assignment
    if task.report is not None:
        reporttasks.lock(task.report, submission=submission)
    elif task.matter_id:
        require_new(submission)
    else:
        task.case = lock(escalation.case, submission=submission, paused_too=True, closed_too=True)
    require_supervision(task, by)
    demand(note)
    mine = Escalation.objects.queue_of(by).filter(pk=escalation.pk)
    if not mine.update(state=EscalationState.HANDLED, handled_by=by, handled_at=now, decision=Decision.NOTED):
        raise NotAllowed(_("This does not lie before your post, or was handled already."))
    said = said_of(task) | {"escalation": escalation.pk, "decision": Decision.NOTED}
    record(Verb.ESCALATION_HANDLED, **said, actor=by, at=now, submission=submission, remark=note)


def handle(assignment: Assignment, by: User, now: datetime, decision: Decision, *, keep: bool = False) -> None:
    """Mark what lay before this supervisor because of the task. A reminder keeps it before them until the task is done."""
    mine = Escalation.objects.queue_of(by).filter(assignment=assignment)
    if keep:
        mine.update(decision=decision, handled_by=by, handled_at=now)
    else:
        mine.update(state=EscalationState.HANDLED, decision=decision, handled_by=by, handled_at=now)
