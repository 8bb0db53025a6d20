"""Saved filters: chips above a list, a page to rename and delete them, and the one with which a list opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.journal.plainwords import PlainForm
from cases.journal.refused import Refused
from workflows import savedfilters
from workflows.models import Listing, SavedFilter

if TYPE_CHECKING:
    from workflows.rows.desk import Look

EVERYTHING = "all=1"  # the address of a list without any filter, where another one would open


@dataclass(frozen=True)
class Chips:
    """What stands above a list. `address`: what would be saved now; empty when nothing is chosen or when it is saved already."""

    listing: str
    items: list[dict[str, Any]]
    address: str
    everything: str


def opens_with(request: OfficerRequest, seen: Look) -> HttpResponseBase | None:
    """Whoever opens a list without an address of its own gets the filter that they chose for it; the address says which."""
    return redirect(f"{request.path}?{seen.default}") if not request.GET and seen.default else None


def chips(request: OfficerRequest, seen: Look, listing: Listing) -> Chips:
    said = savedfilters.canonical(listing, request.GET)
    path = request.path
    everything = f"{path}?{EVERYTHING}" if seen.default else path
    items = [{"label": one.name, "url": f"{path}?{one.query}", "current": one.query == said, "default": one.default} for one in seen.saved]
    known = any(item["current"] for item in items) or set(QueryDict(said)) <= {"tab"}
    return Chips(listing.value, items, "" if known else said, everything)


class NameForm(PlainForm):
    name = forms.CharField(label=gettext_lazy("Name of the filter"), max_length=30)
    default = forms.BooleanField(label=gettext_lazy("Open the list with it"), required=False)


@require_POST
@officers_only
def save(request: OfficerRequest) -> HttpResponseBase:
    """Keep what is chosen above a list under a name."""
    listing, form = request.POST.get("listing", ""), NameForm(request.POST)
    if listing not in Listing.values:
        return redirect("inbox")
    said = QueryDict(request.POST.get("filter", "")[:600])
    try:
        if not form.is_valid():
            raise Refused(_("Give the filter a name."))
        kept = savedfilters.save(listing, **form.cleaned_data, said=said.dict(), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse(listing)}?{savedfilters.canonical(listing, said.dict()) or EVERYTHING}")
    messages.success(request, _("The filter was saved."))
    return redirect(f"{reverse(listing)}?{kept.query}")


@require_safe
@officers_only
def filters(request: OfficerRequest) -> HttpResponseBase:
    """One's filters, list by list."""
    rows = [
        (row, Listing(row.listing).label, f"{reverse(row.listing)}?{row.query}")
        for row in SavedFilter.objects.visible_to(request.user).order_by("listing", "name")
    ]
    return render(request, "workflows/filters.html", {"rows": rows, "crumbs": [(_("Saved filters"), "")]})


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def edit(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Another name, or another default."""
    row = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    form = NameForm(request.POST or None, initial={"name": row.name, "default": row.is_default})
    if form.is_valid():
        try:
            savedfilters.change(row, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The filter was saved."))
            return redirect("filters")
    context = {"row": row, "form": form, "crumbs": [(_("Saved filters"), reverse("filters")), (row.name, "")]}
    return render(request, "workflows/filter_form.html", context, status=422 if form.errors else 200)


@require_POST
@officers_only
def delete(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Gone at once; it held nothing but choices."""
    get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk).delete()
    messages.success(request, _("The filter was deleted."))
    return redirect("filters")
