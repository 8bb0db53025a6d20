"""The monthly report (notice 2023-6, section 3): up one post at a time, and back to the county from each."""

from __future__ import annotations

from collections.abc import Callable

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from cases.ledger.models import ReportState
from workflows.nodes import If, OfAReport, Step, Switch


def _lies(state: ReportState) -> Callable[[Activation], bool]:
    return lambda activation: bool(activation.process.report.state == state)


class ReportFlow(OfAReport, flow.Flow):
    # drawn up by the timetable; the county looks at it, its head signs
    start = flow.StartHandle(this.open).Next(this.compile_report)
    compile_report = Step().Next(this.sign_report)
    sign_report = Step().Next(this.is_signed)

    # a county that reports straight to the province skips the prefecture
    is_signed = (
        Switch()
        .Case(this.check_report, _lies(ReportState.CHECKING))
        .Case(this.accept_report, _lies(ReportState.ACCEPTING))
        .Default(this.compile_report)
    )
    check_report = Step().Next(this.is_checked)
    is_checked = If(_lies(ReportState.ACCEPTING)).Then(this.accept_report).Else(this.compile_report)
    accept_report = Step().Next(this.is_accepted)
    is_accepted = If(_lies(ReportState.ACCEPTED)).Then(this.end).Else(this.compile_report)
    end = flow.End()
