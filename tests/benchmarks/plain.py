"""The same two steps in viewflow as its documentation shows it, with the waiting lock: what our own is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Task

from cases.directory.models import User


class PlainFlow(flow.Flow):  # type: ignore[misc]  # viewflow ships no types
    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle().Next(this.write)
    write = flow.View(None).Next(this.sign)
    sign = flow.View(None).Next(this.end)
    end = flow.End()


@transaction.atomic
def begin(number: int) -> list[tuple[int, int]]:
    """So many processes whose first step is open; the pks of each and of that step's task."""
    processes = [PlainFlow.start.run() for _ in range(number)]
    return list(Task.objects.filter(process__in=processes, flow_task=PlainFlow.write).order_by("pk").values_list("process", "pk"))


def complete(process: int, pk: int, by: User) -> None:
    """Claim, start and execute at once, as the wrapper around viewflow's pages locks and reads a task."""
    with _locked(process, pk) as activation:
        activation.assign(by)
        _execute(activation, by)


def claim_and_complete(process: int, pk: int, by: User) -> None:
    """The same by viewflow's own pages, which have one request for the claim and another for the rest."""
    with _locked(process, pk) as activation:
        activation.assign(by)
    with _locked(process, pk) as activation:
        _execute(activation, by)


@contextmanager
def _locked(process: int, pk: int) -> Iterator[Any]:
    with PlainFlow.lock(process), transaction.atomic():
        task = get_object_or_404(Task, pk=pk)
        yield task.flow_task.activation_class(task)


def _execute(activation: Any, by: User) -> None:
    request = HttpRequest()
    request.user = by
    activation.start(request)
    activation.execute()
