"""The monthly reports: the board of who has sent, and the page of one report with what its reader may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.models import Area, Level
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.ledger import reporting
from cases.ledger.adjustments import Change, column_name, difference, edition_before
from cases.ledger.models import Act, Adjustment, Line, LineKind, NameColumn, Report, ReportState
from cases.ledger.reportforms import ActForm, RemindForm
from cases.ledger.reportrows import TONES, board_rows, late_in_year, steps_of
from cases.ledger.scope import report_scope
from cases.ledger.workbook import GROUPS
from cases.register.caseform import submission_of
from cases.register.models import Case

if TYPE_CHECKING:
    from django import forms

YEARS, SHOWN = 5, 100
NEVER = date(2000, 1, 1)


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def reports(request: OfficerRequest) -> HttpResponse:
    """Who has sent, who has not, who is late and how often this year. Every county within the reader's area has its line."""
    now = clock.now()
    year, month = month_of(request, timezone.localdate(now))
    found = Report.objects.visible_to(request.user).filter(year=year, month=month).select_related("unit", "prefecture").order_by("unit_id")
    rows = board_rows(list(found), counties_of(request), late=late_in_year(request.user, year), now=now)
    states = Counter(row.state for row in rows)
    wanted = request.GET.get("state", "")
    shown = [row for row in rows if wanted in ("", row.state) or (wanted == "late" and row.is_late) or (wanted == "unsent" and not row.is_sent)]
    context = {
        "now": now,
        "year": year,
        "month": month,
        "years": range(timezone.localdate(now).year, timezone.localdate(now).year - YEARS, -1),
        "months": list(MONTHS.items()),
        "rows": sorted((row for row in shown if row.report), key=lambda row: (not row.is_late, row.is_sent)),
        "without": [row.area.name for row in shown if row.report is None],
        "total": len(rows),
        "unsent": sum(1 for row in rows if not row.is_sent),
        "late": sum(1 for row in rows if row.is_late),
        "waiting": states[ReportState.CHECKING] + states[ReportState.ACCEPTING],
        "accepted": states[ReportState.ACCEPTED],
        "state": wanted,
        "reached": sum(1 for row in rows if row.report and not row.is_sent and reporting.may_remind(row.report, request.user)),
        "may_export": may(request.user, Capability.EXPORT),
        "form": RemindForm(),
        "submission": uuid4(),
        "crumbs": [(_("Ledger"), "/ledger/"), (_("Monthly reports"), "")],
        "unit": min((post.organisation.area_id for post in request.user.posts()), key=len, default="42"),
    }
    return render(request, "cases/ledger/reports.html", context)


@require_POST
@officers_only
@needs(Capability.SEE_LEDGER)
def remind(request: OfficerRequest) -> HttpResponse:
    """Urge every county of the month that has not sent yet, with one word to all."""
    now = clock.now()
    year, month = month_of(request, timezone.localdate(now), given=request.POST)
    form = RemindForm(request.POST)
    if form.is_valid():
        unsent = Report.objects.visible_to(request.user).filter(year=year, month=month, state__in=(ReportState.COMPILING, ReportState.SIGNING))
        count, token = 0, submission_of(request)
        for report in unsent.order_by("pk"):
            if reporting.may_remind(report, request.user):
                own = UUID(int=(token.int + report.pk) % 2**128) if token else None  # each report's own half of the page's token
                try:
                    reporting.remind(report, note=form.cleaned_data["note"], by=request.user, now=now, submission=own)
                    count += 1
                except (AlreadyRecorded, Refused):
                    continue
        messages.success(request, _("%(count)s counties were reminded.") % {"count": count})
    return redirect(f"/ledger/reports/?year={year}&month={month}")


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def report(request: OfficerRequest, pk: int) -> HttpResponse:
    """One county's month: its table, what changed, what was done to it, and the form of whoever has it now."""
    found = get_object_or_404(Report.objects.visible_to(request.user).select_related("unit", "prefecture", "province", "education"), pk=pk)
    form = ActForm(request.POST or None, report=found, user=request.user)
    if request.method == "POST":
        if not form.choices:
            raise PermissionDenied(_("The report lies at another post."))
        if form.is_valid() and _carry_out(request, found, form):
            return redirect(found)
    edition = reporting.latest(found)
    lines = Line.objects.filter(edition=edition).exclude(kind=LineKind.SCHOOL).order_by("kind", "position")
    before = edition_before(edition)
    is_first = before is None or before.report.year != found.year
    changes = [] if is_first else difference(edition)
    adjustments = Adjustment.objects.filter(edition=edition).select_related("case__student", "corrects", "entry__actor", "entry__remark")
    now = clock.now()
    context = {
        "now": now,
        "report": found,
        "edition": edition,
        "form": form if form.choices else None,
        "submission": submission_of(request) or uuid4(),
        "steps": steps_of(found),
        "tone": TONES[found.state],
        "groups": GROUPS,
        "whole": next(line for line in lines if line.kind == LineKind.COUNTY),
        "shown": [(line.name, [number for pair in line.pairs() for number in pair]) for line in lines],
        "changes": _named(request, changes[:SHOWN]),
        "changed": len(changes),
        "is_first": is_first,
        "adjustments": _adjusted(request, list(adjustments[:SHOWN])),
        "acts": found.acts.select_related("by").order_by("-pk"),
        "closure": getattr(found, "closure", None),
        "late": (found.sent_at.date() if found.sent_at else timezone.localdate(now)) > found.due_on,
        "crumbs": [(_("Monthly reports"), f"/ledger/reports/?year={found.year}&month={found.month}"), (found.unit.name, "")],
    }
    return render(request, "cases/ledger/report.html", context, status=422 if form.errors else 200)


@require_safe
@officers_only
def names(request: OfficerRequest, pk: int) -> HttpResponse:
    """The children behind a report, as far as the reader may see them."""
    found = get_object_or_404(Report.objects.visible_to(request.user).select_related("unit"), pk=pk)
    edition = reporting.latest(found)
    column = request.GET.get("column", "")
    if column and column not in NameColumn.values:
        raise Http404
    listed = edition.names.filter(case__in=Case.objects.visible_to(request.user).values("pk"))
    listed = listed.filter(column=column) if column else listed
    counts = Counter(edition.names.values_list("column", flat=True))
    page = Paginator(listed.select_related("case__student", "case__school", "case__place").order_by("column", "case__number"), 50)
    tabs = [{"label": _("All"), "url": "?", "count": sum(counts.values()), "current": not column}]
    tabs += [
        {"label": str(one.label), "url": f"?column={one.value}", "count": counts[one.value], "current": one.value == column} for one in NameColumn
    ]
    context = {
        "report": found,
        "edition": edition,
        "page": page.get_page(request.GET.get("page")),
        "tabs": tabs,
        "crumbs": [(_("Monthly reports"), "/ledger/reports/"), (found.unit.name, found.get_absolute_url()), (_("Names"), "")],
    }
    return render(request, "cases/ledger/report_names.html", context)


def month_of(request: OfficerRequest, today: date, given: Any = None) -> tuple[int, int]:
    """The month that the address names, never one that lies ahead."""
    said = request.GET if given is None else given
    year, month = said.get("year", ""), said.get("month", "")
    wanted = (int(year), int(month)) if year.isdecimal() and month.isdecimal() and len(year) == 4 and len(month) <= 2 else (0, 0)
    return wanted if NEVER.year <= wanted[0] and 1 <= wanted[1] <= 12 and wanted <= (today.year, today.month) else (today.year, today.month)


def counties_of(request: OfficerRequest) -> list[Area]:
    """The counties whose reports the reader may see."""
    seen = report_scope(request.user)
    areas = {post.organisation.area_id for post in request.user.posts()}
    found = Area.objects.filter(level=Level.COUNTY, active=True).order_by("pk")
    return [area for area in found if seen and any(area.pk.startswith(code) for code in areas)]


SERVICES: dict[str, Callable[..., Report]] = {
    Act.COMPILED: reporting.compile_report,
    Act.SIGNED: reporting.sign,
    Act.CHECKED: reporting.check,
    Act.ACCEPTED: reporting.accept,
    Act.SENT_BACK: reporting.send_back,
    Act.REMINDED: reporting.remind,
}


def _carry_out(request: OfficerRequest, report: Report, form: forms.Form) -> bool:
    said, now = form.cleaned_data, clock.now()
    more = {"again": said["again"]} if said["act"] == Act.COMPILED else {}
    try:
        SERVICES[said["act"]](report, note=said["note"], by=request.user, now=now, submission=submission_of(request), **more)
    except AlreadyRecorded as repeated:
        messages.info(request, str(repeated))
    except (Refused, NotAllowed) as refusal:
        form.add_error(None, str(refusal))
        return False
    else:
        messages.success(request, _("Done: %(act)s.") % {"act": Act(said["act"]).label})
    return True


def _named(request: OfficerRequest, changes: list[Change]) -> list[tuple[Change, Any, str, str]]:
    """The changes with the cases that the reader may see; the others are counted, not named."""
    cases = Case.objects.visible_to(request.user).select_related("student", "school", "place").in_bulk([change.case for change in changes])
    return [(change, cases.get(change.case), column_name(change.before), column_name(change.after)) for change in changes]


def _adjusted(request: OfficerRequest, rows: list[Adjustment]) -> list[tuple[Adjustment, str, str, bool]]:
    """The adjusting entries, each with whether the reader may see the case."""
    seen = set(Case.objects.visible_to(request.user).filter(pk__in=[row.case_id for row in rows]).values_list("pk", flat=True))
    return [(row, column_name(row.before), column_name(row.after), row.case_id in seen) for row in rows]
