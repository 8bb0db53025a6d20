"""Many differences settled with one reason: first which they are and what would be refused, then how and why, then it is done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cases.directory.capabilities import Capability
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.journal import clock
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.rosters import rows, settling
from cases.rosters.forms import IN_BULK, SettleForm
from cases.rosters.models import Difference
from cases.rosters.views_export import LONGEST

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from cases.rosters.models import Discrepancy

PICKED, SHOWN, REFUSED = 500, 30, 20


@require_POST
@officers_only
@needs(Capability.RECONCILE)
def settle_many(request: OfficerRequest) -> HttpResponseBase:
    """What was picked on the worklist, or all that its filters show."""
    now = clock.now()
    today, back = clock.day(now), _back(request)
    found = _picked(request, today)
    some = list(found[: settling.AT_MOST])
    if not some:
        messages.info(request, _("Nothing of what you picked is open any more."))
        return redirect(back)
    able = [one for one in some if settling.may_settle(request.user, one)]
    sure = "sure" in request.POST
    form = SettleForm(request.POST if sure else None, ways=IN_BULK, reason_needed=True)
    submission = submission_of(request)
    if sure and form.is_valid():
        try:
            done, refused = settling.settle_many(some, **form.cleaned_data, by=request.user, now=now, submission=submission)
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect(back)
        if done:
            messages.success(request, ngettext("%(count)d difference is settled.", "%(count)d differences are settled.", done) % {"count": done})
        for one, words in refused[:REFUSED]:
            messages.error(request, f"{rows.row(one, today)['name'] or one.get_kind_display()}: {words}")
        if len(refused) > REFUSED:
            messages.error(request, _("%(count)d more were refused; they stand on the worklist still.") % {"count": len(refused) - REFUSED})
        return redirect(back)
    count = found.count()
    context: dict[str, Any] = {
        "form": form,
        "count": len(some),
        "more": count - len(some),
        "not_mine": len(some) - len(able),
        "kinds": [(Difference(kind).label, n) for kind, n in Counter(one.kind for one in some).most_common()],
        "picked": [rows.row(one, today) for one in some[:SHOWN]],
        "all": bool(request.POST.get("all")),
        "filter": request.POST.get("filter", "")[:LONGEST],
        "picks": [] if request.POST.get("all") else [one.pk for one in some],
        "next": back,
        "submission": submission or uuid4(),
        "crumbs": [(_("Agreement of the ledgers"), reverse("rosters")), (_("Settle many"), "")],
    }
    return render(request, "cases/rosters/settle_many.html", context, status=422 if form.errors else 200)


def _picked(request: OfficerRequest, today: date) -> QuerySet[Discrepancy]:
    """Open differences that the user sees: those of the boxes, or all that the filters show; a pair is decided one by one."""
    said = QueryDict(request.POST.get("filter", "")[:LONGEST]).dict() if request.POST.get("all") else {}
    _form, found = rows.narrowed(request.user, said, today)
    if not request.POST.get("all"):
        words = request.POST.getlist("difference")[:PICKED]
        found = found.filter(pk__in=[int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19])
    return found.filter(settled="").exclude(kind=Difference.POSSIBLE)


def _back(request: OfficerRequest) -> str:
    path = request.POST.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else reverse("rosters")
