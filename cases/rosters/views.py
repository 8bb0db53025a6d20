"""Differences between the two ledgers: the worklist, one of them, many of them, and the rate of agreement by unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
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
from cases.register.models import Case, Standing
from cases.rosters import figures, settling
from cases.rosters.forms import IN_BULK, WAYS, FilterForm, GiveForm, SettleForm
from cases.rosters.models import Difference, Discrepancy, Settled
from cases.rosters.scope import READS
from cases.rosters.views_entries import missing
from cases.sheets.writing import CONTENT_TYPE, table_book

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE, MOST = 30, 10_000
ICONS: dict[str, tuple[str, str]] = {
    Difference.MISSING_THERE: ("amber", "arrow-right"),
    Difference.MISSING_HERE: ("red", "alert-triangle"),
    Difference.STATUS: ("amber", "refresh"),
    Difference.IDENTITY: ("blue", "id"),
    Difference.ROLL: ("blue", "id"),
    Difference.POSSIBLE: ("grey", "help"),
}


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def worklist(request: OfficerRequest) -> HttpResponseBase:
    """What differs and whose it is, the most urgent first."""
    today = clock.day(clock.now())
    form, rows = _narrowed(request, today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    may_settle = request.user.can(Capability.RECONCILE)
    whole = figures.together(_rates(request, today))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(found, today) for found in page],
        "whole": whole,
        "missing": missing(request.user).count() if may_settle else None,
        "may_settle": may_settle,
        "may_export": request.user.can(Capability.EXPORT),
        "address": request.GET.urlencode(),
        "bulk": SettleForm(ways=IN_BULK, reason_needed=True),
        "filtered": any(request.GET.get(name) for name in ("state", "kind", "school", "county")),
    }
    return render(request, "cases/rosters/worklist.html", context)


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def units(request: OfficerRequest) -> HttpResponseBase:
    """人账相符率 by school, above the county by county."""
    rows = _rates(request, clock.day(clock.now()))
    above = any(len(post.organisation.area_id) < 6 and post.role in READS for post in request.user.posts())
    context = {"units": rows, "whole": figures.together(rows, _("together")), "column": "county" if above else "school"}
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
        "row": _row(found, clock.day(now)),
        "form": form,
        "give": GiveForm(people=settling.people_for(found, now)) if may_settle else None,
        "case_url": found.case.get_absolute_url() if found.case and sees_case else "",
        "may_report": form is not None and found.kind == Difference.MISSING_HERE and request.user.can(Capability.OPEN_CASE),
        "sides": _sides(found),
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


@require_POST
@officers_only
@needs(Capability.RECONCILE)
def settle_many(request: OfficerRequest) -> HttpResponseBase:
    """The same for all that were picked, with one reason."""
    form = SettleForm(request.POST, ways=IN_BULK, reason_needed=True)
    path = request.POST.get("next", "")
    back = path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else reverse("rosters")
    picked = [int(word) for word in request.POST.getlist("difference") if word.isascii() and word.isdigit() and len(word) < 19]
    some = list(Discrepancy.objects.visible_to(request.user).select_related("case", "row").filter(pk__in=picked, settled=""))
    if not form.is_valid():
        messages.error(request, _("Please say how they were settled and give a reason; it holds for all of them."))
    elif not some:
        messages.info(request, _("Nothing was picked."))
    else:
        done, refused = settling.settle_many(some, **form.cleaned_data, by=request.user, now=clock.now())
        if done:
            messages.success(request, ngettext("%(count)d difference is settled.", "%(count)d differences are settled.", done) % {"count": done})
        for found, words in refused[:5]:
            messages.error(request, f"{found.case or found.get_kind_display()}: {words}")
    return redirect(back)


@require_safe
@officers_only
@needs(Capability.EXPORT)
def export(request: OfficerRequest) -> HttpResponse:
    """What the filters show as a spreadsheet, numbers masked; on record."""
    today = clock.day(clock.now())
    _form, rows = _narrowed(request, today)
    headers = (
        _("Difference"), _("Student"), _("Identity number"), _("School"), _("Case number"), _("On our ledger"), _("In the school-roll system"),
        _("Responsible"), _("Due on"), _("State"), _("Reason"),
    )  # fmt: skip
    lines = []
    for found in rows[:MOST]:
        row = _row(found, today)
        state = found.get_settled_display() if found.settled else _("open")
        number = found.case.student.masked_identity if found.case else found.row.masked_identity if found.row else ""
        lines.append((
            found.get_kind_display(), row["name"], number, row["school"], found.case.number if found.case else "", row["ours"], row["theirs"],
            row["who"], found.due_on, state, found.reason,
        ))  # fmt: skip
    record(Verb.LIST_EXPORTED, actor=request.user, at=clock.now(), rows=len(lines), what="discrepancies")
    response = HttpResponse(table_book(_("Differences"), headers, lines), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="differences.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def _get(request: OfficerRequest, pk: int) -> Discrepancy:
    rows = Discrepancy.objects.visible_to(request.user).select_related(
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
    found: Discrepancy = get_object_or_404(rows, pk=pk)
    return found


def _narrowed(request: OfficerRequest, today: date) -> tuple[FilterForm, QuerySet[Discrepancy]]:
    form = FilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    rows = Discrepancy.objects.visible_to(request.user).select_related("case__student", "row", "school", "organisation", "holder")
    state = chosen.get("state")
    rows = rows.exclude(settled="") if state == "settled" else rows.filter(settled="")
    if state == "late":
        rows = rows.filter(due_on__lt=today)
    elif state == "mine":
        rows = rows.filter(holder=request.user)
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("school"):
        rows = rows.filter(school=chosen["school"])
    if chosen.get("county"):
        rows = rows.filter(county=chosen["county"])
    return form, rows.order_by("-settled_at", "-pk") if state == "settled" else rows.order_by("due_on", "pk")


def _rates(request: OfficerRequest, today: date) -> list[figures.UnitRate]:
    """Of the widest of the user's posts."""
    posts = [post for post in request.user.posts() if post.role in READS]
    if posts:
        return figures.rates(min((post.organisation.area_id for post in posts), key=len), today=today)
    own = [post.organisation_id for post in request.user.posts() if post.role == Role.PRINCIPAL]
    return figures.rates("-", today=today, school=own[0]) if own else []


def _row(found: Discrepancy, today: date) -> dict[str, Any]:
    tone, icon = ICONS[found.kind]
    name = found.case.student.name if found.case else found.row.name if found.row else ""
    return {
        "found": found,
        "tone": tone,
        "icon": icon,
        "name": name,
        "school": found.school.name if found.school else (found.row.school_name if found.row else ""),
        "ours": _said(found.ours) or (_("not there") if found.kind == Difference.MISSING_HERE else _("not known")),
        "theirs": _said(found.theirs) or (_("not there") if found.kind == Difference.MISSING_THERE else _("not sound")),
        "who": found.holder.name if found.holder else found.organisation.name,
        "late": not found.settled and found.due_on is not None and found.due_on < today,
        "by_list": found.settled == Settled.GONE,
    }


def _said(word: str) -> str:
    return str(Standing(word).label) if word in Standing.values else word


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
