"""What a task is about, beside the case itself: the proposal to decide on, the measure to carry out, the document to serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.documents.models import Document
from cases.protection.models import Receipt
from cases.register.models import CasePlan, Clearance, Means, Outcome, PlanMeasure
from cases.supervision.models import OrderDecision, OrderReply, SupervisionOrder, Verdict
from workflows.models import ExtraTask
from workflows.rows import subject_between
from workflows.rows.described import LISTS, Subject, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from workflows.models import Assignment


def of(assignment: Assignment) -> Subject | None:
    """At most three queries; None for a step that is about the case itself."""
    describe = DESCRIBED.get(assignment.step)
    return describe(assignment) if describe else None


def _pk(assignment: Assignment) -> int:
    assert assignment.seed is not None  # a step about something says what it is about
    return assignment.seed


def _clearance(assignment: Assignment) -> Subject:
    found = Clearance.objects.select_related("proposed_by").prefetch_related("evidence").get(pk=_pk(assignment))
    return clearance(found)


def clearance(found: Clearance) -> Subject:
    """A proposal to take the child off the ledger."""
    rows = [
        (_("Outcome"), found.get_outcome_display()),
        (_("Placement or ground"), label(LISTS[Outcome(found.outcome)], found.code)),
        (_began(Outcome(found.outcome)), _day(found.occurred_on)),
        (_("Until"), _day(found.until)),
        (_("Receiving school"), found.receiving_school),
        (_("School days attended"), _(", ").join(date_format(day, "n-j") for day in found.attendance)),
        (_("Proposed by"), f"{found.proposed_by.name} · {_day(found.proposed_at)}"),
    ]
    return Subject(_("What is proposed"), _filled(rows), found.note, files(found.evidence.all()))


def _began(outcome: Outcome) -> str:
    """What the day of a proposal is, in the words of the form that asked for it."""
    if outcome == Outcome.RETURNED:
        return _("First day back at school")
    return _("From") if outcome == Outcome.DEFERRED else _("Day on which the ground arose")


def _measure(assignment: Assignment) -> Subject:
    found = PlanMeasure.objects.select_related("organisation", "plan").get(pk=_pk(assignment))
    rows = [
        (_("Measure"), found.task),
        (_("Means"), found.get_means_display()),
        (_("Department"), found.organisation.name),
        (_("Goal of the plan"), found.plan.goal),
    ]
    return Subject(_("What the plan asks for"), rows)


def _receipt(assignment: Assignment) -> Subject:
    report = Receipt.objects.select_related("report__by").get(pk=_pk(assignment)).report
    rows = [
        (_("Danger"), report.get_kind_display()),
        (_("Reported by"), report.by.name),
        (_("On"), date_format(localtime(report.at), "DATETIME_FORMAT")),
    ]
    return Subject(_("Mandatory report"), rows, report.facts)


def _document(assignment: Assignment) -> Subject:
    found = Document.objects.select_related("organisation", "scan").get(pk=_pk(assignment))
    rows = [
        (_("Document"), found.get_kind_display()),
        (_("Number"), found.number),
        (_("Dated"), _day(found.dated_on)),
        (_("Issued by"), found.organisation.name),
        (_("Legal basis"), found.legal_basis),
    ]
    return Subject(_("What is to be served"), _filled(rows), found.note, files([found.scan] if found.scan else []))


def _extra(assignment: Assignment) -> Subject:
    found = ExtraTask.objects.select_related("asked_by").get(pk=_pk(assignment))
    return Subject(found.title, [(_("Asked by"), found.asked_by.name)], found.instructions)


def _order(assignment: Assignment) -> Subject:
    found = SupervisionOrder.objects.select_related("issuer", "addressee", "issued_by").get(pk=_pk(assignment))
    rows = [
        (_("Order number"), found.number),
        (_("Issued by"), f"{found.issuer.name} · {found.issued_by.name} · {_day(localtime(found.issued_at).date())}"),
        (_("Addressed to"), found.addressee.name),
        (_("Answer by"), _day(found.answer_by)),
        (_("Basis"), found.legal_basis),
    ]
    back = OrderDecision.objects.filter(reply__order=found, outcome=Verdict.SENT_BACK).order_by("-pk").values_list("reason", flat=True).first()
    if back:
        rows.append((_("Sent back because"), back))
    return Subject(_("Supervision order"), rows, found.demand)


def _reply(assignment: Assignment) -> Subject:
    reply = OrderReply.objects.filter(order=_pk(assignment)).select_related("order__addressee", "by").prefetch_related("evidence").latest("pk")
    rows = [
        (_("Order number"), reply.order.number),
        (_("What was demanded"), reply.order.demand),
        (_("Answered by"), f"{reply.order.addressee.name} · {reply.by.name} · {date_format(localtime(reply.at), 'DATETIME_FORMAT')}"),
    ]
    return Subject(_("The answer of the unit"), rows, reply.text, files(reply.evidence.all()))


def _plan(assignment: Assignment) -> Subject | None:
    found = CasePlan.objects.filter(case=assignment.case_id, episode=assignment.case.episode).prefetch_related("measures__organisation").first()
    return plan(found) if found else None


def plan(found: CasePlan) -> Subject:
    """The case plan with its measures."""
    rows = [
        (_("Main reason"), label(CodeList.REASON, found.reason)),
        (_("Situation"), found.situation),
        (_("Goal"), found.goal),
        (_("Means"), _(", ").join(str(Means(code).label) for code in found.means)),
        (_("Responsible at the school"), found.school_person),
        (_("Responsible at the township"), found.township_person),
        *((measure.organisation.name, measure.task) for measure in found.measures.all()),
    ]
    return Subject(_("Case plan, version %(version)s") % {"version": found.version}, _filled(rows))


def _filled(rows: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in rows if value]


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


DESCRIBED: dict[str, Callable[[Assignment], Subject | None]] = {
    "approve_return": _clearance,
    "approve_deduction": _clearance,
    "approve_deferral": _clearance,
    "department_help": _measure,
    "confirm_receipt": _receipt,
    "serve_order": _document,
    "extra_task": _extra,
    "sign_plan": _plan,
    "answer_order": _order,
    "decide_on_answer": _reply,
    "answer_transfer": subject_between.transfer,
    "answer_inquiry": subject_between.inquiry,
    "spot_check": subject_between.spot_check,
}
