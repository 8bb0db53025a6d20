"""Differences between the two ledgers: the worklist, one of them, many of them, and the rate of agreement by unit."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.models import Role
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from cases.rosters import figures, rows, settling
from cases.rosters.forms import WAYS, GiveForm, SettleForm
from cases.rosters.models import Difference, Discrepancy, Roster
from cases.rosters.scope import READS
from cases.rosters.views_entries import missing
from cases.rosters.views_export import FILTERS

PAGE = 30


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def worklist(request: OfficerRequest) -> HttpResponseBase:
    """What differs and whose it is, the most urgent first."""
    today = clock.day(clock.now())
    form, found = rows.narrowed(request.user, request.GET, today)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    may_settle = request.user.can(Capability.RECONCILE)
    whole = figures.together(_rates(request, today))
    context = {
        "form": form,
        "page": page,
        "rows": [rows.row(one, today) for one in page],
        "whole": whole,
        "missing": missing(request.user).count() if may_settle else None,
        "may_settle": may_settle,
        "may_export": request.user.can(Capability.EXPORT),
        "address": request.GET.urlencode(),
        "filtered": any(request.GET.get(name) for name in FILTERS),
    }
    return render(request, "cases/rosters/worklist.html", context)


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def units(request: OfficerRequest) -> HttpResponseBase:
    """人账相符率 by school, above the county by county."""
    found = _rates(request, clock.day(clock.now()))
    above = any(len(post.organisation.area_id) < 6 and post.role in READS for post in request.user.posts())
    context = {"units": found, "whole": figures.together(found, _("together")), "column": "county" if above else "school"}
    return render(request, "cases/rosters/units.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
def discrepancy(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One difference, both sides beside each other, and how it is settled."""
    found = _get(request, pk)
    now = clock.now()
    may_settle = not found.settled and settling.may_settle(request.user, found)
    form = SettleForm(request.POST or None, ways=WAYS[found.kind]) if may_settle else None
    if request.method == "POST" and form is not None and form.is_valid():
        submission = submission_of(request)
        try:
            done = carry_out(form, lambda: settling.settle(found, **form.cleaned_data, by=request.user, now=now, submission=submission))
        except AlreadyRecorded:
            done = found
        if done is not None:
            messages.success(request, _("The difference is settled."))
            return redirect("rosters")
    if found.case and request.method != "POST":
        record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=now, discrepancy=found.pk)
    sees_case = found.case_id is not None and Case.objects.visible_to(request.user).filter(pk=found.case_id).exists()
    context = {
        "found": found,
        "row": rows.row(found, clock.day(now)),
        "form": form,
        "give": GiveForm(people=settling.people_for(found, now)) if may_settle else None,
        "case_url": found.case.get_absolute_url() if found.case and sees_case else "",
        "may_report": form is not None and found.kind == Difference.MISSING_HERE and request.user.can(Capability.OPEN_CASE),
        "sides": _sides(found),
        "lists": set(Roster.objects.visible_to(request.user).filter(pk__in=[found.found_in_id, found.seen_in_id]).values_list("pk", flat=True)),
        "submission": submission_of(request) or uuid4(),
        "crumbs": [(_("Agreement of the ledgers"), reverse("rosters")), (str(found.get_kind_display()), "")],
    }
    return render(request, "cases/rosters/discrepancy.html", context, status=422 if form is not None and form.errors else 200)


@require_POST
@officers_only
def give(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Somebody else answers for it."""
    found, now = _get(request, pk), clock.now()
    form = GiveForm(request.POST, people=settling.people_for(found, now))
    if not form.is_valid():
        messages.error(request, _("Please choose somebody."))
        return redirect(found)
    try:
        settling.give(found, to=form.cleaned_data["to"], by=request.user, now=now)
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s answers for it now.") % {"name": form.cleaned_data["to"].name})
    return redirect(found)


def _get(request: OfficerRequest, pk: int) -> Discrepancy:
    seen = Discrepancy.objects.visible_to(request.user).select_related(
        "case__student",
        "row__school",
        "school",
        "county",
        "organisation",
        "holder",
        "seen_in__school",
        "seen_in__county",
        "found_in__school",
        "found_in__county",
        "settled_by",
        "settled_in",
    )
    found: Discrepancy = get_object_or_404(seen, pk=pk)
    return found


def _rates(request: OfficerRequest, today: date) -> list[figures.UnitRate]:
    """Of the widest of the user's posts."""
    posts = [post for post in request.user.posts() if post.role in READS]
    if posts:
        return figures.rates(min((post.organisation.area_id for post in posts), key=len), today=today)
    own = [post.organisation_id for post in request.user.posts() if post.role == Role.PRINCIPAL]
    return figures.rates("-", today=today, school=own[0]) if own else []


def _sides(found: Discrepancy) -> list[tuple[str, Any, Any]]:
    """What each ledger says of the child, line by line."""
    student, row = (found.case.student if found.case else None), found.row
    ours_standing = found.case.get_standing_display() if found.case else ""
    return [
        (_("Name"), student.name if student else "", row.name if row else ""),
        (_("Born on"), student.born_on if student else "", row.born_on if row else ""),
        (_("Identity number"), student.masked_identity if student else "", row.masked_identity if row else ""),
        (_("School-roll number"), student.roll_number if student else "", row.roll_number if row else ""),
        (_("School"), found.school.name if student and found.school else "", (row.school.name if row.school else row.school_name) if row else ""),
        (_("Standing"), ours_standing, row.get_standing_display() if row else ""),
        (_("Entered on"), found.case.entered_ledger_on if found.case else "", row.entered_on if row else ""),
    ]  # fmt: skip
