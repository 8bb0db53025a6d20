"""Whom to call about a child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.codes.models import CodeList
from cases.codes.services import label

if TYPE_CHECKING:
    from cases.register.models import Guardian, Student


def contacts(student: Student) -> list[tuple[Guardian, str]]:
    """The guardians with their relation in words, the main one first; one query."""
    return [(guardian, label(CodeList.RELATION, guardian.relation)) for guardian in student.guardians.order_by("-is_main", "pk")]
