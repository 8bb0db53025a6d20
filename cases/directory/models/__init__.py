"""Table of contents: every model, and the choices that its columns know. Import them from here."""

from cases.directory.models.lockout import FailingAddress, UnknownName
from cases.directory.models.people import Appointment, Role, User
from cases.directory.models.places import Area, Department, Level, Line, Organisation, OrganisationKind, SchoolClass

__all__ = [
    "Appointment",
    "Area",
    "Department",
    "FailingAddress",
    "Level",
    "Line",
    "Organisation",
    "OrganisationKind",
    "Role",
    "SchoolClass",
    "UnknownName",
    "User",
]
