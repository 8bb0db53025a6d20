"""What runs beside the main road: the mandatory report, an extra task, a supervision order."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from cases.protection.models import Receipt
from cases.supervision.models import OrderState, SupervisionOrder
from workflows.nodes import If, Join, OfACase, SplitFor, Step


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


def _sent_back(activation: Activation) -> bool:
    """Whether the unit has to answer again."""
    return bool(SupervisionOrder.objects.filter(pk=activation.process.round, state=OrderState.ISSUED).exists())


class OrderFlow(OfACase, flow.Flow):
    # whoever demands an answer decides on it, until it is accepted or somebody is held accountable
    start = flow.StartHandle(this.open).Next(this.answer_order)
    answer_order = Step().Next(this.decide_on_answer)
    decide_on_answer = Step().Next(this.is_sent_back)
    is_sent_back = If(_sent_back).Then(this.answer_order).Else(this.end)
    end = flow.End()
