"""Table of contents: every model, in the order in which a case meets them."""

from cases.attendance.models import Watch
from cases.codes.models import CodeItem, Setting
from cases.directory.models import Appointment, Area, Organisation, SchoolClass, UnknownName, User
from cases.documents.models import CourtRecord, Document
from cases.files.models import StoredFile
from cases.journal.models import Entry, Remark, Seal
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
from cases.visits.models import HomeVisit, PersuasionRound, VillageCheck

__all__ = [
    "Appointment",
    "Area",
    "Case",
    "CasePlan",
    "Clearance",
    "CodeItem",
    "CourtRecord",
    "Document",
    "Entry",
    "Episode",
    "Guardian",
    "HomeVisit",
    "Involvement",
    "MandatoryReport",
    "NumberSeries",
    "Organisation",
    "PersuasionRound",
    "PlanMeasure",
    "Receipt",
    "Remark",
    "SchoolClass",
    "Seal",
    "Setting",
    "StandingChange",
    "StoredFile",
    "Student",
    "UnknownName",
    "User",
    "Verification",
    "VillageCheck",
    "Watch",
]
