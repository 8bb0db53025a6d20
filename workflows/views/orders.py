"""Supervision orders: the list, one order, its paper, issuing one and taking one back. Answering and deciding are tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from cases.directory.answering import ANSWERS_FOR
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import OrganisationKind
from cases.journal import clock
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.identity import looks_like_identity
from cases.register.models import Case
from cases.supervision import services as supervision
from cases.supervision.forms import IssueForm, WithdrawForm
from cases.supervision.models import OPEN, OrderState, SupervisionOrder
from workflows import planning, rights, supervising
from workflows.models import Assignment, Escalation
from workflows.rows import orders as rows
from workflows.steps import title
from workflows.views.crumbs import to_case
from workflows.views.filters import ListFilter, one_of

if TYPE_CHECKING:
    from cases.directory.models import User

PAPER_LANGUAGE = "zh-hans"  # the language of the offices' papers, whatever the reader's is


class OrderFilter(ListFilter):
    state = one_of(gettext_lazy("All states"))
    unit = one_of(gettext_lazy("All kinds of unit"))
    late = forms.ChoiceField(
        label=gettext_lazy("All deadlines"), required=False, choices=[("", gettext_lazy("All deadlines")), ("1", gettext_lazy("Overdue"))]
    )


@require_safe
@officers_only
def orders(request: OfficerRequest) -> HttpResponseBase:
    """What my unit must answer, what my post issued, and every order that I may see. At most eight queries, however long."""
    if looks_like_identity(request.GET.get("q", "")):
        messages.warning(request, _("An identity number must not stand in an address. Use “Find by identity number” instead."))
        return redirect("orders")
    user, now = request.user, clock.now()
    form = OrderFilter(request.GET)
    form.offer("state", [(state.value, str(state.label)) for state in OrderState])
    form.offer("unit", [(kind.value, str(kind.label)) for kind in OrganisationKind if kind in ANSWERS_FOR])
    usual = "issued" if may(user, Capability.ISSUE_SUPERVISION) else "answer"
    tab = request.GET.get("tab", usual)
    tab = tab if tab in rows.TABS else usual
    words = {name: form.value_of(name) for name in ("q", "state", "unit")}
    late = bool(form.value_of("late"))
    found = rows.listed(user, tab=tab, now=now, page=request.GET.get("page"), late=late, **words)
    names = {"answer": _("For my unit to answer"), "issued": _("Issued by my post"), "all": _("All")}
    path = reverse("orders")
    context = {
        "now": now,
        "form": form,
        "filtered": late or any(words.values()),
        "tab": tab,
        "tabs": [{"label": label, "url": f"{path}?tab={name}", "count": found.counts[name], "current": name == tab} for name, label in names.items()],
        "page": found.page,
        "rows": [(row, rows.tag_of(row)) for row in found.page],
    }
    return render(request, "workflows/orders.html", context)


@require_safe
@officers_only
def order(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One order: what is demanded, by when, what was answered and decided."""
    found = _get(request.user, pk)
    record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=clock.now(), order=found.pk)
    task = Assignment.objects.filter(case=found.case_id, kind="order", seed=found.pk, state="open").select_related("case", "organisation").first()
    context = {
        "now": clock.now(),
        "crumbs": [(_("Supervision orders"), reverse("orders")), (found.number, "")],
        "order": found,
        "case": found.case,
        "state": rows.tag_of(found),
        "rounds": rows.rounds(found),
        "files": [file for reply in found.replies.prefetch_related("evidence") for file in reply.evidence.all()],
        "task": task,
        "task_title": title(task.step) if task else "",
        "mine": task is not None and rights.may_do(task, request.user),
        "may_withdraw": found.state in OPEN and supervision.is_issuer(request.user, found),
        "sees_case": Case.objects.visible_to(request.user).filter(pk=found.case_id).exists(),
    }
    return render(request, "workflows/order.html", context)


@require_safe
@officers_only
def paper(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The order as a sheet of A4, in Chinese."""
    found = _get(request.user, pk)
    record(Verb.CASE_VIEWED, case=found.case, actor=request.user, at=clock.now(), order=found.pk)
    with override(PAPER_LANGUAGE):
        context = {
            "order": found,
            "case": found.case,
            "rounds": rows.rounds(found)[1:],
            "printed_by": request.user.name,
            "now": clock.now(),
            "crumbs": [(_("Supervision orders"), reverse("orders")), (found.number, found.get_absolute_url()), (_("Print"), "")],
        }
        return render(request, "workflows/order_paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def issue(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """A new order about a case; `?escalation=` brings the unit, the words and the day."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "county"), pk=pk)
    if not may(request.user, Capability.ISSUE_SUPERVISION, case):
        raise PermissionDenied(_("Your post does not allow this."))
    form = IssueForm(request.POST or None, case=case, user=request.user, initial=_proposal(request, case))
    submission = submission_of(request)
    if form.is_valid():
        try:
            done = carry_out(form, lambda: supervising.issue_order(case, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect("orders")
        if done is not None:
            messages.success(
                request, _("Supervision order %(number)s was issued to %(unit)s.") % {"number": done.number, "unit": done.addressee.name}
            )
            return redirect(done)
    context = {
        "case": case,
        "form": form,
        "submission": submission or uuid4(),
        "crumbs": [*to_case(case), (_("Issue a supervision order"), "")],
    }
    return render(request, "workflows/order_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def withdraw(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Take back an order of one's own post."""
    found = _get(request.user, pk)
    if not supervision.is_issuer(request.user, found):
        raise PermissionDenied(_("Only whoever issued an order can withdraw it."))
    form = WithdrawForm(request.POST or None, case=found.case, user=request.user)
    submission = submission_of(request)
    if form.is_valid():
        try:
            carry_out(form, lambda: supervision.withdraw_order(found, **form.cleaned_data, by=request.user, now=form.now, submission=submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect(found)
        if not form.errors:
            messages.success(request, _("The order was withdrawn."))
            return redirect(found)
    context = {
        "order": {
            "title": _("Withdraw the order"),
            "text": _("The unit need not answer any more. The order stays on record."),
            "button": _("Withdraw the order"),
            "icon": "ban",
            "dangerous": True,
        },
        "form": form,
        "submission": submission or uuid4(),
        "back": found.get_absolute_url(),
        "crumbs": [(_("Supervision orders"), reverse("orders")), (found.number, found.get_absolute_url()), (_("Withdraw the order"), "")],
    }
    return render(request, "workflows/supervise.html", context, status=422 if form.errors else 200)


def _get(user: User, pk: int) -> SupervisionOrder:
    rows_ = SupervisionOrder.objects.visible_to(user).select_related(
        "case__student", "case__school", "case__school_class", "case__township", "county", "addressee", "issuer", "issued_by"
    )
    found: SupervisionOrder = get_object_or_404(rows_, pk=pk)
    return found


def _proposal(request: OfficerRequest, case: Case) -> dict[str, Any]:
    """What the form says before anybody typed: the usual day, and what the escalation that is answered knows."""
    now = clock.now()
    said: dict[str, Any] = {"answer_by": localdate(planning.plan("answer_order", now=now, county_id=case.county_id).due_at)}
    number = request.GET.get("escalation", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return said
    found = Escalation.objects.visible_to(request.user).filter(pk=int(number), case=case).select_related("assignment__organisation").first()
    if found is None:
        return said
    task = found.assignment
    due = localdate(task.due_at) if task.due_at else localdate(now)
    words = gettext_lazy(
        "The task “%(task)s” was due on %(day)s and is %(days)s days overdue. Finish it at once and report what was done, with proof."
    )
    late = max((localdate(now) - due).days, 0)
    said |= {"escalation": found.pk, "addressee": task.organisation_id}
    with override(PAPER_LANGUAGE):
        said["demand"] = str(words) % {"task": title(task.step), "day": date_format(due), "days": late}
    return said
