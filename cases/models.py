"""Table of contents: every model, in the order in which a case meets them."""

from cases.attendance.models import Absence, Watch
from cases.codes.models import CodeItem, Setting
from cases.conferences.models import AgendaItem
from cases.directory.models import Appointment, Area, FailingAddress, Organisation, SchoolClass, UnknownName, User
from cases.documents.models import CourtRecord, Document
from cases.files.models import StoredFile
from cases.inspections.models import Finding
from cases.journal.models import Entry, Remark, Seal
from cases.ledger.listmodels import NameList, NameListFile
from cases.ledger.models import Adjustment, Closure, Edition, Line, Report, ReportAct, ReportName
from cases.ledger.stretches import Stretch
from cases.mobile.models import Phone, PhoneFile, PhoneTask, PhotoUpload, VisitUpload
from cases.protection.models import MandatoryReport, Receipt
from cases.register.models import (
    Case,
    CasePlan,
    Clearance,
    Episode,
    Guardian,
    Involvement,
    NumberSeries,
    PlanMeasure,
    StandingChange,
    Student,
    Verification,
)
from cases.rosters.models import Discrepancy, Roster, RosterFile, RosterRow, SameChild, Tally
from cases.spotchecks.models import Draw, SpotCheck
from cases.supervision.models import OrderDecision, OrderReply, SupervisionOrder
from cases.transfers.models import Inquiry, Transfer
from cases.visits.models import HomeVisit, PersuasionRound, VillageCheck
from cases.visits.receiving import Arrival, CorrectionRequest, Denial, LateVisit

__all__ = [
    "Absence",
    "Adjustment",
    "AgendaItem",
    "Appointment",
    "Area",
    "Arrival",
    "Case",
    "CasePlan",
    "Clearance",
    "Closure",
    "CodeItem",
    "CorrectionRequest",
    "CourtRecord",
    "Denial",
    "Discrepancy",
    "Document",
    "Draw",
    "Edition",
    "Entry",
    "Episode",
    "FailingAddress",
    "Finding",
    "Guardian",
    "HomeVisit",
    "Inquiry",
    "Involvement",
    "LateVisit",
    "Line",
    "MandatoryReport",
    "NameList",
    "NameListFile",
    "NumberSeries",
    "OrderDecision",
    "OrderReply",
    "Organisation",
    "PersuasionRound",
    "Phone",
    "PhoneFile",
    "PhoneTask",
    "PhotoUpload",
    "PlanMeasure",
    "Receipt",
    "Remark",
    "Report",
    "ReportAct",
    "ReportName",
    "Roster",
    "RosterFile",
    "RosterRow",
    "SameChild",
    "SchoolClass",
    "Seal",
    "Setting",
    "SpotCheck",
    "StandingChange",
    "StoredFile",
    "Stretch",
    "Student",
    "SupervisionOrder",
    "Tally",
    "Transfer",
    "UnknownName",
    "User",
    "Verification",
    "VillageCheck",
    "VisitUpload",
    "Watch",
]
