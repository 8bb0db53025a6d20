"""Which form a task shows and which service it calls: one line a step. A page never advances a flow; it records what somebody did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cases.attendance.forms import WatchForm
from cases.attendance.services import record_watch
from cases.documents.courts import record_court, refer
from cases.documents.forms import CourtForm, DocumentForm, ReferralForm, ServiceForm
from cases.documents.models import Document
from cases.documents.services import file_document, serve_document
from cases.protection.forms import ReceiptForm
from cases.protection.models import Receipt
from cases.protection.services import confirm_receipt
from cases.register import clearance, decisions, plans, verification
from cases.register.clearanceforms import DecisionForm, DeferralEndForm, ReturnForm
from cases.register.forms import ConclusionForm, HelpAnswerForm, LeaveEndForm, PlanForm, PlanSignForm
from cases.register.models import Clearance, PlanMeasure
from cases.rosters.entering import enter_in_roll
from cases.rosters.forms import RollEntryForm
from cases.spotchecks.forms import SpotCheckForm
from cases.spotchecks.models import SpotCheck
from cases.spotchecks.services import record_check
from cases.supervision.forms import ReplyForm, VerdictForm
from cases.supervision.models import SupervisionOrder
from cases.supervision.services import answer_order, decide_on_answer
from cases.transfers import inquiries
from cases.transfers import services as transfers
from cases.transfers.forms import InquiryAnswerForm, TransferAnswerForm
from cases.transfers.models import Inquiry, Transfer
from cases.visits.forms import RoundForm, VillageCheckForm, VisitForm
from cases.visits.rounds import check_village, hold_round
from cases.visits.services import log_visit
from workflows.extratasks import answer_extra
from workflows.forms import ExtraAnswerForm
from workflows.models import ExtraTask

if TYPE_CHECKING:
    from django import forms
    from django.db import models

    from workflows.models import Assignment


@dataclass(frozen=True)
class Action:
    form: Callable[..., forms.BaseForm]
    service: Callable[..., Any]
    subject: type[models.Model] | None = None  # what the task is about, when that isn't the case itself
    fixed: dict[str, Any] = field(default_factory=dict)  # arguments that the step decides, not the person
    despite_pause: bool = False  # danger waits for nothing

    def subject_of(self, assignment: Assignment) -> Any:
        """The row that the service takes first."""
        return self.subject._default_manager.get(pk=assignment.seed) if self.subject else assignment.case

    def form_for(self, assignment: Assignment, user: Any, data: Any = None, files: Any = None) -> forms.BaseForm:
        subject = self.subject_of(assignment) if self.subject else None
        return self.form(data, files, case=assignment.case, user=user, subject=subject, initial=dict(self.fixed))


VISIT = Action(VisitForm, log_visit)

ACTIONS: dict[str, Action] = {
    "first_visit": VISIT,
    "persuade_suspected": VISIT,
    "school_persuasion": VISIT,
    "township_persuasion": VISIT,
    "village_check": Action(VillageCheckForm, check_village),
    "conclude_verification": Action(ConclusionForm, verification.conclude_verification),
    "leave_ends": Action(LeaveEndForm, verification.end_leave),
    "write_plan": Action(PlanForm, plans.write_plan),
    "sign_plan": Action(PlanSignForm, plans.sign_plan),
    "joint_persuasion": Action(RoundForm, hold_round),
    "department_help": Action(HelpAnswerForm, plans.answer_help, PlanMeasure),
    "written_report": Action(DocumentForm, file_document, fixed={"kind": "written_report"}),
    "talk_on_record": Action(DocumentForm, file_document, fixed={"kind": "talk_record"}),
    "issue_order": Action(DocumentForm, file_document, fixed={"kind": "order_to_comply"}),
    "penalty": Action(DocumentForm, file_document, fixed={"kind": "penalty_decision"}),
    "serve_order": Action(ServiceForm, serve_document, Document),
    "refer": Action(ReferralForm, refer),
    "follow_case_in_court": Action(CourtForm, record_court),
    "confirm_return": Action(ReturnForm, clearance.propose_return),
    "approve_return": Action(DecisionForm, decisions.decide, Clearance),
    "approve_deduction": Action(DecisionForm, decisions.decide, Clearance),
    "approve_deferral": Action(DecisionForm, decisions.decide, Clearance),
    "watch_30": Action(WatchForm, record_watch, fixed={"number": 30}),
    "watch_60": Action(WatchForm, record_watch, fixed={"number": 60}),
    "watch_90": Action(WatchForm, record_watch, fixed={"number": 90}),
    "deferral_ends": Action(DeferralEndForm, clearance.end_deferral),
    "confirm_receipt": Action(ReceiptForm, confirm_receipt, Receipt, despite_pause=True),
    "extra_task": Action(ExtraAnswerForm, answer_extra, ExtraTask),
    "answer_order": Action(ReplyForm, answer_order, SupervisionOrder),
    "decide_on_answer": Action(VerdictForm, decide_on_answer, SupervisionOrder),
    "answer_transfer": Action(TransferAnswerForm, transfers.answer, Transfer),
    "answer_inquiry": Action(InquiryAnswerForm, inquiries.answer, Inquiry, despite_pause=True),
    "enter_school_roll": Action(RollEntryForm, enter_in_roll, despite_pause=True),
    "spot_check": Action(SpotCheckForm, record_check, SpotCheck, despite_pause=True),
}
