"""The ledger as files and on paper: the official workbook, the same as text, the print page, the list of names; and the auditor's check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, CAPABILITIES, Capability
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.models import Area
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger import tables
from cases.ledger.models import Closure
from cases.ledger.namelist import Export, names_book
from cases.ledger.tables import Table
from cases.ledger.verifying import verify
from cases.ledger.views_report import month_of
from cases.ledger.workbook import GROUPS, PRIORITY, TOTAL, notes_of, official_book, official_csv
from cases.sheets.writing import CONTENT_TYPE

AT_MOST = 20_000
TYPES = {"xlsx": (official_book, CONTENT_TYPE), "csv": (official_csv, "text/csv; charset=utf-8")}


@never_cache
@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def workbook(request: OfficerRequest) -> HttpResponse:
    """The month of an area as the notice's appendix: xlsx or csv. Numbers only, so no purpose is asked; the journal knows all the same."""
    kind = request.GET.get("kind", "xlsx")
    if kind not in TYPES:
        raise Http404
    table = _table(request)
    make, content_type = TYPES[kind]
    answer = HttpResponse(make(table), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="ledger-{table.year}-{table.month:02}-{_unit(request).pk}.{kind}"'
    record(Verb.LIST_EXPORTED, at=clock.now(), actor=request.user, rows=len(table.lines), ledger=f"{table.year}-{table.month:02}", kind=kind)
    return answer


@never_cache
@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def sheet(request: OfficerRequest) -> HttpResponse:
    """The same table for the printer."""
    table = _table(request)
    context = {
        "table": table,
        "groups": GROUPS,
        "heads": [TOTAL, PRIORITY] * len(GROUPS),
        "rows": [(line.name, [number for pair in line.pairs for number in pair]) for line in table.lines],
        "notes": notes_of(table),
        "unit": _unit(request),
        "crumbs": [(_("Monthly reports"), f"/ledger/reports/?year={table.year}&month={table.month}"), (table.name, "")],
    }
    return render(request, "cases/ledger/sheet.html", context)


class NamesForm(forms.Form):
    """Why somebody takes children's names out of the system, and with what."""

    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=200, help_text=gettext_lazy("It goes into the journal with your name."))
    full = forms.BooleanField(
        label=gettext_lazy("With identity numbers in full"),
        required=False,
        help_text=gettext_lazy("Only where the receiving office asks for them. Otherwise they are masked."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
@needs(Capability.EXPORT)
def names(request: OfficerRequest) -> HttpResponse:
    """The list of names of a month as a workbook. Asks for a purpose first, and keeps it."""
    now, unit = clock.now(), _unit(request)
    year, month = month_of(request, timezone.localdate(now))
    editions = list(tables.latest_editions(year, month, unit.pk))
    count = sum(edition.names.count() for edition in editions)
    form = NamesForm(request.POST or None)
    may_show = any(Capability.SHOW_IDENTITY in CAPABILITIES[post.role] for post in request.user.posts())
    if not may_show:
        del form.fields["full"]
    if form.is_valid() and count > AT_MOST:
        form.add_error(None, _("At most %(most)s names in one file. Choose a smaller area.") % {"most": AT_MOST})
    if form.is_valid():
        full = bool(form.cleaned_data.get("full"))
        book, rows = names_book(editions, Export(request.user, now, full))
        said: dict[str, Any] = {"rows": rows, "ledger": f"{year}-{month:02}", "unit": unit.pk, "full": full}
        record(Verb.LIST_EXPORTED, at=now, actor=request.user, remark=form.cleaned_data["purpose"], **said)
        answer = HttpResponse(book, content_type=CONTENT_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="names-{year}-{month:02}-{unit.pk}.xlsx"'
        return answer
    context = {
        "form": form,
        "count": count,
        "unit": unit,
        "year": year,
        "month": month,
        "back": f"/ledger/reports/?year={year}&month={month}",
        "crumbs": [(_("Monthly reports"), f"/ledger/reports/?year={year}&month={month}"), (_("List of names"), "")],
    }
    return render(request, "cases/ledger/names_export.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
@needs(Capability.AUDIT)
def proof(request: OfficerRequest) -> HttpResponse:
    """The closed months with their links of the chain, and the check of all of them."""
    faults = None
    if request.method == "POST":
        faults = verify()
        if faults:
            messages.error(request, _("The ledger does not hold in %(count)s places.") % {"count": len(faults)})
        else:
            messages.success(request, _("Every closed month is as it was closed."))
    closures = Closure.objects.select_related("report__unit", "by").order_by("-pk")
    context = {"faults": faults, "closures": closures[:200], "count": closures.count(), "crumbs": [(_("Closed months of the ledger"), "")]}
    return render(request, "cases/ledger/proof.html", context)


def _unit(request: OfficerRequest) -> Area:
    """The area that the address names, within one of the reader's own; the widest of these unless it names one."""
    # as cases.ledger.scope: a school or township may lie in a county, and answers for no county's table
    able = [post for post in request.user.posts() if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE and Capability.SEE_LEDGER in CAPABILITIES[post.role]]
    own = [code for code in sorted((post.organisation.area_id for post in able), key=len) if len(code) <= len("420526")]
    wanted = request.GET.get("unit", "") or (own[0] if own else "")
    found = Area.objects.filter(pk=wanted, level__in=("province", "prefecture", "county")).first()
    if found is None or not any(wanted.startswith(code) for code in own):
        raise Http404
    return found


def _table(request: OfficerRequest) -> Table:
    year, month = month_of(request, timezone.localdate(clock.now()))
    try:
        return tables.of_month(year, month, _unit(request).pk)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal
