"""Noting that a child was entered in the school-roll system: on the case, and for many at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import day_input, submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from cases.rosters.entering import enter_in_roll
from cases.rosters.forms import RollEntryForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User

PAGE, AT_MOST = 30, 200


class EntriesForm(PlainForm):
    """One day for all that were picked."""

    use_required_attribute = False
    on = forms.DateField(label=gettext_lazy("Entered in the school-roll system on"), widget=day_input())


@require_http_methods(["GET", "POST"])
@officers_only
def entry(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """This child was entered there."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school", "township"), pk=pk)
    if not may(request.user, Capability.RECONCILE, case):
        raise PermissionDenied
    form = RollEntryForm(request.POST or None, case=case, user=request.user)
    if form.is_valid():
        now, submission = clock.now(), submission_of(request)
        try:
            done = carry_out(form, lambda: enter_in_roll(case, **form.cleaned_data, by=request.user, now=now, submission=submission))
        except AlreadyRecorded:
            done = case
        if done is not None:
            messages.success(request, _("The entry in the school-roll system is on record."))
            return redirect(case)
    context = {
        "case": case,
        "form": form,
        "title": _("Entered in the school-roll system"),
        "hint": _("Whoever enters our ledger is also entered in the ledger of the school-roll system (note 2 of the notice's table)."),
        "submission": submission_of(request) or uuid4(),
        "crumbs": [(case.number, case.get_absolute_url()), (_("Entered in the school-roll system"), "")],
    }
    return render(request, "cases/register/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.RECONCILE)
def entries(request: OfficerRequest) -> HttpResponseBase:
    """Children of the ledger whose entry there nobody has noted, the longest waiting first; noted for many at once."""
    waiting, now = missing(request.user), clock.now()
    form = EntriesForm(request.POST or None, initial={"on": clock.day(now)})
    if request.method == "POST" and form.is_valid():
        picked = [int(word) for word in request.POST.getlist("case") if word.isascii() and word.isdigit() and len(word) < 19][:AT_MOST]
        _note(request, list(waiting.filter(pk__in=picked)), form.cleaned_data["on"])
        return redirect("roll-entries")
    page = Paginator(waiting.select_related("student", "school", "township"), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "form": form,
        "crumbs": [(_("Agreement of the ledgers"), reverse("rosters")), (_("Entries missing"), "")],
    }
    return render(request, "cases/rosters/entries.html", context, status=422 if form.errors else 200)


def missing(user: User) -> QuerySet[Case]:
    """Cases on the ledger that the user sees and that nobody noted as entered in the school-roll system."""
    found: QuerySet[Case] = Case.objects.visible_to(user).filter(entered_ledger_on__isnull=False, in_roll_ledger_on=None)
    return found.order_by("entered_ledger_on", "pk")


def _note(request: OfficerRequest, cases: list[Case], on: date) -> None:
    done, refused = 0, []
    for case in cases:
        try:
            enter_in_roll(case, on=on, by=request.user, now=clock.now())
            done += 1
        except (Refused, NotAllowed) as refusal:
            refused.append(f"{case.number}: {refusal}")
    if done:
        messages.success(request, ngettext("%(count)d entry is on record.", "%(count)d entries are on record.", done) % {"count": done})
    for words in refused[:5]:
        messages.error(request, words)
    if not done and not refused:
        messages.info(request, _("Nothing was picked."))
