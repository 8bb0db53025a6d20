"""Tasks that lie on a phone of which nothing has been heard for two days (workflows.silence), marked in the lists of whoever supervises."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cases.mobile.models import PhoneTask


def since(task: str, case: str = "case_id") -> Subquery:
    """When the phone that took this task along was last heard of; None while it is not silent. By the index of silent phones of a case."""
    return Subquery(_phones(task, case).order_by("phone__heard_at").values("phone__heard_at")[:1])


def is_silent(task: str, case: str = "case_id") -> Q:
    """Whether a phone that took this task along is silent."""
    return Q(Exists(_phones(task, case)))


def _phones(task: str, case: str) -> QuerySet[PhoneTask]:
    rows: QuerySet[PhoneTask] = PhoneTask.objects.silent().filter(case=OuterRef(case), task=OuterRef(task))
    return rows
