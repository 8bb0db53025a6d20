"""Where a page lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from cases.register.models import Case
    from workflows.models import Assignment

Crumbs = list[tuple[str, str]]


def to_case(case: Case) -> Crumbs:
    return [(f"{case.student.name} {case.number}", reverse("case", args=[case.pk]))]


def to_subject(task: Assignment) -> Crumbs:
    """To the case or the report that a task is about; a matter of a unit has no page above its task."""
    if task.matter is not None:
        return []
    if task.report is None:
        return to_case(task.case)
    return [(_("Monthly reports"), reverse("ledger-reports")), (task.report.unit.name, task.report.get_absolute_url())]


def to_cases() -> Crumbs:
    return [(_("Cases"), reverse("cases"))]
