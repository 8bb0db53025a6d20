"""Table of contents: every model, and the choices that its columns know. Import them from here."""

from cases.register.models.cases import Case, Episode, Involvement, NumberSeries, Standing, StandingChange
from cases.register.models.children import Guardian, Sex, Student
from cases.register.models.clearance import Clearance, ClearanceState, Outcome
from cases.register.models.plans import CasePlan, HelpAnswer, Means, PlanMeasure
from cases.register.models.verification import Conclusion, Verification

__all__ = [
    "Case",
    "CasePlan",
    "Clearance",
    "ClearanceState",
    "Conclusion",
    "Episode",
    "Guardian",
    "HelpAnswer",
    "Involvement",
    "Means",
    "NumberSeries",
    "Outcome",
    "PlanMeasure",
    "Sex",
    "Standing",
    "StandingChange",
    "Student",
    "Verification",
]
