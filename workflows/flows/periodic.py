"""The periodic reports (教基厅函〔2024〕15号): one step for a school, two for a bureau; the head sends back to whoever compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewflow import this
from viewflow.workflow import flow

from cases.ledger.models import ReportState
from workflows.nodes import If, OfAReport, Step

if TYPE_CHECKING:
    from viewflow.workflow.activation import Activation


def _is_signed(activation: Activation) -> bool:
    return bool(activation.process.report.state == ReportState.FILED)


class SchoolMonthFlow(OfAReport, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.send_school_report)
    send_school_report = Step().Next(this.end)
    end = flow.End()


class QuarterFlow(OfAReport, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.compile_review)
    compile_review = Step().Next(this.sign_review)
    sign_review = Step().Next(this.is_signed)
    is_signed = If(_is_signed).Then(this.end).Else(this.compile_review)
    end = flow.End()


class TermFlow(OfAReport, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.compile_survey)
    compile_survey = Step().Next(this.sign_survey)
    sign_survey = Step().Next(this.is_signed)
    is_signed = If(_is_signed).Then(this.end).Else(this.compile_survey)
    end = flow.End()


class SchoolYearFlow(OfAReport, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.compile_assessment)
    compile_assessment = Step().Next(this.sign_assessment)
    sign_assessment = Step().Next(this.is_signed)
    is_signed = If(_is_signed).Then(this.end).Else(this.compile_assessment)
    end = flow.End()
