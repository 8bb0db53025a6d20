"""Table of contents: every model, and the choices that its columns know. Import them from here."""

from workflows.models.allowances import CalendarDay, DayKind, Ladder, SchoolTerm, StepPolicy, Unit
from workflows.models.deadlines import Deadline, DeadlineState, Fire, FireOutcome
from workflows.models.desk import BulkAction, BulkJob, BulkOutcome, BulkResult, BulkRow, Listing, SavedFilter
from workflows.models.escalations import Decision, Escalation, EscalationState
from workflows.models.health import AuditRun, Heartbeat
from workflows.models.matters import MatterKind, UnitMatter
from workflows.models.processes import FLOW_OF_REPORT, CaseProcess, Kind, MatterProcess, ReportProcess
from workflows.models.tasks import Assignment, AssignmentState, ExtensionRequest, ExtraTask, RequestState

__all__ = [
    "FLOW_OF_REPORT",
    "Assignment",
    "AssignmentState",
    "AuditRun",
    "BulkAction",
    "BulkJob",
    "BulkOutcome",
    "BulkResult",
    "BulkRow",
    "CalendarDay",
    "CaseProcess",
    "DayKind",
    "Deadline",
    "DeadlineState",
    "Decision",
    "Escalation",
    "EscalationState",
    "ExtensionRequest",
    "ExtraTask",
    "Fire",
    "FireOutcome",
    "Heartbeat",
    "Kind",
    "Ladder",
    "Listing",
    "MatterKind",
    "MatterProcess",
    "ReportProcess",
    "RequestState",
    "SavedFilter",
    "SchoolTerm",
    "StepPolicy",
    "Unit",
    "UnitMatter",
]
