"""The case list as a file: for a purpose, which the journal keeps; identity numbers only as screens show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.capabilities import Capability, posts_that
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.models import Role
from cases.directory.scoping import case_scope
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.identity import looks_like_identity
from cases.sheets import writing
from workflows import savedfilters
from workflows.models import Listing
from workflows.rows import cases as rows
from workflows.steps import title
from workflows.views import choices
from workflows.views.cases import narrowing
from workflows.views.crumbs import to_cases

if TYPE_CHECKING:
    from cases.register.models import Case

AT_MOST = 20_000


class ExportForm(PlainForm):
    """Why somebody takes children's data out of the system, and as what."""

    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=200, help_text=gettext_lazy("It goes into the journal with your name."))
    kind = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("xlsx", gettext_lazy("Excel workbook (xlsx)")), ("csv", gettext_lazy("Text table (csv)"))],
        initial="xlsx",
        widget=forms.RadioSelect(attrs={"class": "kc-tiles--two"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
@needs(Capability.EXPORT)
def cases(request: OfficerRequest) -> HttpResponseBase:
    """What the list shows under its filters, the whole of it. Asks for a purpose first."""
    asked = QueryDict(request.POST.get("filter", "")[: choices.LONGEST]) if request.method == "POST" else request.GET
    said = asked.dict()
    if looks_like_identity(str(said.get("q", ""))):
        said.pop("q")
    choice, now = choices.of_cases(said), clock.now()
    # of what the list shows, that which a post that takes names out sees: another post lends it no reach
    reach = case_scope(request.user, posts=posts_that(request.user, Capability.EXPORT))
    found = rows.listed(request.user, narrowing(choice, request.user, now) & reach, sort=choice.words["sort"] or "due")
    count = found.count()
    form = ExportForm(request.POST or None)
    if form.is_valid() and count > AT_MOST:
        form.add_error(None, _("At most %(most)s cases in one file. Narrow the filters and export in parts.") % {"most": AT_MOST})
    if form.is_valid():
        lines = list(_lines(found))
        record(
            Verb.LIST_EXPORTED,
            at=now,
            actor=request.user,
            organisation=request.user.posts()[0].organisation,
            remark=form.cleaned_data["purpose"],
            rows=len(lines),
            filter=savedfilters.canonical(Listing.CASES, choice.words | {"tab": choice.tab}),
        )
        return _file(lines, form.cleaned_data["kind"], timezone.localdate(now).isoformat())
    context = {
        "form": form,
        "count": count,
        "filter": _address(said),
        "crumbs": [*to_cases(), (_("Export"), "")],
        "back": f"{reverse('cases')}?{_address(said)}",
    }
    return render(request, "workflows/export.html", context, status=422 if form.errors else 200)


def _address(said: dict[str, Any]) -> str:
    kept = QueryDict(mutable=True)
    kept.update(said)
    return kept.urlencode()


def _heads() -> list[str]:
    return [
        _("Case number"), _("Student"), _("Sex"), _("Born on"), _("Identity number"), _("School"), _("Class"), _("Township"), _("Standing"),
        _("Main reason"), _("Priority household"), _("Opened"), _("Last day at school"), _("On the ledger since"), _("Closed"), _("Present step"),
        _("Responsible"), _("Deadline"),
    ]  # fmt: skip


def _lines(found: Any) -> Iterator[list[object]]:
    case: Case
    for case in found.iterator(chunk_size=2000):
        task: dict[str, Any] = getattr(case, "next_task", None) or {}
        post = str(Role(task["role"]).label) if task.get("role") in Role.values else ""
        student = case.student
        yield [
            case.number, student.name, student.get_sex_display(), student.born_on, student.masked_identity, case.school.name if case.school else "",
            case.school_class.name if case.school_class else "", case.township.name, case.get_standing_display(),
            label(CodeList.REASON, case.reason) if case.reason else "", _("yes") if case.priority_household else "", _day(case.opened_at),
            case.last_attended_on, case.entered_ledger_on, _day(case.closed_at), title(task["step"]) if task else "",
            " · ".join(filter(None, (task.get("organisation"), task.get("who") or post))), _day(getattr(case, "next_due", None)),
        ]  # fmt: skip


def _day(moment: Any) -> object:
    return timezone.localdate(moment) if moment else ""


def _file(lines: list[list[object]], kind: str, day: str) -> HttpResponse:
    if kind == "csv":
        answer = HttpResponse(writing.table_csv(_heads(), lines), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(writing.table_book(_("Cases"), _heads(), lines), content_type=writing.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="cases-{day}.{kind}"'
    return answer
