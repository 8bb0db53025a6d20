"""What an extra task asks for, and where whoever took a task over sits: said in the lists, without a query of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When

from cases.directory.models import Appointment
from workflows.models import ExtraTask
from workflows.steps import title

if TYPE_CHECKING:
    from datetime import date

EXTRA = "extra_task"


def asked_of(seed: Any) -> Subquery:
    """The title of the extra task that `seed` names; of use for the tasks of that step alone, since elsewhere a seed names something else."""
    return Subquery(ExtraTask.objects.filter(pk=seed).values("title")[:1])


def titled(step: str, asked: str | None) -> str:
    """The name of a step; of an extra task what it asks for."""
    return f"{title(step)}：{asked}" if step == EXTRA and asked else title(step)


def sits_elsewhere(task: str, today: date) -> Case:
    """The name of the unit of whoever took a task over from another one (`task`: the path to it); NULL where the holder is at its own unit."""
    present = Q(since__lte=today) & (Q(until=None) | Q(until__gte=today))
    held = Appointment.objects.filter(present, user=OuterRef(f"{task}holder"))
    at_home = Exists(held.filter(organisation=OuterRef(f"{task}organisation")))
    unit = Subquery(held.order_by("pk").values("organisation__name")[:1])
    return Case(When(at_home, then=Value(None)), default=unit, output_field=CharField())
