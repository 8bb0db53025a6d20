"""One lock for every flow: the row of what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from cases.ledger.models import Report
from cases.register.models import Case
from workflows.models import UnitMatter


class CaseLock:
    """`FOR NO KEY UPDATE` on the case of a process: rows that refer to the case can still be written beside it."""

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            list(Case.objects.select_for_update(no_key=True, of=("self",)).filter(processes=process_pk).values_list("pk"))
            yield


class ReportLock:
    """The same for the report of a process."""

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            list(Report.of_every_kind.select_for_update(no_key=True, of=("self",)).filter(process=process_pk).values_list("pk"))
            yield


class MatterLock:
    """The same for the matter of a process."""

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            list(UnitMatter.objects.select_for_update(no_key=True, of=("self",)).filter(process=process_pk).values_list("pk"))
            yield
