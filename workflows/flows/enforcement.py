"""The law, when persuasion and aid are spent (义务教育法 58, 未成年人保护法 28 and 83)."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from cases.codes.services import setting
from workflows.nodes import If, OfACase, Step


def _penalty_allowed(activation: Activation) -> bool:
    """National law has no penalty for guardians; it is off unless an administrator cites the local regulation."""
    return bool(setting("penalty_enabled", activation.process.case.county_id, False))


def _rejected(activation: Activation) -> bool:
    case = activation.process.case
    return bool(case.court_records.filter(episode=case.episode).latest("at", "pk").state == "rejected")


class EnforcementFlow(OfACase, flow.Flow):
    start = flow.StartHandle(this.open).Next(this.written_report)
    written_report = Step().Next(this.talk_on_record)
    talk_on_record = Step().Next(this.issue_order)

    # the term runs from service
    issue_order = Step().Next(this.serve_order)
    serve_order = Step().Next(this.term_runs)
    term_runs = Step().Next(this.is_penalty_allowed)
    is_penalty_allowed = If(_penalty_allowed).Then(this.penalty).Else(this.refer)
    penalty = Step().Next(this.refer)

    # procuratorate, court, mediation: followed until the child is back
    refer = Step().Next(this.follow_case_in_court)
    follow_case_in_court = Step().Next(this.is_rejected)
    is_rejected = If(_rejected).Then(this.refer).Else(this.follow_case_in_court)
