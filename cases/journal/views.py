"""The auditor's pages: who did and who looked, and whether the chain holds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from cases.directory.capabilities import Capability, require
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import words
from cases.journal.models import Entry, Seal
from cases.journal.plainwords import PlainForm
from cases.journal.seal import verify_journal
from cases.journal.verbs import Verb

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE = 50


def _hinted(words: StrOrPromise) -> forms.TextInput:
    return forms.TextInput(attrs={"placeholder": words})


class JournalFilter(PlainForm):
    who = forms.CharField(label=gettext_lazy("Work account"), required=False, max_length=40, widget=_hinted(gettext_lazy("Work account")))
    number = forms.CharField(label=gettext_lazy("Case number"), required=False, max_length=20, widget=_hinted(gettext_lazy("Case number")))
    verb = forms.ChoiceField(label=gettext_lazy("What"), required=False, choices=[("", gettext_lazy("everything")), *Verb.choices])
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def lookups(self) -> dict[str, Any]:
        """The filter as conditions on entries; what is not valid filters nothing."""
        said = self.cleaned_data if self.is_valid() else {}
        wanted: dict[str, Any] = {}
        if said.get("who"):
            wanted["actor__username"] = said["who"].strip()
        if said.get("number"):
            wanted["case__number"] = said["number"].strip()
        if said.get("verb"):
            wanted["verb"] = said["verb"]
        if said.get("since"):
            wanted["occurred_at__gte"] = _start(said["since"])
        if said.get("until") and said["until"] < date.max:
            wanted["occurred_at__lt"] = _start(said["until"] + timedelta(days=1))
        return wanted


@require_safe
@officers_only
def journal(request: OfficerRequest) -> HttpResponse:
    """What was done and looked at, the newest first: ids and codes, no child's data. For auditors alone."""
    require(request.user, Capability.AUDIT)
    form = JournalFilter(request.GET or None)
    entries = Entry.objects.filter(**form.lookups()).select_related("actor", "case", "organisation").order_by("-pk")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    rows = list(zip(shown, words.particulars(shown), strict=True))
    context = {"form": form, "page": page, "rows": rows, "seal": Seal.objects.order_by("-last").first()}
    return render(request, "cases/journal/journal.html", context)


@require_POST
@officers_only
def verify(request: OfficerRequest) -> HttpResponse:
    """Compute the chain of seals again and say whether it holds."""
    require(request.user, Capability.AUDIT)
    breaks = verify_journal()
    if breaks:
        messages.error(
            request,
            ngettext(
                "The chain is broken in %(count)s place: entries %(where)s.",
                "The chain is broken in %(count)s places, the first at entries %(where)s.",
                len(breaks),
            )
            % {"count": len(breaks), "where": f"{breaks[0].first}–{breaks[0].last}"},
        )
    else:
        messages.success(request, _("The chain holds: nobody changed, added or removed a sealed entry."))
    return redirect("journal")


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
