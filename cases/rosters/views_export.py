"""The differences as a file: for a purpose, which the journal keeps; identity numbers only as screens show them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.directory.capabilities import Capability, posts_that
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.rosters import rows
from cases.rosters.scope import reach
from cases.sheets.watermark import Mark
from cases.sheets.writing import CONTENT_TYPE, table_book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from cases.rosters.models import Discrepancy

AT_MOST = 10_000
LONGEST = 600  # characters of an address
FILTERS = ("state", "kind", "school", "county", "list", "unit")


class ExportForm(PlainForm):
    """Why somebody takes children's names out of the system."""

    use_required_attribute = False
    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=200, help_text=gettext_lazy("It goes into the journal with your name."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
@needs(Capability.EXPORT)
def export(request: OfficerRequest) -> HttpResponse:
    """What the filters show, the whole of it, as a spreadsheet. Asks for a purpose first."""
    now = clock.now()
    asked = QueryDict(request.POST.get("filter", "")[:LONGEST]) if request.method == "POST" else request.GET
    said = {name: asked.get(name, "") for name in FILTERS if asked.get(name)}
    today = clock.day(now)
    filtered, found = rows.narrowed(request.user, said, today)
    able = posts_that(request.user, Capability.EXPORT)  # another post lends them no reach
    found = found.filter(reach(able)).filter(Q(case=None) | reach(able, "case__"))
    count = found.count()
    form = ExportForm(request.POST or None)
    if form.is_valid() and count > AT_MOST:
        form.add_error(None, _("At most %(most)s differences in one file. Narrow the filters and export in parts.") % {"most": AT_MOST})
    if form.is_valid():
        lines = list(_lines(found, today))
        kept = {name: value for name, value in filtered.cleaned_data.items() if value}
        record(
            Verb.LIST_EXPORTED, actor=request.user, at=now, organisation=request.user.posts()[0].organisation,
            remark=form.cleaned_data["purpose"], rows=len(lines), what="discrepancies", filter=kept,
        )  # fmt: skip
        book = table_book(_("Differences"), _heads(), lines, mark=Mark(request.user.name, request.user.username, now))
        answer = HttpResponse(book, content_type=CONTENT_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="differences-{today.isoformat()}.xlsx"'
        return answer
    address = QueryDict(mutable=True)
    address.update(said)
    back = f"{reverse('rosters')}?{address.urlencode()}"
    context: dict[str, Any] = {
        "form": form,
        "count": count,
        "filter": address.urlencode(),
        "back": back,
        "crumbs": [(_("Agreement of the ledgers"), reverse("rosters")), (_("Export"), "")],
    }
    return render(request, "cases/rosters/export.html", context, status=422 if form.errors else 200)


def _heads() -> tuple[str, ...]:
    return (
        _("Difference"), _("Student"), _("Identity number"), _("School"), _("Case number"), _("On our ledger"), _("In the school-roll system"),
        _("Responsible"), _("Due on"), _("State"), _("Reason"), _("Found by the list"),
    )  # fmt: skip


def _lines(found: QuerySet[Discrepancy], today: date) -> Iterator[tuple[object, ...]]:
    for one in found.select_related("found_in__school", "found_in__county", "case__student", "row", "school", "organisation", "holder"):
        shown = rows.row(one, today)
        number = one.case.student.masked_identity if one.case else one.row.masked_identity if one.row else ""
        state = one.get_settled_display() if one.settled else _("open")
        list_ = f"{one.found_in.school or one.found_in.county} {one.found_in.taken_on.isoformat()}"
        yield (
            one.get_kind_display(), shown["name"], number, shown["school"], one.case.number if one.case else "", shown["ours"], shown["theirs"],
            shown["who"], one.due_on, state, one.reason, list_,
        )  # fmt: skip
