"""How far a bulk job came: watch it, stop the rest, undo it, take the list of what was refused along."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases.directory.capabilities import NotAllowed
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Appointment
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.sheets import writing
from workflows import bulk
from workflows.forms import described
from workflows.models import BulkAction, BulkJob
from workflows.rows.pages import page_of
from workflows.rows.progress import whose
from workflows.steps import title
from workflows.views.bulk import hand_over

LATELY = 30  # jobs that the list shows

LASTING: dict[str, Any] = {
    BulkAction.REMIND: gettext_lazy("A reminder cannot be taken back: it was read."),
    BulkAction.EXTEND: gettext_lazy(
        "An extension cannot be taken back: people were told of the new day and rely on it. Reassign what must not wait."
    ),
    BulkAction.CLAIM: gettext_lazy("A claimed task goes to somebody else when a supervisor reassigns it."),
    BulkAction.GIVE_BACK: gettext_lazy("What was given back can be reassigned again."),
}


class UndoForm(PlainForm):
    note = forms.CharField(label=gettext_lazy("Reason or instruction"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)


@require_safe
@officers_only
def jobs(request: OfficerRequest) -> HttpResponseBase:
    """What one did to many tasks lately."""
    found = list(BulkJob.objects.visible_to(request.user).order_by("-pk")[:LATELY])
    progress = bulk.progress_of(found)
    context = {"rows": [(job, BulkAction(job.action).label, progress[job.pk]) for job in found], "crumbs": _crumbs()}
    return render(request, "workflows/bulk_jobs.html", context)


@require_safe
@officers_only
def job(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One job, asked again every two seconds while it runs."""
    return _show(request, _mine(request, pk), UndoForm())


@require_POST
@officers_only
def stop(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Leave the rest undone."""
    found = _mine(request, pk)
    if bulk.stop(found, now=clock.now()):
        hand_over(found)  # somebody has to write down that it ended
        messages.success(request, _("Stopped. What was done stays done; the rest was left as it is."))
    else:
        messages.info(request, _("There was nothing left to stop."))
    return redirect("bulk-job", pk)


@require_POST
@officers_only
def undo(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Give the tasks back, with a reason."""
    found, form = _mine(request, pk), UndoForm(request.POST)
    if form.is_valid():
        try:
            undoing = bulk.undo(found, **form.cleaned_data, by=request.user, now=clock.now(), submission=submission_of(request) or uuid4())
        except AlreadyRecorded:
            return redirect("bulk-job", found.undone_by.pk)
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            hand_over(undoing)
            return redirect("bulk-job", undoing.pk)
    return _show(request, found, form, status=422)


@require_safe
@officers_only
def refused(request: OfficerRequest, pk: int) -> HttpResponse:
    """What was refused, as a spreadsheet: case numbers and reasons, nothing about a child."""
    found = _mine(request, pk)
    headers = (_("Case number"), _("Step"), _("Responsible"), _("Reason"))
    lines = (
        (
            result.row.assignment.about.number,
            title(result.row.assignment.step),
            whose(result.row.assignment),
            result.reason,
        )
        for result in bulk.refused_rows(found)
    )
    answer = HttpResponse(writing.table_book(_("Refused"), headers, lines), content_type=writing.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.xlsx"'
    return answer


def _mine(request: OfficerRequest, pk: int) -> BulkJob:
    found: BulkJob = get_object_or_404(BulkJob.objects.visible_to(request.user).select_related("undoes", "undone_by"), pk=pk)
    return found


def _show(request: OfficerRequest, found: BulkJob, form: UndoForm, *, status: int = 200) -> HttpResponseBase:
    progress = bulk.progress(found)
    page = page_of(bulk.refused_rows(found), request.GET.get("page"), length=progress.refused)
    context = {
        "job": found,
        "action": BulkAction(found.action).label,
        "to": _to(found),
        "until": found.params.get("until", ""),
        "progress": progress,
        "page": page,
        "rows": [(result, title(result.row.assignment.step), whose(result.row.assignment)) for result in page],
        "undoable": progress.done and bulk.undoable(found),
        "undone_by": getattr(found, "undone_by", None),
        "lasting": LASTING.get(found.action, "") if found.finished_at else "",
        "form": form,
        "submission": submission_of(request) or uuid4(),
        "crumbs": [*_crumbs(reverse("bulk-jobs")), (BulkAction(found.action).label, "")],
    }
    return render(request, "workflows/bulk_job.html", context, status=status)


def _to(found: BulkJob) -> str:
    if "to" not in found.params:
        return ""
    post = Appointment.objects.select_related("organisation", "user").filter(pk=found.params["to"]).first()
    return described(post) if post else ""


def _crumbs(here: str = "") -> list[tuple[str, str]]:
    return [(_("Escalation queue"), reverse("queue")), (_("Bulk actions"), here)]
