"""The ledger as files and on paper: the official workbook, the same as text, the print page; and the auditor's check."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
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
from cases.ledger.models import Closure, Report
from cases.ledger.reporting import latest
from cases.ledger.signing import signatures
from cases.ledger.tables import Table
from cases.ledger.verifying import verify
from cases.ledger.views_report import month_of
from cases.ledger.workbook import GROUPS, PRIORITY, TOTAL, notes_of, official_book, official_csv
from cases.sheets.writing import CONTENT_TYPE

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
    answer["Content-Disposition"] = f'attachment; filename="ledger-{table.year}-{table.month:02}-{unit_of(request).pk}.{kind}"'
    record(Verb.LIST_EXPORTED, at=clock.now(), actor=request.user, rows=len(table.lines), ledger=f"{table.year}-{table.month:02}", kind=kind)
    return answer


@never_cache
@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def sheet(request: OfficerRequest) -> HttpResponse:
    """The same table for the printer."""
    table, unit = _table(request), unit_of(request)
    report = Report.objects.filter(unit=unit, year=table.year, month=table.month).first()
    context = {
        "table": table,
        "report": report,
        "signatures": signatures(report, latest(report) if report else None),
        "groups": GROUPS,
        "heads": [TOTAL, PRIORITY] * len(GROUPS),
        "rows": [(line.name, [number for pair in line.pairs for number in pair]) for line in table.lines],
        "notes": notes_of(table),
        "unit": unit,
        "crumbs": [(_("Monthly reports"), f"/ledger/reports/?year={table.year}&month={table.month}"), (table.name, "")],
    }
    return render(request, "cases/ledger/sheet.html", context)


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


def unit_of(request: OfficerRequest) -> Area:
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
        return tables.of_month(year, month, unit_of(request).pk)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal
