"""The ways off the ledger: return, deduction, deferred enrolment. Whoever proposes never approves."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from cases.register.models import ClearanceState, Standing
from workflows.nodes import If, OfACase, Step, standing_is


def _proposed(activation: Activation) -> bool:
    """The school confirmed the return; else the child did not stay."""
    return bool(activation.process.case.clearances.filter(outcome="returned", state=ClearanceState.PROPOSED).exists())


def _attends(activation: Activation) -> bool:
    """The last watch was passed; a failed one reopens the case by itself."""
    case = activation.process.case
    return bool(case.standing == Standing.RETURNED)


class ReturnFlow(OfACase, flow.Flow):
    # five school days first, then a second pair of eyes, then three watches
    start = flow.StartHandle(this.open).Next(this.confirm_return)
    confirm_return = Step().Next(this.did_stay)
    did_stay = If(_proposed).Then(this.approve_return).Else(this.end)
    approve_return = Step().Next(this.is_approved)
    is_approved = If(standing_is(Standing.RETURNED)).Then(this.watch_30).Else(this.confirm_return)
    watch_30 = Step().Next(this.attends_30)
    attends_30 = If(_attends).Then(this.watch_60).Else(this.end)
    watch_60 = Step().Next(this.attends_60)
    attends_60 = If(_attends).Then(this.watch_90).Else(this.end)
    watch_90 = Step().Next(this.end)
    end = flow.End()


class DeductionFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.approve_deduction)
    approve_deduction = Step().Next(this.end)
    end = flow.End()


class DeferralFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.approve_deferral)
    approve_deferral = Step().Next(this.is_approved)
    is_approved = If(standing_is(Standing.DEFERRED)).Then(this.deferral_ends).Else(this.end)
    deferral_ends = Step().Next(this.end)
    end = flow.End()
