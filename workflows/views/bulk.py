"""The same for many at once: claim what lies at one's post, remind, reassign or extend what was raised. A job does it, row by row."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from cases.directory.capabilities import NotAllowed
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from workflows import bulk, bulkwork, jobs
from workflows.models import Assignment, BulkAction, BulkJob
from workflows.rows import inbox as inbox_rows
from workflows.rows import queue as rows
from workflows.rows.days import Borders
from workflows.steps import title
from workflows.views import choices
from workflows.views.bulkform import COLUMNS, BulkForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

AT_HAND = 25  # so many are done while one waits; more by a worker, and one watches
SECONDS = 5.0  # that one waits at most
PICKED = 500  # boxes of one page
SHOWN = 30
ACTIONS = {"remind": BulkAction.REMIND, "reassign": BulkAction.REASSIGN, "extend": BulkAction.EXTEND}

logger = logging.getLogger(__name__)


@require_POST
@officers_only
def claim(request: OfficerRequest) -> HttpResponseBase:
    """Take every picked task that still lies open, or each that the filters show."""
    mine = Assignment.objects.inbox_of(request.user).filter(holder=None)
    now = clock.now()
    if request.POST.get("all"):
        chosen = choices.of_inbox(choices.sent(request))
        mine = mine.filter(inbox_rows.narrowed(user=request.user, borders=Borders.at(now), **chosen.narrowing))
    else:
        mine = mine.filter(pk__in=_numbers(request, "task"))
    tasks = list(mine.order_by("due_at", "pk").values_list("pk", flat=True)[: bulk.AT_MOST + 1])
    back = _back(request, "inbox")
    if not tasks:
        messages.info(request, _("None of the tasks lies open any more."))
        return redirect(back)
    try:
        job = bulk.start(BulkAction.CLAIM, tasks, by=request.user, now=now, submission=submission_of(request) or uuid4())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    except AlreadyRecorded:
        return _again(request)
    return _run(request, job, back)


@require_POST
@officers_only
def queue(request: OfficerRequest) -> HttpResponseBase:
    """Remind, reassign or extend what was picked in the queue, or all that its filters show: first asks with which words, then does it."""
    action = ACTIONS.get(request.POST.get("how", ""), BulkAction.REMIND)
    everything, now = bool(request.POST.get("all")), clock.now()
    waiting = _picked(request, Borders.at(now), everything=everything)
    tasks = list(dict.fromkeys(waiting.order_by("-rung", "pk").values_list("assignment_id", flat=True)[: 2 * bulk.AT_MOST]))
    submission = submission_of(request)
    if not tasks:
        if submission and BulkJob.objects.visible_to(request.user).filter(submission=submission).exists():
            return _again(request)  # it was sent twice, and the first time took them off the queue
        messages.info(request, _("Nothing of what you picked is waiting any more."))
        return redirect("queue")
    places = waiting.filter(case__isnull=False).order_by().values_list("case__county_id", *(f"case__{column}" for column in COLUMNS)).distinct()
    reports = list(Assignment.objects.filter(pk__in=tasks, report__isnull=False).select_related("report"))
    form = BulkForm(request.POST if "sure" in request.POST else None, action=action, places=places, reports=reports, today=clock.day(now))
    if form.is_valid():
        try:
            job = bulk.start(action, tasks, **form.cleaned_data, by=request.user, now=now, submission=submission or uuid4())
        except AlreadyRecorded:
            return _again(request)
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            return _run(request, job, reverse("queue"))
    shown = waiting.select_related("case__student", "assignment__report__unit", "assignment__organisation", "assignment__holder").order_by(
        "-rung", "pk"
    )
    context = {
        "how": action.value,
        "action": action,
        "form": form,
        "count": len(tasks),
        "all": everything,
        "reports": bool(reports),
        "filter": request.POST.get("filter", "")[:600],
        "picks": [] if everything else _numbers(request, "escalation"),
        "picked": [(row, title(row.assignment.step)) for row in shown[:SHOWN]],
        "submission": submission or uuid4(),
        "back": _back(request, "queue"),
        "crumbs": [(_("Escalation queue"), reverse("queue")), (action.label, "")],
    }
    return render(request, "workflows/bulk.html", context, status=422 if form.errors else 200)


def _picked(request: OfficerRequest, borders: Borders, *, everything: bool) -> QuerySet[Any]:
    """What waits for this person's posts, of that what was picked or what the filters show."""
    if not everything:
        return rows.waiting(request.user).filter(pk__in=_numbers(request, "escalation"))
    chosen = choices.of_queue(choices.sent(request))
    tab = chosen.tab if chosen.tab in ("waiting", "followed") else "waiting"
    return rows.of_tab(request.user, tab, borders.now).filter(rows.narrowed(borders=borders, tab=tab, **chosen.words))


def _run(request: OfficerRequest, job: BulkJob, back: str) -> HttpResponseBase:
    """A few are done at once; for more a worker is asked, and whoever waits sees how far it is."""
    if job.total <= AT_HAND:
        bulkwork.work(job.pk, SECONDS)
    else:
        hand_over(job)
    job.refresh_from_db()
    found = bulk.progress(job)
    if found.left or found.refused:
        return redirect("bulk-job", job.pk)
    messages.success(request, done_words(job, found.done))
    return redirect(back)


def hand_over(job: BulkJob) -> None:
    """Ask a worker. Where the broker is away the sweeper's loop finds the job within seconds."""
    try:
        jobs.run_bulk.delay(job.pk)
    except OperationalError:
        logger.warning("bulk job %s waits for the sweeper: the broker does not answer", job.pk)


def done_words(job: BulkJob, count: int) -> str:
    """What was done, as a sentence."""
    if job.action == BulkAction.CLAIM:
        words = ngettext("%(count)d task is yours now.", "%(count)d tasks are yours now.", count)
    elif job.action == BulkAction.REMIND:
        words = ngettext("%(count)d reminder was sent.", "%(count)d reminders were sent.", count)
    elif job.action == BulkAction.EXTEND:
        words = ngettext("%(count)d deadline was extended.", "%(count)d deadlines were extended.", count)
    elif job.action == BulkAction.GIVE_BACK:
        words = ngettext("%(count)d task was given back.", "%(count)d tasks were given back.", count)
    else:
        words = ngettext("%(count)d task was reassigned.", "%(count)d tasks were reassigned.", count)
    return words % {"count": count}


def _again(request: OfficerRequest) -> HttpResponseBase:
    """The same page was sent before: it counts once, and what it did is shown."""
    job = BulkJob.objects.visible_to(request.user).filter(submission=submission_of(request)).first()
    messages.info(request, str(AlreadyRecorded.message))
    return redirect("bulk-job", job.pk) if job else redirect("queue")


def _numbers(request: OfficerRequest, name: str) -> list[int]:
    return [int(number) for number in request.POST.getlist(name) if number.isascii() and number.isdigit() and len(number) < 19][:PICKED]


def _back(request: OfficerRequest, name: str) -> str:
    path = request.POST.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else reverse(name)
