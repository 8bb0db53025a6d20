"""What a unit answers for beside the cases: one step each, ended by the facts of the room that it comes from."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow

from workflows.nodes import OfAMatter, Step


class DifferencesFlow(OfAMatter, flow.Flow):
    # the differences that one list brought to one unit
    start = flow.StartHandle(this.open).Next(this.settle_differences)
    settle_differences = Step().Next(this.end)
    end = flow.End()


class FindingFlow(OfAMatter, flow.Flow):
    # a finding of the inspectorate, answered by the unit that it is about
    start = flow.StartHandle(this.open).Next(this.answer_finding)
    answer_finding = Step().Next(this.end)
    end = flow.End()
