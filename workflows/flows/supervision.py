"""What runs beside the main road: the mandatory report and an extra task."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from cases.protection.models import Receipt
from workflows.nodes import Join, OfACase, SplitFor, Step


class ProtectionFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.addressees)
    addressees = SplitFor(this.receipts).Each(this.confirm_receipt).Otherwise(this.end)
    confirm_receipt = Step().Next(this.received)
    received = Join().Next(this.end)
    end = flow.End()

    def receipts(self, activation: Activation) -> list[int]:
        """Everybody whom the report was addressed to."""
        return list(Receipt.objects.filter(report_id=activation.process.round).order_by("pk").values_list("pk", flat=True))


class ExtraFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.extra_task)
    extra_task = Step().Next(this.end)
    end = flow.End()
