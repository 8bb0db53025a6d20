"""Where a page lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from cases.register.models import Case

Crumbs = list[tuple[str, str]]


def to_case(case: Case) -> Crumbs:
    return [(f"{case.student.name} {case.number}", reverse("case", args=[case.pk]))]


def to_cases() -> Crumbs:
    return [(_("Cases"), reverse("cases"))]
