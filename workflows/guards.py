"""Viewflow stores local variables and the text of an error in `task.data`: a child's data among them. Nothing of that reaches the database."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_save
from viewflow.workflow.models import Task


def scrub(sender: type[Task], instance: Task, **_: Any) -> None:
    """Reduce a stored exception to the fact that there was one."""
    if instance.data and "_exception" in instance.data:
        instance.data["_exception"] = {"scrubbed": True}


def connect() -> None:
    """The one signal receiver on a model in the house."""
    pre_save.connect(scrub, sender=Task, dispatch_uid="workflows.guards")
