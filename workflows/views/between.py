"""What goes between units: offers of cases and requests for help, each list and each one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.models import Case
from cases.transfers.models import Inquiry, InquiryState, Transfer, TransferState
from workflows import rights
from workflows.models import Assignment
from workflows.rows import described, history

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User

PAGE = 30
TABS = ("received", "given", "asked", "help")
TONES: dict[str, tuple[str, str]] = {
    TransferState.OFFERED: ("amber", "clock"),
    TransferState.ACCEPTED: ("green", "circle-check"),
    TransferState.REFUSED: ("red", "circle-x"),
    TransferState.WITHDRAWN: ("grey", "corner-up-left"),
    TransferState.LAPSED: ("grey", "ban"),
    InquiryState.ASKED: ("amber", "clock"),
    InquiryState.ANSWERED: ("green", "message"),
}


@require_safe
@officers_only
def transfers(request: OfficerRequest) -> HttpResponse:
    """Four lists: cases offered to us, given by us, what others ask of us, what we asked. At most eight queries."""
    tab = request.GET.get("tab", "")
    lists = _lists(request.user)
    waiting = {name: lists[name].filter(state__in=(TransferState.OFFERED, InquiryState.ASKED)).count() for name in ("received", "help")}
    if tab not in TABS:
        tab = "help" if waiting["help"] and not waiting["received"] else "received"
    page = Paginator(lists[tab].order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    names = {"received": _("Offered to us"), "given": _("Given by us"), "help": _("Asked of us"), "asked": _("Asked by us")}
    path = reverse("transfers")
    context = {
        "now": clock.now(),
        "tab": tab,
        "tabs": [{"label": label, "url": f"{path}?tab={name}", "count": waiting.get(name), "current": name == tab} for name, label in names.items()],
        "page": page,
        "rows": [(row, (row.get_state_display(), *TONES[row.state])) for row in page],
        "of_help": tab in {"help", "asked"},
    }
    return render(request, "workflows/transfers.html", context)


def _lists(user: User) -> dict[str, QuerySet[Any]]:
    areas = [post.organisation.area_id for post in user.posts()]

    def side(name: str) -> Q:
        found = Q(pk__in=[])
        for area in areas:
            found |= Q(**{f"{name}_education__area__code__startswith": area[:6]})
        return found

    cases = Transfer.objects.visible_to(user).select_related("case__student", "from_education", "from_school", "to_education", "to_school")
    help_ = Inquiry.objects.visible_to(user).select_related("case__student", "from_education", "to_education")
    return {
        "received": cases.filter(side("to")).exclude(from_county=F("to_county")),
        "given": cases.filter(side("from")),
        "help": help_.filter(side("to")),
        "asked": help_.filter(side("from")),
    }


@require_safe
@officers_only
def transfer(request: OfficerRequest, pk: int) -> HttpResponse:
    """One offer: from where to where, why, with what proof, and what became of it. Who gave the child away reads what was theirs, for good."""
    rows = Transfer.objects.visible_to(request.user).select_related(
        "case__student", "case__school", "from_county", "from_education", "from_school", "from_place", "to_county", "to_education", "to_school",
        "to_place", "to_class", "offered_by", "decided_by",
    )  # fmt: skip
    found = get_object_or_404(rows, pk=pk)
    sees_case = Case.objects.visible_to(request.user).filter(pk=found.case_id).exists()
    record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=clock.now(), transfer=found.pk)
    gave = may_read_what_was(found, request.user)
    entries = history.entries_of(found.case).filter(pk__lte=found.entry_id) if found.entry_id and gave and not sees_case else ()
    task = _task(found.case_id, "transfer", found.pk)
    context = {
        "now": clock.now(),
        "crumbs": [(_("Transfers and help"), reverse("transfers")), (found.case.number, "")],
        "transfer": found,
        "case": found.case,
        "state": (found.get_state_display(), *TONES[found.state]),
        "files": described.files(found.evidence.all()),
        "sees_case": sees_case,
        "before": history.in_words(list(entries)[:60]) if entries else [],
        "task": task,
        "mine": task is not None and rights.may_do(task, request.user),
        "may_withdraw": found.state == TransferState.OFFERED and sees_case and may(request.user, Capability.TRANSFER, found.case),
        "submission": uuid4(),
    }
    return render(request, "workflows/transfer.html", context)


def may_read_what_was(found: Transfer, user: User) -> bool:
    """The giving side, down to the school that the child left: the course of the case up to the day on which it was handed over."""
    return any(post.organisation_id in {found.from_education_id, found.from_school_id} for post in user.posts())


@require_safe
@officers_only
def inquiry(request: OfficerRequest, pk: int) -> HttpResponse:
    """One request for help, with its answer. The asked county reads the least about the child, before its answer and after it."""
    rows = Inquiry.objects.visible_to(request.user).select_related(
        "case__student", "case__school", "from_education", "to_county", "to_education", "asked_by", "answered_by"
    )
    found = get_object_or_404(rows, pk=pk)
    record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=clock.now(), inquiry=found.pk)
    sees_case = Case.objects.visible_to(request.user).filter(pk=found.case_id).exists()
    task = _task(found.case_id, "inquiry", found.pk)
    context = {
        "now": clock.now(),
        "crumbs": [(_("Transfers and help"), f"{reverse('transfers')}?tab={'asked' if sees_case else 'help'}"), (found.case.number, "")],
        "inquiry": found,
        "case": found.case,
        "state": (found.get_state_display(), *TONES[found.state]),
        "files": described.files(found.evidence.all()),
        "sees_case": sees_case,
        "task": task,
        "mine": task is not None and rights.may_do(task, request.user),
        "may_withdraw": found.state == InquiryState.ASKED and sees_case and may(request.user, Capability.TRANSFER, found.case),
        "submission": uuid4(),
    }
    return render(request, "workflows/inquiry.html", context)


def _task(case_id: int, kind: str, seed: int) -> Assignment | None:
    rows = Assignment.objects.filter(case=case_id, kind=kind, seed=seed, state="open").select_related("case", "organisation", "holder")
    found: Assignment | None = rows.first()
    return found
