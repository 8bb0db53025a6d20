"""The list of cases, and finding one by an identity number without ever writing that number into an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.codes.models import CodeList
from cases.codes.services import choices as codes
from cases.codes.services import label
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Role
from cases.register import identity
from cases.register.models import Case, Standing
from workflows.models import Listing
from workflows.rows import cases as rows
from workflows.rows.desk import look
from workflows.rows.progress import tag_of
from workflows.steps import STEPS, title
from workflows.views import choices, filters, saved
from workflows.views.crumbs import to_cases
from workflows.views.links import find as find_link

if TYPE_CHECKING:
    from django.db.models import Q

    from cases.directory.models import User

OUT = (Standing.SUSPECTED, Standing.STILL_OUT)  # days of absence still count


@require_safe
@officers_only
def cases(request: OfficerRequest) -> HttpResponseBase:
    """At most eight queries with everything that the frame asks, however long the list is."""
    if identity.looks_like_identity(request.GET.get("q", "")):
        messages.warning(request, _("An identity number must not stand in an address. Use “Find by identity number” instead."))
        return redirect("cases")  # nothing on the page leads to that address again
    user, seen = request.user, look(request.user, Listing.CASES)
    if opened := saved.opens_with(request, seen):
        return opened
    now, choice = seen.now, choices.of_cases(request.GET)
    form = choice.form
    chosen = narrowing(choice, user, now)
    found = rows.facets(user, chosen, now=now)
    page = rows.list_page(user, chosen, request.GET.get("page"), sort=choice.words["sort"] or "due", length=found.shown)
    _offer(form, found)
    context = {
        "now": now,
        "form": form,
        "filtered": choice.filtered,
        "unfiltered": saved.EVERYTHING,
        "saved": saved.chips(request, seen, Listing.CASES),
        "tabs": _tabs(choice.tab, found),
        "tab": choice.tab,
        "address": request.GET.urlencode(),
        "may_export": may(user, Capability.EXPORT),
        "shown": found.shown,
        "page": page,
        "rows": [_row(row, localdate(now)) for row in page],
        "report_url": find_link("report") if may(user, Capability.OPEN_CASE) else "",
    }
    return render(request, "workflows/cases.html", context)


def narrowing(choice: choices.Choice, user: User, now: datetime) -> Q:
    """The condition that an address of the list stands for."""
    words = dict(choice.words)
    late, _sort = bool(words.pop("late")), words.pop("sort")
    return rows.narrowed(now=now, by_county=rows.wide(user), tab=choice.tab, late=late, **words)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def find(request: OfficerRequest) -> HttpResponseBase:
    """The case of the child with this identity number, if the user may see it; the number is in no address and in no log.

    The search of every page posts its words here, too: anything but an identity number goes on to the list of cases.
    """
    if request.method != "POST":
        return render(request, "workflows/find.html", {"crumbs": [*to_cases(), (_("Find by identity number"), "")]})
    words = request.POST.get("q", "").strip()
    if words and not identity.looks_like_identity(words):
        return redirect(f"{reverse('cases')}?{urlencode({'q': words[:60]})}")
    number = words or request.POST.get("identity", "")
    try:
        number = identity.check(number)
    except identity.BadIdentity as refusal:
        messages.error(request, str(refusal))
        return redirect("cases")
    case = Case.objects.visible_to(request.user).filter(student__id_hash=identity.hashed(number)).first()
    if case is None:
        messages.warning(request, _("You may see no case of a child with this identity number."))
        return redirect("cases")
    return redirect(case)


def _offer(form: filters.CaseFilter, found: rows.Facets) -> None:
    form.offer("standing", [(standing.value, str(standing.label)) for standing in Standing])
    form.offer("step", [(step, title(step)) for step in STEPS])
    form.offer("place", filters.places(found.places))
    form.offer("school", filters.places(found.schools))
    form.offer("reason", codes(CodeList.REASON))
    for name, options in (("place", found.places), ("school", found.schools)):
        if len(options) < 2 and not form.value_of(name):
            del form.fields[name]  # nothing to choose between


def _tabs(tab: str, found: rows.Facets) -> list[dict[str, Any]]:
    names = {"suspected": _("Suspected"), "ledger": _("On the ledger"), "all": _("All"), "closed": _("Closed")}
    path = reverse("cases")
    return [{"label": words, "url": f"{path}?tab={name}", "count": found.tabs[name], "current": name == tab} for name, words in names.items()]


@dataclass(frozen=True)
class CaseRow:
    """A case as the list shows it."""

    case: Any
    standing: tuple[str, str, str]
    reason: str
    absent: int | None
    step: str
    who: str
    due_at: datetime | None


def _row(case: Any, today: date) -> CaseRow:
    task: dict[str, Any] = case.next_task or {}
    post = str(Role(task["role"]).label) if task.get("role") in Role.values else ""
    return CaseRow(
        case=case,
        standing=tag_of(case),
        reason=label(CodeList.REASON, case.reason) if case.reason else "",
        absent=(today - case.last_attended_on).days if case.last_attended_on and not case.closed_at and case.standing in OUT else None,
        step=title(task["step"]) if task else "",
        who=" · ".join(filter(None, (task.get("organisation"), task.get("who") or post))),
        due_at=case.next_due,
    )
