"""The list of names of a month: a short one at once, a long one made beside the requests while one watches, or goes."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.ledger import jobs, listing, tables
from cases.ledger.listmodels import NameList
from cases.ledger.namelist import Export, names_book
from cases.ledger.views_files import unit_of
from cases.ledger.views_report import month_of
from cases.register.caseform import submission_of
from cases.sheets.writing import CONTENT_TYPE

LATELY = 8  # lists that the page shows beside the form

logger = logging.getLogger(__name__)


class NamesForm(PlainForm):
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
def names(request: OfficerRequest) -> HttpResponseBase:
    """The list of names of a month as a workbook. Asks for a purpose first, and keeps it."""
    now, unit = clock.now(), unit_of(request)
    year, month = month_of(request, timezone.localdate(now))
    if not listing.may_take(request.user, full=False, unit=unit.pk):
        raise Http404  # the ledger of this area is open to a post that takes no names out
    editions = list(tables.latest_editions(year, month, unit.pk))
    count = sum(edition.names.count() for edition in editions)
    form = NamesForm(request.POST or None)
    if not listing.may_take(request.user, full=True, unit=unit.pk):
        del form.fields["full"]
    if form.is_valid():
        purpose, full = form.cleaned_data["purpose"], bool(form.cleaned_data.get("full"))
        if count <= listing.AT_HAND:
            book, rows = names_book(editions, Export(request.user, now, full))
            said: dict[str, Any] = {"rows": rows, "ledger": f"{year}-{month:02}", "unit": unit.pk, "full": full}
            record(Verb.LIST_EXPORTED, at=now, actor=request.user, remark=purpose, **said)
            return _workbook(book, year, month, unit.pk)
        token = submission_of(request) or uuid4()
        try:
            made = listing.ask(unit, year, month, purpose=purpose, full=full, total=count, by=request.user, now=now, submission=token)
        except AlreadyRecorded:
            return redirect(get_object_or_404(NameList.objects.visible_to(request.user), submission=token))
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            _hand_over(made)
            return redirect(made)
    context = {
        "form": form,
        "count": count,
        "is_long": count > listing.AT_HAND,
        "unit": unit,
        "year": year,
        "month": month,
        "mine": NameList.objects.visible_to(request.user).select_related("unit").order_by("-pk")[:LATELY],
        "submission": submission_of(request) or uuid4(),
        "back": f"/ledger/reports/?year={year}&month={month}",
        "crumbs": [(_("Monthly reports"), f"/ledger/reports/?year={year}&month={month}"), (_("List of names"), "")],
    }
    return render(request, "cases/ledger/names_export.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@officers_only
def made(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """How far a long list is, asked again every two seconds; when it is ready, where it lies."""
    found = _mine(request, pk)
    month = f"year={found.year}&month={found.month}"
    form = f"{reverse('ledger-names')}?{month}&unit={found.unit_id}"
    way = [(_("Monthly reports"), f"{reverse('ledger-reports')}?{month}"), (_("List of names"), form), (found.unit.name, "")]
    context = {"list": found, "again": form, "crumbs": way}
    return render(request, "cases/ledger/names_made.html", context)


@never_cache
@require_safe
@officers_only
def taken(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The workbook itself."""
    found = _mine(request, pk)
    try:
        book = listing.take_out(found, by=request.user, now=clock.now())
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    return _workbook(book, found.year, found.month, found.unit_id)


@require_POST
@officers_only
def cancel(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """It is not wanted any more; what is there is destroyed."""
    found = _mine(request, pk)
    if listing.cancel(found):
        messages.success(request, _("Cancelled. Nothing of the list is kept."))
    else:
        messages.info(request, _("There was nothing left to cancel."))
    return redirect(found)


def _mine(request: OfficerRequest, pk: int) -> NameList:
    found: NameList = get_object_or_404(NameList.objects.visible_to(request.user).select_related("unit"), pk=pk)
    return found


def _hand_over(made: NameList) -> None:
    """Ask a worker. Where the broker is away the sweeper's loop finds the list within seconds."""
    try:
        jobs.make_list.delay(made.pk)
    except OperationalError:
        logger.warning("list of names %s waits for the sweeper: the broker does not answer", made.pk)


def _workbook(book: bytes, year: int, month: int, unit: str) -> HttpResponse:
    answer = HttpResponse(book, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="names-{year}-{month:02}-{unit}.xlsx"'
    return answer
