"""A periodic report for the printer and as a file: official words, whatever language its reader uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger.models import Act, Report
from cases.periodic.documents import Paper, paper_of
from cases.periodic.drawing import latest
from cases.periodic.files import paper_book, paper_csv
from cases.periodic.live import checks_now
from cases.periodic.services import words_for
from cases.sheets.writing import CONTENT_TYPE

if TYPE_CHECKING:
    from cases.directory.models import User

OFFICIAL = "zh-hans"
TYPES = {"xlsx": (paper_book, CONTENT_TYPE), "csv": (paper_csv, "text/csv; charset=utf-8")}


@never_cache
@require_safe
@officers_only
def sheet(request: OfficerRequest, pk: int) -> HttpResponse:
    """The paper alone, with the place for the signature."""
    found = _report(request, pk)
    context: dict[str, Any] = {
        "report": found,
        "paper": _paper(found, request.user),
        "signed": found.acts.filter(act__in=(Act.FILED, Act.ENDORSED)).select_related("by").order_by("-pk").first(),
        "compiled": words_for(found, request.user),
        "crumbs": [(_("Periodic reports"), f"/periodic/?kind={found.kind}"), (str(found), found.get_absolute_url()), (_("Print page"), "")],
    }
    return render(request, "cases/periodic/sheet.html", context)


@never_cache
@require_safe
@officers_only
def download(request: OfficerRequest, pk: int) -> HttpResponse:
    """The same as a workbook or as text. Numbers and the words of the office; no child is named. The journal knows."""
    found, kind = _report(request, pk), request.GET.get("type", "xlsx")
    if kind not in TYPES:
        raise Http404
    make, content_type = TYPES[kind]
    paper = _paper(found, request.user)
    answer = HttpResponse(make(paper), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.{kind}"'
    rows = sum(len(section.rows) for section in paper.sections)
    record(Verb.LIST_EXPORTED, at=clock.now(), actor=request.user, rows=rows, report=found.pk, kind=kind)
    return answer


def _report(request: OfficerRequest, pk: int) -> Report:
    rows = Report.of_every_kind.visible_to(request.user).exclude(kind="ledger").select_related("unit", "school")
    found: Report = get_object_or_404(rows, pk=pk)
    return found


def _paper(report: Report, reader: User) -> Paper:
    with translation.override(OFFICIAL):
        return paper_of(report, latest(report), words_for(report, reader), checks=checks_now(report, clock.now()))
