"""What falls to another unit: answering a transfer, answering a request for help, looking again at a cleared case."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow

from workflows.nodes import OfACase, Step


class TransferFlow(OfACase, flow.Flow):
    # nothing moves before the receiving county has accepted
    start = flow.StartHandle(this.open).Next(this.answer_transfer)
    answer_transfer = Step().Next(this.end)
    end = flow.End()


class InquiryFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.answer_inquiry)
    answer_inquiry = Step().Next(this.end)
    end = flow.End()


class SpotCheckFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.spot_check)
    spot_check = Step().Next(this.end)
    end = flow.End()
