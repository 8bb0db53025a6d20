"""One escalation: why it came here, who is responsible, and one form to act on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from notifications.services import receipts
from workflows import handling, outside, rights, services, supervising
from workflows.models import Escalation, EscalationState, FireOutcome
from workflows.planning import words as why
from workflows.rows import history, progress, summary
from workflows.rows import queue as rows
from workflows.steps import title
from workflows.views.escalation_form import EscalationForm
from workflows.views.rungs import rung_means, rung_tag

if TYPE_CHECKING:
    from workflows.models import Fire

STORY = 2  # lines of the story that are shown at once


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def escalation(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One escalation: why it came here, who is responsible, and what to do about it. Also the preview beside the queue."""
    found = get_object_or_404(
        Escalation.objects.visible_to(request.user).select_related(
            "case__student", "case__school", "case__school_class", "case__township", "case__county", "organisation", "handled_by",
            "assignment__organisation", "assignment__holder", "assignment__deadline", "assignment__done_by", "fire",
        ),
        pk=pk,
    )  # fmt: skip
    if found.assignment.report_id:  # the report's own page has what can be done about it
        return redirect(found.assignment.report)
    if found.assignment.matter_id:
        return redirect("task", found.assignment_id)
    able = found.state == EscalationState.OPEN and found.assignment.state == "open" and rights.may_supervise(found.assignment, request.user)
    form = None
    if able or request.method == "POST":
        form = EscalationForm(request.POST or None, case=found.case, user=request.user, subject=found.assignment)
    status = 200
    if request.method == "POST":
        if not rights.may_supervise(found.assignment, request.user):
            raise PermissionDenied(_("Your post does not allow this."))
        if form is not None and form.is_valid() and _decide(request, found, form):
            return redirect("queue")
        status = 422
    return render(request, "workflows/escalation.html", _context(request, found, form), status=status)


def _decide(request: OfficerRequest, found: Escalation, form: EscalationForm) -> bool:
    """Carry out what the form says; False when it was refused, and then the form says why."""
    now, submission, said = clock.now(), submission_of(request), form.cleaned_data
    task, common = found.assignment, {"note": said["note"], "by": request.user, "now": now, "submission": submission}
    acts = {
        "remind": lambda: services.remind(task, **common),
        "reassign": lambda: services.reassign(task, to=said["to"], restart=said["restart"], **common),
        "extend": lambda: services.extend(task, until=said["until"], **common),
        "take_over": lambda: services.take_over(task, **common),
        "raise": lambda: supervising.raise_to_superior(task, **common),
        "agenda": lambda: supervising.put_on_agenda(task, **common),
        "note": lambda: handling.note_escalation(found, **common),
    }
    try:
        carry_out(form, acts[said["how"]])
    except AlreadyRecorded as repeated:
        messages.info(request, str(repeated))
        return True
    if form.errors:
        return False
    done = {
        "remind": _("The reminder was sent."),
        "reassign": _("The task was reassigned."),
        "extend": _("The deadline was extended."),
        "take_over": _("The task is yours now."),
        "raise": _("The task was raised; the people above were told."),
        "agenda": _("The case waits for the joint conference."),
        "note": _("Noted. It left your queue."),
    }
    messages.success(request, done[said["how"]])
    return True


def _context(request: OfficerRequest, found: Escalation, form: EscalationForm | None) -> dict[str, Any]:
    case, task, now = found.case, found.assignment, clock.now()
    fires, entries = rows.climb(found)
    outsider = outside.is_outsider(task, request.user)  # the case is another unit's: the task and the least about the child
    tasks = () if outsider else progress.of_episode(progress.of_case(case), case.episode)
    deadline, story = getattr(task, "deadline", None), _story(fires, entries)
    return {
        "now": now,
        "crumbs": [(_("Escalation queue"), reverse("queue")), (case.student.name, "")],
        "escalation": found,
        "case": case,
        "task": task,
        "title": title(task.step),
        "rung": rung_tag(found.rung),
        "form": form,
        "order_url": _order_url(request, found) if form is not None else "",
        "submission": submission_of(request) or uuid4(),
        "whose": progress.whose(task),
        "phone": (task.holder.phone if task.holder else "") or (task.organisation.phone if task.organisation else ""),
        "why": why(deadline.explanation, provisional=deadline.provisional) if deadline and deadline.explanation else "",
        "outsider": outsider,
        "stages": [] if outsider else progress.stages(case, tasks, now=now),
        "standing": None if outsider else progress.tag_of(case),
        "absent": None if outsider else summary.days_absent(case, localdate(now)),
        "climb": story[:STORY],
        "earlier": story[STORY:],
        "receipts": receipts(f"fire:{found.fire.deadline_id}:{found.fire.generation}:"),
    }


def _order_url(request: OfficerRequest, found: Escalation) -> str:
    """Where an order is issued that answers this escalation, for who may issue one."""
    if not may(request.user, Capability.ISSUE_SUPERVISION, found.case):
        return ""
    return f"{reverse('order-new', args=[found.case_id])}?escalation={found.pk}"


def _story(fires: list[Fire], entries: list[Any]) -> list[dict[str, Any]]:
    """Rungs and reminders in one line of time, the newest first."""
    told: list[dict[str, Any]] = [
        {
            "text": _("Rung %(rung)s: %(what)s") % {"rung": fire.rung, "what": rung_means(fire.rung)},
            "detail": "" if fire.outcome == FireOutcome.ACTED else fire.get_outcome_display(),
            "at": fire.decided_at,
            "actor": _("the system"),
            "tone": "red" if fire.rung > 2 else "amber",
            "icon": "stairs-up",
        }
        for fire in fires
    ]
    told += [vars(said) for said in history.in_words(entries)]
    return sorted(told, key=lambda entry: entry["at"], reverse=True)
