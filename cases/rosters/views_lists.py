"""Bringing a list: watch it being read, see what it would find, compare it."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.journal import clock
from cases.journal.refused import Refused
from cases.rosters import comparing, importing, jobs, reading, working
from cases.rosters.forms import RosterForm
from cases.rosters.models import Difference, Roster, RosterState
from cases.sheets.reading import BadSheet, Fault
from cases.sheets.writing import CONTENT_TYPE, faults_book, table_book

AT_HAND = 200_000  # bytes of a file that is read while one waits; larger ones by a worker, and one watches
PAGE, SHOWN = 30, 100
TONES: dict[str, tuple[str, str]] = {
    RosterState.READING: ("blue", "clock"),
    RosterState.READ: ("amber", "eye"),
    RosterState.REFUSED: ("red", "alert-circle"),
    RosterState.COMPARING: ("blue", "clock"),
    RosterState.COMPARED: ("green", "circle-check"),
    RosterState.DISCARDED: ("grey", "ban"),
}

logger = logging.getLogger(__name__)


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def lists(request: OfficerRequest) -> HttpResponseBase:
    """Every list that the user may see, the newest first."""
    rows = Roster.objects.visible_to(request.user).select_related("county", "school", "brought_by").order_by("-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(row, *TONES[row.state], sum(row.found.get(kind, 0) for kind in Difference.values)) for row in page]
    return render(request, "cases/rosters/lists.html", {"page": page, "rows": shown, "may_bring": request.user.can(Capability.RECONCILE)})


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.RECONCILE)
def bring(request: OfficerRequest) -> HttpResponseBase:
    """Choose a file. It is kept sealed until it is read."""
    now = clock.now()
    form = RosterForm(request.POST or None, request.FILES or None, today=clock.day(now))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = importing.bring(file, taken_on=form.cleaned_data["taken_on"], by=request.user, now=now)
        except importing.KnownList as known:
            messages.info(request, str(known))
            return redirect(known.roster)
        except (BadSheet, NotAllowed) as bad:
            form.add_error("file", str(bad))
        else:
            _go_on(made, at_hand=file.size <= AT_HAND)
            return redirect(made)
    columns = [headings[0] for headings in reading.HEADERS.values()]
    context = {"form": form, "columns": columns, "crumbs": _crumbs(_("Bring a list"))}
    return render(request, "cases/rosters/bring.html", context, status=422 if form.errors else 200)


@require_safe
@officers_only
def roster(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """How far a list is, what is wrong with it, what comparing it would find, or what it found."""
    rows = Roster.objects.visible_to(request.user).select_related("county", "school", "brought_by", "organisation")
    found = get_object_or_404(rows, pk=pk)
    context: dict[str, Any] = {
        "roster": found,
        "tone": TONES[found.state],
        "running": found.state in {RosterState.READING, RosterState.COMPARING},
        "percent": found.read_to * 100 // found.total if found.total else 0,
        "may_decide": importing.may_bring(request.user, found),
        "faults": found.faults[:SHOWN],
        "more_faults": max(0, found.fault_count - SHOWN),
        "crumbs": _crumbs(str(found.school or found.county)),
    }
    if found.state == RosterState.READ:
        context["counts"] = _named(comparing.preview(found))
    elif found.state == RosterState.COMPARED:
        context["counts"] = _named(found.found)
    return render(request, "cases/rosters/roster.html", context)


@require_POST
@officers_only
def compare(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """What was read is compared; again is harmless."""
    found = get_object_or_404(Roster.objects.visible_to(request.user), pk=pk)
    try:
        importing.confirm(found, by=request.user)
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        _go_on(found, at_hand=found.total <= 500)
    return redirect(found)


@require_POST
@officers_only
def discard(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """This list is not wanted."""
    found = get_object_or_404(Roster.objects.visible_to(request.user).select_related("organisation"), pk=pk)
    try:
        importing.discard(found, by=request.user, now=clock.now())
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("The list was discarded; none of its lines is kept."))
    return redirect("roster-lists")


@require_safe
@officers_only
def faults(request: OfficerRequest, pk: int) -> HttpResponse:
    """What is wrong with a list, as a spreadsheet to work off; without what stands in the cells."""
    found = get_object_or_404(Roster.objects.visible_to(request.user), pk=pk)
    return _file(faults_book(Fault(row, column, header, "", problem) for row, column, header, problem in found.faults), "faults.xlsx")


@require_safe
@officers_only
@needs(Capability.RECONCILE)
def template(request: OfficerRequest) -> HttpResponse:
    """An empty list with the headings that are understood, and one line to show how it is meant."""
    headers = [headings[0] for headings in reading.HEADERS.values()]
    example = ("张三", "（18位身份证件号）", "（学籍号）", "2013-05-04", "青山中学", "仍辍学", "2026-09-01")
    return _file(table_book(_("Ledger of the school-roll system"), headers, [example]), "school-roll-ledger.xlsx")


def _go_on(found: Roster, *, at_hand: bool) -> None:
    """A short list at once; for a long one a worker is asked, and where the broker is away the timetable finds it."""
    if at_hand:
        working.work(found.pk)
        return
    try:
        jobs.work_on_roster.delay(found.pk)
    except OperationalError:
        logger.warning("roster %s waits for the timetable: the broker does not answer", found.pk)


def _named(counts: dict[str, int]) -> list[tuple[str, Any, int]]:
    return [(kind.value, kind.label, counts.get(kind.value, 0)) for kind in Difference]


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Agreement of the ledgers"), reverse("rosters")), (_("Lists"), reverse("roster-lists")), (last, "")]
